//! More rows of every list than a page shows.

use diesel::prelude::*;
use reseller_portal::audit::{self, Event};
use reseller_portal::db::schema::{mails, reseller_request_info as requests, statements, usage_files};
use reseller_portal::values::{Amount, ChannelId, MailId, Month, ResellerId, StatementId};

use crate::support::World;
use crate::support::builders::{
    Bundle, a_bundle, a_channel, a_customer, a_disputed_statement, a_price_request, a_product, a_request,
    a_reseller, a_subscription, a_usage_file, an_account, day,
};

/// One page has 50.
pub const MANY: u32 = 53;

/// A re-seller with rows in each list of its own.
pub struct Side {
    pub reseller: ResellerId,
    channel: ChannelId,
    /// The id of one of its rows, by the list's address.
    pub one: Vec<(&'static str, String)>,
}

/// Kestrel, with many rows of everything.
pub fn full(world: &World) -> Side {
    let bundles: Vec<Bundle> = (0..MANY).map(|number| numbered_bundle(world, number)).collect();
    let kestrel = side(world, "Kestrel", &bundles);
    for number in 1..MANY {
        of_the_provider(world, number);
        of_the_side(world, &kestrel, &bundles, number);
    }
    kestrel
}

/// A re-seller with one row of each list.
pub fn side(world: &World, name: &str, bundles: &[Bundle]) -> Side {
    let reseller = a_reseller(name).share("20").build(world).id;
    let channel = a_channel(reseller).named(&format!("{name} Cloud")).code(&name.to_uppercase());
    let channel =
        bundles.iter().fold(channel, |channel, bundle| channel.sells_within(bundle, "95", "130", "5"));
    let channel = channel.build(world);
    let customer = a_customer(channel, &format!("{name} Customer")).build(world);
    let sold = a_subscription(customer, &bundles[0]).from("2026-10-01").build(world);
    let asked = a_price_request(world, reseller, channel, &bundles[0], "1");
    let statement = a_disputed_statement(world, reseller, channel, "2026-10").id;
    let account = an_account(&format!("{0}@{0}.example", name.to_lowercase())).of(reseller).build(world);
    let one = vec![
        ("/customers", customer.id.to_string()),
        ("/subscriptions", sold.id.to_string()),
        ("/price-requests", asked.to_string()),
        ("/statements", statement.to_string()),
        ("/usage/files", a_usage_file(world, channel).to_string()),
        ("/people", account.to_string()),
    ];
    Side { reseller, channel, one }
}

fn numbered_bundle(world: &World, number: u32) -> Bundle {
    let state = if number > 0 && number.is_multiple_of(7) { "retired" } else { "active" };
    a_bundle(&format!("CODE-{number:02}"))
        .named(&format!("Bundle {number:02}"))
        .state(state)
        .recurring("36")
        .build(world)
}

fn of_the_provider(world: &World, number: u32) {
    let name = format!("Partner {number:02}");
    let reseller =
        a_reseller(&name).share(if number.is_multiple_of(2) { "15" } else { "20" }).build(world).id;
    a_channel(reseller).named(&name).build(world);
    a_product(&format!("SKU-{number:02}")).named(&format!("Product {number:02}")).build(world);
    an_account(&format!("p{number:02}@northgate.example")).build(world);
    let request = a_request(&format!("Asker {number:02}")).build(world);
    let forecast =
        (!number.is_multiple_of(3)).then(|| Amount::from_micros(i64::from(number % 5) * 1_000_000));
    world.write(|connection| {
        let set = (
            requests::expected_revenue.eq(forecast),
            requests::expected_currency.eq(forecast.map(|_| "EUR")),
        );
        diesel::update(requests::table.find(request)).set(set).execute(connection)
    });
    world.write(|connection| {
        audit::record(
            connection,
            &world.act(),
            Event::on("reseller", reseller, "reseller.test", name.clone()),
        )
    });
    world.write(|connection| a_mail(connection, &name, world));
}

fn a_mail(
    connection: &mut reseller_portal::db::AnyConnection,
    subject: &str,
    world: &World,
) -> QueryResult<usize> {
    let mail = (
        mails::id.eq(MailId::generate()),
        mails::recipient.eq("kim@kestrel.example"),
        mails::subject.eq(subject),
        mails::body.eq("Text"),
        mails::created_at.eq(world.now()),
        mails::attempts.eq(0),
    );
    diesel::insert_into(mails::table).values(mail).execute(connection)
}

fn of_the_side(world: &World, own: &Side, bundles: &[Bundle], number: u32) {
    let customer = a_customer(own.channel, &format!("Customer {number:02}")).build(world);
    let start = format!("2026-{:02}-01", 1 + number % 9);
    let sold = a_subscription(customer, &bundles[0]).from(&start);
    if number.is_multiple_of(3) { sold.until("2026-11-30") } else { sold }.build(world);
    an_account(&format!("s{number:02}@kestrel.example")).of(own.reseller).build(world);
    a_price_request(world, own.reseller, own.channel, &bundles[number as usize], "1");
    let file = a_usage_file(world, own.channel);
    let first = (!number.is_multiple_of(4)).then(|| day(&start));
    world.write(|connection| {
        let set = (usage_files::first_day.eq(first), usage_files::last_day.eq(first));
        diesel::update(usage_files::table.find(file)).set(set).execute(connection)
    });
    let month: Month = format!("{}-{:02}", 2020 + number / 12, 1 + number % 12).parse().unwrap();
    world.write(|connection| {
        let statement = (
            statements::id.eq(StatementId::generate()),
            statements::channel_id.eq(own.channel),
            statements::currency.eq("USD"),
            statements::month.eq(month),
            statements::state.eq("sent"),
        );
        diesel::insert_into(statements::table).values(statement).execute(connection)
    });
}
