//! The invented companies and people.

/// How far a company has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Draft,
    Submitted,
    InReview,
    InfoRequested,
    /// The provider's offer waits for an answer.
    Offered,
    /// The applicant's counter-offer waits for an answer.
    Countered,
    Rejected,
    Withdrawn,
    AwaitingChannel,
    Active,
    Suspended,
    Closed,
}

/// A company that asks, or has asked, for a re-seller account.
pub(super) struct Company {
    pub name: &'static str,
    pub country: &'static str,
    pub tax_id: &'static str,
    pub person: &'static str,
    pub email: &'static str,
    pub user_name: &'static str,
    pub phone: &'static str,
    pub stage: Stage,
    /// Months before today that it asked.
    pub months_ago: u32,
    /// Agreed or offered share, in percent.
    pub share: &'static str,
    /// Whether the share is of the margin instead of the revenue.
    pub on_margin: bool,
    /// The channel's code; empty when there is none.
    pub channel: &'static str,
    pub currencies: &'static [&'static str],
    /// How many customers it has.
    pub customers: usize,
}

macro_rules! companies {
    ($($name:literal, $country:literal, $tax:literal, $person:literal, $email:literal, $user:literal, $phone:literal,
       $stage:ident, $months:literal, $share:literal, $margin:literal, $channel:literal, $currencies:expr, $customers:literal;)*) => {
        &[$(Company {
            name: $name, country: $country, tax_id: $tax, person: $person, email: $email, user_name: $user,
            phone: $phone, stage: Stage::$stage, months_ago: $months, share: $share, on_margin: $margin,
            channel: $channel, currencies: &$currencies, customers: $customers,
        }),*]
    };
}

#[rustfmt::skip]
pub(super) const COMPANIES: &[Company] = companies![
    "Kestrel Networks", "NO", "NO918204556", "Ingrid Solberg", "ingrid@kestrel.example", "ingrid", "+4722123456", Active, 14, "18", false, "KESTREL", ["USD", "EUR"], 7;
    "Brightline Hosting", "US", "US84-2210987", "Marcus Hale", "marcus@brightline.example", "marcus", "+12065550142", Active, 14, "20", false, "BRIGHTLINE", ["USD"], 8;
    "Opal Managed IT", "GB", "GB283746501", "Priya Nair", "priya@opal.example", "priya.nair", "+442079460123", Active, 13, "15", false, "OPAL", ["USD", "EUR"], 5;
    "Finch & Rowe Systems", "IE", "IE6388047V", "Aoife Byrne", "aoife@finchrowe.example", "aoife", "+35315550188", Active, 13, "55", true, "FINCH", ["EUR"], 5;
    "Nimbus Handel", "DE", "DE129384756", "Jonas Keller", "jonas@nimbus-handel.example", "jonas", "+4930555010", Active, 12, "17.5", false, "NIMBUS", ["EUR"], 5;
    "Costa Cloud", "ES", "ESB66012345", "Lucía Ortega", "lucia@costacloud.example", "lucia", "+34915550110", Active, 11, "16", false, "COSTA", ["EUR"], 4;
    "Tallgrass IT", "US", "US47-5518820", "Dana Whitfield", "dana@tallgrass.example", "dana", "+13125550177", Active, 9, "60", true, "TALLGRASS", ["USD"], 4;
    "Aurora Data", "FI", "FI23456789", "Eero Lahtinen", "eero@aurora.example", "eero", "+358955501", Active, 7, "18", false, "AURORA", ["EUR"], 3;
    "Harbor Point Tech", "US", "US91-3340021", "Grace Liu", "grace@harborpoint.example", "grace", "+14155550133", Active, 4, "15", false, "HARBOR", ["USD"], 3;
    "Vale Digital", "GB", "GB771203948", "Owen Pryce", "owen@vale.example", "owen", "+441615550155", Suspended, 12, "14", false, "VALE", ["USD"], 2;
    "Rivet Solutions", "CA", "CA812345678", "Chloe Martin", "chloe@rivet.example", "chloe", "+16045550199", Closed, 14, "15", false, "RIVET", ["USD"], 2;
    "Larkfield Consulting", "NL", "NL854321987B01", "Sanne de Wit", "sanne@larkfield.example", "sanne", "+31205550166", AwaitingChannel, 1, "17", false, "", [], 0;
    "Halden Systems", "NO", "NO921773054", "Nils Brekke", "nils@halden.example", "nils", "+4769550120", Countered, 1, "18", false, "", [], 0;
    "Quartz Peak", "AT", "ATU71234567", "Eva Lindner", "eva@quartzpeak.example", "eva", "+4315550144", Offered, 1, "15", false, "", [], 0;
    "Meridian Works", "US", "US33-9120456", "Tom Alvarez", "tom@meridian.example", "tom", "+17375550111", InfoRequested, 1, "", false, "", [], 0;
    "Bluefin Cloud Services", "PT", "PT509876543", "Rita Sousa", "rita@bluefin.example", "rita", "+351215550133", InReview, 0, "", false, "", [], 0;
    "Opal Managed I.T. Ltd", "GB", "GB283746501", "Sam Carter", "sam@opal-group.example", "sam.carter", "+442079460155", Submitted, 0, "", false, "", [], 0;
    "Stonebridge Telecom", "SE", "SE556677889901", "Karin Holm", "karin@stonebridge.example", "karin", "+46855501", Submitted, 0, "", false, "", [], 0;
    "Pixelforge Studio", "PL", "PL5252445566", "Marek Zielinski", "marek@pixelforge.example", "marek", "+48225550122", Draft, 0, "", false, "", [], 0;
    "Discount Racks", "US", "US20-1188334", "Rob Stone", "rob@discountracks.example", "rob", "+17025550100", Rejected, 5, "", false, "", [], 0;
    "Alpine Mailworks", "CH", "CHE123456789", "Luca Frei", "luca@alpinemail.example", "luca", "+41445550177", Rejected, 3, "", false, "", [], 0;
    "Sable Logistics IT", "BE", "BE0712345678", "Emma Peeters", "emma@sable.example", "emma", "+3225550188", Withdrawn, 2, "", false, "", [], 0;
];

/// The customers' names; each re-seller takes its own from the list in order.
pub(super) const CUSTOMERS: &[&str] = &[
    "Fjordline Ferries",
    "Bergen Bakery Group",
    "Nordlys Clinics",
    "Aker Timber",
    "Vinje Sports",
    "Sund Architects",
    "Polar Print",
    "Cascade Coffee",
    "Evergreen Dental",
    "Pioneer Freight",
    "Rainier Legal",
    "Sound Robotics",
    "Olympic Outfitters",
    "Lakeside Schools",
    "Harborview Media",
    "Thames Tailors",
    "Camden Kitchens",
    "Greenwich Optics",
    "Albion Insurance",
    "Wren Publishing",
    "Liffey Seafood",
    "Shannon Aviation",
    "Dublin Dairy",
    "Clare Pharma",
    "Kerry Tours",
    "Spree Möbel",
    "Havel Technik",
    "Linden Apotheken",
    "Kreuzberg Kaffee",
    "Elbe Logistik",
    "Costa Brava Hotels",
    "Olivar Foods",
    "Sol Energía",
    "Rambla Books",
    "Prairie Grain",
    "Windy City Legal",
    "Lakeshore Clinics",
    "Great Plains Rail",
    "Saimaa Sawmills",
    "Lapland Lodges",
    "Baltic Sensors",
    "Bayview Biotech",
    "Presidio Design",
    "Golden Gate Foods",
    "Pennine Plastics",
    "Mersey Marine",
    "Yukon Tools",
    "Maple Media",
];
