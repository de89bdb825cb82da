//! The pages of a re-seller with ten thousand customers, each with a subscription and a line of the month.

use diesel::connection::SimpleConnection;

use crate::browser::Desk;
use crate::extremes::{LISTS, look, people, sent};
use crate::support::builders::{
    a_bundle, a_channel, a_customer, a_product, a_reseller, a_subscription, an_account,
};
use crate::support::{Database, World};

/// Copies the only customer and its subscription.
const COPIES: &str = "
    CREATE TEMP TABLE numbers AS
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999) SELECT i FROM n;
    INSERT INTO customers (id, channel_id, external_id, name, name_key, country, currency, created_at)
        SELECT randomblob(16), channel_id, 'C-' || i, 'Customer ' || i, 'customer ' || i, country, currency, created_at
        FROM customers, numbers;
    INSERT INTO subscriptions (id, reference, channel_id, customer_id, bundle_id, start_on, price_rule, created_at)
        SELECT randomblob(16), 'S-1' || substr(c.external_id, 3), s.channel_id, c.id, bundle_id, start_on, price_rule, s.created_at
        FROM subscriptions s JOIN customers c ON c.external_id LIKE 'C-%';
    INSERT INTO subscription_quantities (subscription_id, effective_from, quantity)
        SELECT s.id, q.effective_from, q.quantity FROM subscriptions s, subscription_quantities q
        WHERE s.id <> q.subscription_id;
    DROP TABLE numbers";

#[test]
fn pages_with_ten_thousand_rows_fit_every_window_and_are_walked() {
    let world = World::on(Database::Sqlite);
    let desk = Desk::at(world.url());
    an_account("root@northgate.example").with_password().build(&world);
    let vm = a_product("VM").unit("hour").build(&world);
    let bundle = a_bundle("START").named("Cloud Start").recurring("100").usage(vm, "0.50").build(&world);
    let reseller = a_reseller("Kestrel").share("20").build(&world).id;
    let channel = a_channel(reseller).code("KESTREL").named("Kestrel").sells(&bundle).build(&world);
    let customer = a_customer(channel, "Orion").external("ORION").build(&world);
    a_subscription(customer, &bundle).from("2026-10-01").build(&world);
    an_account("kim@kestrel.example").of(reseller).with_password().build(&world);
    world.tamper(|connection| connection.batch_execute(COPIES)).unwrap();
    let statement = sent(&world, channel, "2026-10".parse().unwrap());
    let (root, kim) = people(&desk, &world);
    let mut faults = Vec::new();
    let report = "/reports/revenue?from=2026-10&to=2026-10&by=customer".to_owned();
    let own = [format!("/statements/{statement}"), format!("/statements/{statement}/shares"), report];
    let lists = LISTS.iter().chain(&["/lines?month=2026-10", "/search?q=customer"]).map(ToString::to_string);
    for page in lists.chain(own.clone()) {
        faults.extend(look(&root, "root", &page));
    }
    for page in own {
        faults.extend(look(&kim, "kim", &page));
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    kim.open("/customers")
        .see("More than 1,000 customers")
        .follow("Next")
        .see("Customer 1")
        .follow("Previous");
    kim.open("/subscriptions?sort=-customer").see("Customer 9999").follow("Next").see("Previous");
    kim.open(&format!("/statements/{statement}")).see("$1,000,000.00").follow("Next").see("Previous");
}
