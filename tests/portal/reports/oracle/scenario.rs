//! Who buys what at which price: plain data that both the portal and the oracle are given.

pub struct Buyer {
    pub id: &'static str,
    pub currency: &'static str,
    /// The file's sub-accounts that are mapped to it.
    pub accounts: &'static [&'static str],
}

pub const BUYERS: [Buyer; 5] = [
    Buyer { id: "ALDOUS", currency: "USD", accounts: &["11353890204", "85742851457"] },
    Buyer { id: "BERIT", currency: "USD", accounts: &["18938484842", "69918885631"] },
    Buyer {
        id: "CAIRN",
        currency: "USD",
        accounts: &["84445137922", "/subscriptions/64e355d7-997c-491d-b0c1-8414dccfcf42"],
    },
    Buyer { id: "DORAN", currency: "JPY", accounts: &["86366525267"] },
    Buyer { id: "EDDA", currency: "KWD", accounts: &["69460568468"] },
];

/// Decimals of a currency's minor unit.
pub fn decimals(currency: &str) -> usize {
    match currency {
        "JPY" => 0,
        "KWD" => 3,
        _ => 2,
    }
}

pub struct Item {
    pub sku: &'static str,
    pub unit: &'static str,
    pub category: &'static str,
    /// The file's services or SKUs that are mapped to it; a SKU wins over its service.
    pub names: &'static [&'static str],
}

pub const ITEMS: [Item; 7] = [
    Item { sku: "EC2", unit: "GB", category: "Compute", names: &["Amazon Elastic Compute Cloud"] },
    Item { sku: "WATCH", unit: "Metrics", category: "Compute", names: &["AmazonCloudWatch"] },
    Item {
        sku: "STORE",
        unit: "GB",
        category: "Storage",
        names: &["Amazon Simple Storage Service", "Storage Accounts"],
    },
    Item { sku: "ML", unit: "Hours", category: "Compute", names: &["Azure Machine Learning"] },
    Item { sku: "LB", unit: "GB", category: "Network", names: &["Elastic Load Balancing"] },
    Item { sku: "NAT", unit: "Hours", category: "Network", names: &["Amazon Virtual Private Cloud"] },
    // Rows of two services have this SKU.
    Item { sku: "TRANSFER", unit: "GB", category: "Network", names: &["HSRFWQ3TJGWVZ2EK"] },
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    OneTime,
    Recurring,
    PerUnit(&'static str),
    CostPlus(&'static str),
}

pub struct Offer {
    pub code: &'static str,
    pub rules: &'static [Rule],
    /// SKU and units a month that one unit includes.
    pub included: &'static [(&'static str, &'static str)],
}

pub const OFFERS: [Offer; 2] = [
    Offer {
        code: "RESALE",
        rules: &[
            Rule::Recurring,
            Rule::CostPlus("EC2"),
            Rule::CostPlus("WATCH"),
            Rule::CostPlus("STORE"),
            Rule::CostPlus("ML"),
        ],
        included: &[],
    },
    Offer {
        code: "NETWORK",
        rules: &[
            Rule::OneTime,
            Rule::Recurring,
            Rule::PerUnit("LB"),
            Rule::PerUnit("NAT"),
            Rule::PerUnit("TRANSFER"),
        ],
        included: &[("LB", "0.05"), ("NAT", "0.7")],
    },
];

pub struct Price {
    /// A channel price; else a reference price.
    pub is_own: bool,
    pub offer: &'static str,
    pub currency: &'static str,
    pub from: &'static str,
    /// One for each rule: a price, or the percent of cost-plus.
    pub values: &'static [&'static str],
}

const fn price(
    is_own: bool,
    offer: &'static str,
    currency: &'static str,
    from: &'static str,
    values: &'static [&'static str],
) -> Price {
    Price { is_own, offer, currency, from, values }
}

/// By day within a book, bundle and currency.
pub const PRICES: [Price; 8] = [
    price(false, "RESALE", "USD", "2024-01-01", &["36.1", "15", "12.5", "12.5", "7.3333"]),
    price(false, "RESALE", "USD", "2024-09-12", &["36.1", "17.5", "12.5", "10", "7.3333"]),
    price(true, "RESALE", "USD", "2024-09-20", &["39.1", "20", "15", "14", "9"]),
    price(false, "RESALE", "JPY", "2024-01-01", &["5400", "15", "12.5", "12.5", "7.3333"]),
    price(
        false,
        "NETWORK",
        "USD",
        "2024-01-01",
        &["49.99", "19.95", "10.0123456789", "3.1415926535", "25.5"],
    ),
    price(true, "NETWORK", "USD", "2024-09-16", &["59.99", "24.95", "12.0123456789", "3.5", "30.25"]),
    price(false, "NETWORK", "JPY", "2024-01-01", &["7000", "2900", "1500", "450.5", "3800"]),
    price(false, "NETWORK", "KWD", "2024-09-07", &["15.125", "6.005", "3.0712345678", "0.9", "7.8"]),
];

pub struct Sale {
    pub buyer: &'static str,
    pub offer: &'static str,
    /// The first day without it.
    pub end: Option<&'static str>,
    /// From which day how many; the first is the start.
    pub quantities: &'static [(&'static str, i64)],
    pub is_frozen: bool,
}

const fn sale(buyer: &'static str, offer: &'static str, quantities: &'static [(&'static str, i64)]) -> Sale {
    Sale { buyer, offer, end: None, quantities, is_frozen: false }
}

/// By start; those of one day in the order in which they are made.
pub const SALES: [Sale; 9] = [
    sale("ALDOUS", "RESALE", &[("2024-08-01", 1)]),
    Sale { is_frozen: true, ..sale("BERIT", "RESALE", &[("2024-09-01", 2)]) },
    Sale { end: Some("2024-09-25"), ..sale("BERIT", "NETWORK", &[("2024-09-01", 1)]) },
    sale("DORAN", "RESALE", &[("2024-09-01", 1)]),
    sale("DORAN", "NETWORK", &[("2024-09-01", 1)]),
    sale("EDDA", "NETWORK", &[("2024-09-05", 1)]),
    sale("ALDOUS", "NETWORK", &[("2024-09-06", 3), ("2024-09-19", 5)]),
    sale("CAIRN", "RESALE", &[("2024-09-10", 1)]),
    // Takes what the other one leaves once it has ended.
    Sale { is_frozen: true, ..sale("BERIT", "NETWORK", &[("2024-09-11", 1)]) },
];

/// The terms: a general rate, one of a bundle, one of a category.
pub const GENERAL: &str = "20.5";
pub const OF_RESALE: &str = "12.3456";
pub const OF_NETWORK_USAGE: &str = "7.5";

/// `2024-09`, with its days.
pub const MONTH: &str = "2024-09";
pub const DAYS: i64 = 30;
