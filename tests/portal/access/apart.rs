//! Whatever one re-seller does, the reports, statements and files of another stay the same to the byte.

use std::collections::BTreeMap;

use diesel::prelude::*;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use reseller_portal::db::Never;
use reseller_portal::db::schema::{channels, resellers};
use reseller_portal::settlement::store;
use reseller_portal::values::{ChannelId, ProductId, RequestId, ResellerId, StatementId};

use super::crawl::crawl;
use crate::on_both;
use crate::support::builders::{
    Bundle, Customer, Subscription, a_bundle, a_channel, a_customer, a_disputed_statement, a_price,
    a_price_request, a_product, a_record, a_reseller, a_subscription, a_usage_file, an_account, day,
    some_terms,
};
use crate::support::{Client, Page, World};

/// How many sequences of acts run; `SEQUENCES=1000` runs as many.
const SEQUENCES: usize = 20;
const MONTHS: &str = "from=2026-09&to=2026-11";

/// What everybody sells.
struct Catalog {
    vm: ProductId,
    bundle: Bundle,
    seat: Bundle,
}

/// A re-seller that acts.
struct Tenant {
    reseller: ResellerId,
    request: RequestId,
    channel: ChannelId,
    sales: Vec<(Customer, Subscription)>,
    /// Counts the acts, so that each is about another day, name or month.
    acts: u32,
    /// Counts what is done once.
    rare: u32,
}

fn catalog(world: &World) -> Catalog {
    let vm = a_product("VM").unit("hour").build(world);
    let bundle = a_bundle("CLOUD").recurring("100").usage(vm, "0.50").build(world);
    let seat = a_bundle("SEAT").recurring("10").build(world);
    Catalog { vm, bundle, seat }
}

fn tenant(world: &World, catalog: &Catalog, name: &str) -> Tenant {
    let made = a_reseller(name).build(world);
    let channel = a_channel(made.id).named(name).sells_within(&catalog.bundle, "90", "150", "5");
    let channel = channel.sells_within(&catalog.seat, "90", "150", "5").build(world);
    let mut tenant =
        Tenant { reseller: made.id, request: made.request, channel, sales: Vec::new(), acts: 0, rare: 0 };
    tenant.sell(world, catalog);
    tenant
}

impl Tenant {
    fn sell(&mut self, world: &World, catalog: &Catalog) {
        let customer = a_customer(self.channel, &format!("Customer {}", self.acts)).build(world);
        let subscription =
            a_subscription(customer, &catalog.bundle).from("2026-09-01").quantity(3).build(world);
        self.sales.push((customer, subscription));
    }

    fn rate(&self, world: &World, month: &str) {
        let month = month.parse().unwrap();
        let rated = world.try_write::<_, Never>(|connection| {
            store::rate_month(connection, self.channel, month, world.now())
        });
        rated.unwrap();
    }

    /// One of the things that a re-seller or the provider does for it.
    fn act(&mut self, world: &World, catalog: &Catalog, act: u8) {
        self.acts += 1;
        let number = self.acts;
        let on = format!("2026-11-{:02}", 1 + number % 22);
        let (customer, subscription) = self.sales.last().cloned().unwrap();
        match act {
            0 => self.sell(world, catalog),
            1 => drop(
                a_record(customer, &subscription, catalog.vm, &on).quantity(&number.to_string()).build(world),
            ),
            2 => drop(a_record(customer, &subscription, catalog.vm, &on).unrated("price").build(world)),
            3 => self.rate(world, "2026-11"),
            4 => self.set_price(world, catalog),
            5 => drop(a_usage_file(world, self.channel)),
            6 => self.rename(world),
            7 => {
                let person =
                    an_account(&format!("person{number}@osprey.example")).of(self.reseller).build(world);
                world.session_of(person).get("/statements").expect(200);
            }
            _ => self.once(world, catalog),
        }
    }

    fn set_price(&self, world: &World, catalog: &Catalog) {
        let first = (day("2027-01-01") + chrono::Days::new(self.acts.into())).to_string();
        a_price(&catalog.bundle, &["120", "0.75"]).of(self.channel).from(&first).build(world);
    }

    fn rename(&self, world: &World) {
        let name = format!("Osprey {}", self.acts);
        world.write(|connection| {
            diesel::update(resellers::table.find(self.reseller))
                .set(resellers::name.eq(&name))
                .execute(connection)?;
            diesel::update(channels::table.find(self.channel))
                .set(channels::name.eq(&name))
                .execute(connection)
        });
    }

    /// What can be done once; afterwards one more sale.
    fn once(&mut self, world: &World, catalog: &Catalog) {
        self.rare += 1;
        match self.rare - 1 {
            0 => drop(a_price_request(world, self.reseller, self.channel, &catalog.seat, "5")),
            1 => drop(a_disputed_statement(world, self.reseller, self.channel, "2026-09")),
            2 => drop(a_disputed_statement(world, self.reseller, self.channel, "2026-10")),
            3 => drop(some_terms(self.request).number(2).state("proposed").share("35").build(world)),
            _ => self.sell(world, catalog),
        }
    }
}

/// What somebody is shown, without the token of its forms.
fn said(page: &Page) -> (u16, String) {
    let token = page.csrf().unwrap_or_else(|| "no form".to_owned());
    let body: String = page.bytes.iter().copied().map(char::from).collect();
    (page.status, body.replace(&token, "TOKEN"))
}

/// Reports, statements and files of a re-seller.
fn figures(own: &Client, channel: ChannelId, statement: StatementId) -> BTreeMap<String, (u16, String)> {
    let mut addresses =
        vec![format!("/channels/{channel}/as-of.csv"), "/simulation.csv".to_owned(), "/simulation".into()];
    for end in ["", "/shares", "/lines.csv", "/lines.xlsx"] {
        addresses.push(format!("/statements/{statement}{end}"));
    }
    for report in ["usage", "usage.csv", "revenue", "revenue.csv"] {
        addresses
            .extend(["product", "customer"].map(|group| format!("/reports/{report}?{MONTHS}&group={group}")));
    }
    addresses.into_iter().map(|address| (address.clone(), said(&own.get(&address)))).collect()
}

/// Every page that links lead to.
fn pages(own: &Client) -> BTreeMap<String, (u16, String)> {
    // Each look at this page offers another secret.
    let pages = crawl(own, 2).into_iter().filter(|(pattern, _)| *pattern != "/account/second-factor");
    pages.map(|(_, page)| (page.asked.clone(), said(&page))).collect()
}

fn assert_same(
    before: &BTreeMap<String, (u16, String)>,
    after: &BTreeMap<String, (u16, String)>,
    told: &str,
) {
    let changed: Vec<_> = before
        .iter()
        .filter(|(address, said)| after.get(*address) != Some(said))
        .map(|(address, _)| address)
        .collect();
    assert!(changed.is_empty(), "{told}: {changed:?} changed");
    assert_eq!(before.len(), after.len(), "{told}: there are other pages");
}

fn sequences() -> usize {
    std::env::var("SEQUENCES").ok().and_then(|count| count.parse().ok()).unwrap_or(SEQUENCES)
}

on_both! {
    fn what_one_reseller_sees_does_not_depend_on_another(world) {
        let catalog = catalog(world);
        let mut kestrel = tenant(world, &catalog, "Kestrel");
        for act in [1, 2, 4, 5] {
            kestrel.act(world, &catalog, act);
        }
        let statement = a_disputed_statement(world, kestrel.reseller, kestrel.channel, "2026-10").id;
        for month in ["2026-09", "2026-11"] {
            kestrel.rate(world, month);
        }
        world.settle();
        let own = world.reseller(kestrel.reseller);
        let (alone, all_alone) = (figures(&own, kestrel.channel, statement), pages(&own));
        assert!(alone.values().all(|(status, _)| *status == 200) && all_alone.len() > 20, "{alone:?}");

        let mut osprey = tenant(world, &catalog, "Osprey");
        let mut runner = TestRunner::deterministic();
        for round in 0..sequences() {
            let acts = proptest::collection::vec(0u8..10, 3..9).new_tree(&mut runner).unwrap().current();
            for act in &acts {
                osprey.act(world, &catalog, *act);
            }
            world.settle();
            assert_same(&alone, &figures(&own, kestrel.channel, statement), &format!("sequence {round}: {acts:?}"));
        }
        assert!(osprey.acts > 60 && osprey.rare > 4, "too little was done");
        assert_same(&all_alone, &pages(&own), "after all");
    }
}
