//! Requests, and the re-sellers that came from them: with terms, channel, prices, customers and subscriptions.

use chrono::NaiveDate;
use diesel::prelude::*;
use reseller_portal::db::schema::{
    applicants, audit_events, channel_bundles, channel_currencies, channels, customers, price_values,
    price_versions, reseller_request_info as requests, resellers, subscription_quantities, subscriptions,
    terms_versions,
};
use reseller_portal::on_backend;
use reseller_portal::values::{
    ApplicantId, ChannelId, CustomerId, EventId, ObjectId, Percent, PriceVersionId, RequestId, ResellerId,
    SubscriptionId, TermsId, Timestamp, UnitPrice, search_key,
};

use super::minutes_ago;
use crate::size::Size;
use crate::support::World;
use crate::support::builders::{Bundle, day, parsed};

/// Subscriptions of each channel, of one customer each.
pub const SUBSCRIPTIONS: u64 = 2;

/// Rows of one statement; SQLite takes 32,766 values in all.
const AT_ONCE: usize = 500;

/// Inserts rows that diesel can write in one statement on both databases.
macro_rules! insert {
    ($world:expr, $table:path, $rows:expr) => {
        let rows: Vec<_> = $rows.collect();
        for some in rows.chunks(AT_ONCE) {
            $world.write(|connection| {
                on_backend!(connection, |inner| diesel::insert_into($table).values(some).execute(inner))
            });
        }
    };
}

/// A company, by its number.
struct Company {
    number: u64,
    request: RequestId,
    applicant: ApplicantId,
    state: &'static str,
    at: Timestamp,
}

impl Company {
    fn name(&self) -> String {
        const WORDS: [&str; 8] =
            ["Kestrel", "Norden", "Álamo", "Quartz Peak", "Fjordline", "Żubr", "Solstice", "Harbour"];
        let word = WORDS[usize::try_from(self.number % 8).unwrap()];
        format!("{word} Hosting {:05}", self.number)
    }

    fn email(&self) -> String {
        format!("owner{}@company{}.example", self.number, self.number)
    }
}

/// A re-seller and its channel.
struct Partner {
    company: Company,
    reseller: ResellerId,
    channel: ChannelId,
}

pub fn fill(world: &World, size: Size, bundles: &[Bundle]) {
    let company = |number: u64, state: &'static str| Company {
        number,
        request: RequestId::generate(),
        applicant: ApplicantId::generate(),
        state,
        at: minutes_ago(world, number * 17 % 500_000),
    };
    let partners: Vec<Partner> = (0..size.resellers())
        .map(|number| Partner {
            company: company(number, "accepted"),
            reseller: ResellerId::generate(),
            channel: ChannelId::generate(),
        })
        .collect();
    let states = ["submitted", "in_review", "info_requested", "rejected"];
    let open: Vec<Company> = (0..size.open_requests())
        .map(|number| {
            let state = states[usize::try_from(number % 4).unwrap()];
            company(size.resellers() + number, state)
        })
        .collect();
    let all: Vec<&Company> = partners.iter().map(|partner| &partner.company).chain(&open).collect();
    insert_requests(world, &all);
    insert_partners(world, &partners, bundles);
    insert_customers(world, &partners, bundles);
    insert_log(world, &partners);
}

pub fn first_reseller(world: &World) -> ResellerId {
    world.read(|connection| {
        resellers::table.order(resellers::name_key).select(resellers::id).first(connection)
    })
}

fn insert_requests(world: &World, all: &[&Company]) {
    insert!(
        world,
        applicants::table,
        all.iter().map(|one| (
            applicants::id.eq(one.applicant),
            applicants::email.eq(one.email()),
            applicants::verified_at.eq(Some(one.at)),
            applicants::created_at.eq(one.at),
        ))
    );
    insert!(
        world,
        requests::table,
        all.iter().map(|one| (
            (
                requests::id.eq(one.request),
                requests::reference.eq(format!("RR-2026-{:05}", one.number)),
                requests::applicant_id.eq(one.applicant),
                requests::state.eq(one.state),
                requests::legal_name.eq(one.name()),
                requests::trading_name.eq(""),
                requests::registration_number.eq(format!("98{:07}", one.number)),
                requests::tax_id.eq(format!("NO98{:07}MVA", one.number)),
                requests::website.eq(format!("https://company{}.example", one.number)),
                requests::country.eq("NO"),
                requests::address.eq("Storgata 1\n0155 Oslo"),
                requests::contact_name.eq("Kim Kestrel"),
                requests::job_title.eq("Owner"),
                requests::email.eq(one.email()),
                requests::phone.eq("+4722123456"),
                requests::user_name.eq(format!("owner{}", one.number)),
            ),
            (
                requests::sells_today.eq("Hosting"),
                requests::target_market.eq("Nordics"),
                requests::expected_customers.eq(Some(25)),
                requests::bundles_of_interest.eq(""),
                requests::message.eq(""),
                requests::conditions_version.eq(Some("2026-01")),
                requests::conditions_accepted_at.eq(Some(one.at)),
                requests::revision.eq(1),
                requests::name_key.eq(search_key(&one.name())),
                requests::email_domain.eq(format!("company{}.example", one.number)),
                requests::created_at.eq(one.at),
                requests::submitted_at.eq(Some(one.at)),
            ),
        ))
    );
}

fn insert_partners(world: &World, partners: &[Partner], bundles: &[Bundle]) {
    insert!(
        world,
        terms_versions::table,
        partners.iter().map(|one| (
            terms_versions::id.eq(TermsId::generate()),
            terms_versions::request_id.eq(one.company.request),
            terms_versions::number.eq(1),
            terms_versions::state.eq("agreed"),
            terms_versions::proposed_by.eq("provider"),
            terms_versions::basis.eq("revenue"),
            terms_versions::share.eq(parsed::<Percent>("20")),
            terms_versions::collects.eq("provider"),
            terms_versions::payment_days.eq(30),
            terms_versions::valid_from.eq("2020-01"),
            terms_versions::note.eq(""),
            terms_versions::created_at.eq(one.company.at),
            terms_versions::created_by.eq("Rosa Root"),
            terms_versions::answered_at.eq(Some(one.company.at)),
            terms_versions::answered_by.eq(Some("Kim Kestrel")),
        ))
    );
    insert!(
        world,
        resellers::table,
        partners.iter().map(|one| (
            resellers::id.eq(one.reseller),
            resellers::request_id.eq(one.company.request),
            resellers::name.eq(one.company.name()),
            resellers::name_key.eq(search_key(&one.company.name())),
            resellers::country.eq("NO"),
            resellers::state.eq("active"),
            resellers::created_at.eq(one.company.at),
        ))
    );
    insert!(
        world,
        channels::table,
        partners.iter().map(|one| (
            channels::id.eq(one.channel),
            channels::reseller_id.eq(one.reseller),
            channels::code.eq(format!("CH-{:05}", one.company.number)),
            channels::name.eq(format!("Channel {:05}", one.company.number)),
            channels::name_key.eq(format!("channel {:05}", one.company.number)),
            channels::price_editable.eq(true),
            channels::shows_reference.eq(true),
            channels::may_import.eq(true),
            channels::revision.eq(1),
            channels::created_at.eq(one.company.at),
        ))
    );
    insert!(
        world,
        channel_currencies::table,
        partners.iter().map(|one| (
            channel_currencies::channel_id.eq(one.channel),
            channel_currencies::currency.eq("USD")
        ))
    );
    for some in partners.chunks(100) {
        insert_prices(world, some, bundles);
    }
}

/// Every channel sells every bundle at a price of its own.
fn insert_prices(world: &World, partners: &[Partner], bundles: &[Bundle]) {
    let sold: Vec<(ChannelId, &Bundle, PriceVersionId)> = partners
        .iter()
        .flat_map(|one| bundles.iter().map(|bundle| (one.channel, bundle, PriceVersionId::generate())))
        .collect();
    insert!(
        world,
        channel_bundles::table,
        sold.iter().map(|(channel, bundle, _)| (
            channel_bundles::channel_id.eq(*channel),
            channel_bundles::bundle_id.eq(bundle.id),
            channel_bundles::enabled.eq(true),
            channel_bundles::policy.eq("free"),
        ))
    );
    insert!(
        world,
        price_versions::table,
        sold.iter().map(|(channel, bundle, version)| (
            price_versions::id.eq(*version),
            price_versions::channel_id.eq(Some(*channel)),
            price_versions::bundle_id.eq(bundle.id),
            price_versions::currency.eq("USD"),
            price_versions::effective_from.eq(day("2025-02-01")),
            price_versions::concerns.eq("existing"),
            price_versions::reason.eq("Agreed"),
            price_versions::created_at.eq(world.now()),
            price_versions::created_by.eq("Rosa Root"),
        ))
    );
    insert!(
        world,
        price_values::table,
        sold.iter().flat_map(|(_, bundle, version)| {
            let prices = ["51.50", "0.0475"].map(parsed::<UnitPrice>);
            bundle.charges.iter().zip(prices).map(|(charge, price)| {
                (
                    price_values::version_id.eq(*version),
                    price_values::charge_id.eq(*charge),
                    price_values::tier.eq(0i64),
                    price_values::unit_price.eq(Some(price)),
                )
            })
        })
    );
}

fn insert_customers(world: &World, partners: &[Partner], bundles: &[Bundle]) {
    struct Sale<'a> {
        customer: CustomerId,
        subscription: SubscriptionId,
        number: u64,
        partner: &'a Partner,
        bundle: &'a Bundle,
    }
    let sales: Vec<Sale<'_>> = partners
        .iter()
        .flat_map(|partner| (0..SUBSCRIPTIONS).map(move |sale| (partner, sale)))
        .map(|(partner, sale)| {
            let number = partner.company.number * SUBSCRIPTIONS + sale;
            let bundle = &bundles[usize::try_from(number).unwrap() % bundles.len()];
            let (customer, subscription) = (CustomerId::generate(), SubscriptionId::generate());
            Sale { customer, subscription, number, partner, bundle }
        })
        .collect();
    insert!(
        world,
        customers::table,
        sales.iter().map(|sale| (
            customers::id.eq(sale.customer),
            customers::channel_id.eq(sale.partner.channel),
            customers::external_id.eq(format!("C-{:06}", sale.number)),
            customers::name.eq(format!("Customer {:06}", sale.number)),
            customers::name_key.eq(format!("customer {:06}", sale.number)),
            customers::country.eq("NO"),
            customers::currency.eq("USD"),
            customers::created_at.eq(world.now()),
        ))
    );
    let start: NaiveDate = day("2025-02-01");
    insert!(
        world,
        subscriptions::table,
        sales.iter().map(|sale| (
            subscriptions::id.eq(sale.subscription),
            subscriptions::reference.eq(format!("S-{:06}", sale.number)),
            subscriptions::channel_id.eq(sale.partner.channel),
            subscriptions::customer_id.eq(sale.customer),
            subscriptions::bundle_id.eq(sale.bundle.id),
            subscriptions::start_on.eq(start),
            subscriptions::price_rule.eq("follow"),
            subscriptions::created_at.eq(world.now()),
        ))
    );
    insert!(
        world,
        subscription_quantities::table,
        sales.iter().map(|sale| (
            subscription_quantities::subscription_id.eq(sale.subscription),
            subscription_quantities::effective_from.eq(start),
            subscription_quantities::quantity.eq(1i64),
        ))
    );
}

/// Ten entries of the log for each re-seller.
fn insert_log(world: &World, partners: &[Partner]) {
    insert!(
        world,
        audit_events::table,
        partners.iter().flat_map(|one| (0..10).map(move |entry| (one, entry))).map(|(one, entry)| (
            audit_events::id.eq(EventId::generate()),
            audit_events::at.eq(one.company.at),
            audit_events::actor_kind.eq("root"),
            audit_events::actor_name.eq("Rosa Root"),
            audit_events::object_kind.eq("channel"),
            audit_events::object_id.eq(ObjectId::from(one.channel)),
            audit_events::reseller_id.eq(Some(one.reseller)),
            audit_events::action.eq("channel.changed"),
            audit_events::summary.eq(format!("Changed the channel {}, {entry}", one.company.name())),
        ))
    );
}
