//! How many queries a page costs: few, and no more of them when there is more to show.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::{LazyLock, Mutex};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use reseller_portal::routes::ROUTES;
use reseller_portal::values::{ChannelId, ProductId};
use reseller_portal::web::Access;

use crate::reports::sold::{rate, sold};
use crate::support::builders::{
    Bundle, a_bundle, a_channel, a_customer, a_product, a_record, a_request, a_reseller, a_subscription,
};
use crate::support::{Client, Database, World};

/// Queries that a page may cost, its session, its visitor and the counts of the menu included; root's overview costs
/// most, with figures of everything.
const BUDGET: u64 = 40;
/// Background work queries too; a page is asked for so often that it has been alone once.
const TIMES: usize = 4;
/// Rows that are added of everything, to see what grows.
const MORE: u64 = 12;

/// The queries of each database so far, by the address of its connections.
static COUNTS: LazyLock<Mutex<HashMap<String, u64>>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct Counter {
    database: String,
}

impl Instrumentation for Counter {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => url.clone_into(&mut self.database),
            InstrumentationEvent::StartQuery { .. } => {
                *COUNTS.lock().unwrap().entry(self.database.clone()).or_default() += 1;
            }
            _ => {}
        }
    }
}

fn counted_world(database: Database) -> World {
    set_default_instrumentation(|| Some(Box::<Counter>::default())).unwrap();
    World::on(database)
}

fn queries_so_far(world: &World) -> u64 {
    let counts = COUNTS.lock().unwrap();
    let own = counts.iter().filter(|(database, _)| world.place().url.ends_with(database.as_str()));
    own.map(|(_, count)| count).sum()
}

/// The least that an address cost.
fn cost(world: &World, person: &Client, path: &str) -> u64 {
    let once = || {
        let before = queries_so_far(world);
        assert_eq!(person.get(path).status, 200, "{path}");
        queries_so_far(world) - before
    };
    (0..TIMES).map(|_| once()).min().unwrap()
}

/// What each page costs that the site map has for a side, and some of single objects.
fn costs(world: &World, person: &Client, enters: [Access; 2], objects: &[String]) -> BTreeMap<String, u64> {
    let pages = ROUTES
        .iter()
        .filter(|route| route.method == "GET" && enters.contains(&route.access))
        .map(|route| route.path.to_owned())
        .filter(|path| ![".csv", ".xlsx", "{"].iter().any(|part| path.contains(part)));
    let shown = |path: &String| person.get(path).status == 200;
    let paths = pages.chain(["/".to_owned()]).filter(shown).chain(objects.iter().cloned());
    paths.map(|path| (path.clone(), cost(world, person, &path))).collect()
}

/// More of everything: of the re-seller's own, and of others; numbered, so that it can be done again.
fn grow(world: &World, own: ChannelId, (cloud, vm): (&Bundle, ProductId), numbers: Range<u64>) {
    for number in numbers {
        let customer = a_customer(own, &format!("Customer {number}")).build(world);
        let sale = a_subscription(customer, cloud).from("2026-10-01").build(world);
        a_record(customer, &sale, vm, "2026-10-07").quantity("3").build(world);
        a_request(&format!("Newcomer {number}")).build(world);
        let product = a_product(&format!("EXTRA-{number}")).build(world);
        let bundle = a_bundle(&format!("EXTRA-{number}")).usage(product, "1").build(world);
        let reseller = a_reseller(&format!("Partner {number}")).build(world);
        let channel = a_channel(reseller.id).sells(cloud).sells(&bundle).build(world);
        let other = a_customer(channel, &format!("Other {number}")).build(world);
        let sale = a_subscription(other, cloud).from("2026-10-01").build(world);
        a_record(other, &sale, vm, "2026-10-07").quantity("3").build(world);
        rate(world, channel, "2026-10");
    }
    rate(world, own, "2026-10");
    world.settle();
}

fn no_page_costs_more_queries_when_there_is_more_to_show(database: Database) {
    let world = counted_world(database);
    let extra = a_product("EXTRA").build(&world);
    let cloud = a_bundle("EXTRA").named("Extra").recurring("10").usage(extra, "1").build(&world);
    let sold = sold(&world);
    let own = sold.channels[0];
    grow(&world, own, (&cloud, extra), 0..MORE);
    let (root, reseller) = (world.root(), world.reseller(sold.kestrel));
    let objects = [
        format!("/channels/{own}/prices"),
        format!("/customers/{}", sold.aldous.id),
        "/lines?from=2026-10&to=2026-10".to_owned(),
    ];
    let roots = [format!("/channels/{own}"), format!("/resellers/{}", sold.kestrel)];
    let all = [objects.as_slice(), &roots].concat();
    let measure = || {
        (
            costs(&world, &root, [Access::Root, Access::Member], &all),
            costs(&world, &reseller, [Access::Reseller, Access::Member], &objects),
        )
    };
    let (root_before, own_before) = measure();
    grow(&world, own, (&cloud, extra), MORE..2 * MORE);
    let (root_after, own_after) = measure();
    let mut faults = Vec::new();
    for (who, before, after) in [("root", root_before, root_after), ("a re-seller", own_before, own_after)] {
        for (path, cost) in after {
            let less = before[&path];
            if cost > less {
                faults.push(format!("{who}: {path} cost {less} queries, and {cost} when there was more"));
            }
            if cost > BUDGET {
                faults.push(format!("{who}: {path} costs {cost} queries"));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn no_page_costs_more_queries_when_there_is_more_to_show_on_sqlite() {
    no_page_costs_more_queries_when_there_is_more_to_show(Database::Sqlite);
}

#[test]
fn no_page_costs_more_queries_when_there_is_more_to_show_on_postgres() {
    no_page_costs_more_queries_when_there_is_more_to_show(Database::Postgres);
}
