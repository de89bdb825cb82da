//! How many queries a page costs: few, and no more of them when there is more to show.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::{LazyLock, Mutex};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use diesel::prelude::*;
use diesel::sql_types::Text;
use reseller_portal::db::AnyConnection;
use reseller_portal::routes::ROUTES;
use reseller_portal::values::{ChannelId, ProductId};
use reseller_portal::web::Access;

use crate::reports::sold::{Sold, rate, sold};
use crate::support::builders::{
    Bundle, a_bundle, a_channel, a_customer, a_product, a_record, a_request, a_reseller, a_subscription,
};
use crate::support::{Client, Database, Place, World};

/// Queries that a page may cost, its session, its visitor and the counts of the menu included; root's overview costs
/// most, with figures of everything.
const BUDGET: u64 = 40;
/// Background work queries too; a page is asked for so often that it has been alone once.
const TIMES: usize = 4;
/// Rows that are added of everything, to see what grows.
const MORE: u64 = 12;

/// The statements of the databases that a test watches, by the address of their connections.
static STATEMENTS: LazyLock<Mutex<HashMap<String, BTreeSet<String>>>> = LazyLock::new(Mutex::default);

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
            InstrumentationEvent::StartQuery { query, .. } => {
                if let Some(statements) = STATEMENTS.lock().unwrap().get_mut(&self.database) {
                    let text = query.to_string();
                    statements.insert(text.split(" -- binds: ").next().unwrap_or_default().to_owned());
                }
                *COUNTS.lock().unwrap().entry(self.database.clone()).or_default() += 1;
            }
            _ => {}
        }
    }
}

#[derive(QueryableByName)]
struct OfSqlite {
    #[diesel(sql_type = Text)]
    detail: String,
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

/// A world with something of everything, and who sells there.
struct Filled {
    world: World,
    sold: Sold,
    bundle: Bundle,
    product: ProductId,
}

impl Filled {
    fn on(database: Database) -> Self {
        let world = counted_world(database);
        let product = a_product("EXTRA").build(&world);
        let bundle = a_bundle("EXTRA").named("Extra").recurring("10").usage(product, "1").build(&world);
        let sold = sold(&world);
        let filled = Self { world, sold, bundle, product };
        filled.grow(0..MORE);
        filled
    }

    fn grow(&self, numbers: Range<u64>) {
        grow(&self.world, self.sold.channels[0], (&self.bundle, self.product), numbers);
    }

    /// What each page costs root, and the re-seller.
    fn costs(&self) -> [BTreeMap<String, u64>; 2] {
        let (world, own) = (&self.world, self.sold.channels[0]);
        let objects = [
            format!("/channels/{own}/prices"),
            format!("/customers/{}", self.sold.aldous.id),
            "/lines?from=2026-10&to=2026-10".to_owned(),
        ];
        let roots = [format!("/channels/{own}"), format!("/resellers/{}", self.sold.kestrel)];
        let all = [objects.as_slice(), &roots].concat();
        let (root, reseller) = (world.root(), world.reseller(self.sold.kestrel));
        [
            costs(world, &root, [Access::Root, Access::Member], &all),
            costs(world, &reseller, [Access::Reseller, Access::Member], &objects),
        ]
    }
}

fn no_page_costs_more_queries_when_there_is_more_to_show(database: Database) {
    let filled = Filled::on(database);
    let [root_before, own_before] = filled.costs();
    filled.grow(MORE..2 * MORE);
    let [root_after, own_after] = filled.costs();
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

/// Tables that grow with every re-seller, customer, price, row of usage and deed.
const LARGE: [&str; 24] = [
    "audit_events",
    "channel_bundles",
    "channel_currencies",
    "channels",
    "charge_lines",
    "credits",
    "customers",
    "disputes",
    "jobs",
    "mails",
    "payments",
    "price_requests",
    "price_values",
    "rated_months",
    "request_events",
    "reseller_request_info",
    "resellers",
    "revenue_channels",
    "statements",
    "subscriptions",
    "usage_daily",
    "usage_file_errors",
    "usage_files",
    "usage_records",
];

/// Indexes that have only the few rows that somebody has to act on.
const OF_FEW: [&str; 3] = ["usage_records_unrated", "mails_unsent", "disputes_open"];

/// Large tables that a statement may read through, by parts of its text, and why.
const READ_THROUGH: [(&str, &str, &str); 12] = [
    ("reseller_request_info", "AS counted", "a list is counted to a thousand; few requests are drafts"),
    ("reseller_request_info", "sum(", "a list of at most a thousand requests is added up"),
    ("revenue_channels", "sum(", "a list of at most a thousand statements is added up"),
    ("channels", "SELECT EXISTS", "the first one is enough"),
    ("resellers", "SELECT EXISTS", "the first one is enough"),
    ("resellers", "ORDER BY `resellers`.`name_key`", "by name, to the end of the page"),
    ("channels", "`channels`.`host`", "every channel is offered where one is chosen"),
    ("channel_currencies", "ORDER BY", "every channel is offered where one is chosen"),
    ("channel_bundles", "`enabled`", "the board of prices that drift is about all of them"),
    ("request_events", "min(", "kept until the next event"),
    ("audit_events", "COUNT(*)", "the whole log is verified"),
    ("audit_events", "audit_seals", "until there is a seal to go on from"),
];

/// The tables that SQLite reads through for a statement instead of searching them; the first rows of a whole table, in
/// an order that it has, are read as they come.
fn read_through(connection: &mut AnyConnection, statement: &str) -> Vec<String> {
    let AnyConnection::Sqlite(inner) = connection else { panic!("SQLite explains") };
    let rows: Vec<OfSqlite> =
        diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load(inner).unwrap();
    let is_sorted = rows.iter().any(|row| row.detail.contains("TEMP B-TREE"));
    let asks_for_nothing = statement.contains("1=0");
    if asks_for_nothing || (!statement.contains("WHERE") && statement.contains("LIMIT") && !is_sorted) {
        return Vec::new();
    }
    let is_large = |row: &&OfSqlite| !OF_FEW.iter().any(|index| row.detail.contains(index));
    let table = |row: &OfSqlite| row.detail.strip_prefix("SCAN ")?.split(' ').next().map(str::to_owned);
    rows.iter().filter(is_large).filter_map(table).collect()
}

#[test]
fn no_page_reads_a_large_table_through() {
    let filled = Filled::on(Database::Sqlite);
    let database = filled.world.place().url.trim_start_matches("sqlite://").to_owned();
    STATEMENTS.lock().unwrap().insert(database.clone(), BTreeSet::new());
    filled.costs();
    let statements = STATEMENTS.lock().unwrap().remove(&database).unwrap();
    let asked: Vec<_> = statements.iter().filter(|statement| statement.starts_with("SELECT")).collect();
    assert!(asked.len() > 100, "{}", asked.len());
    // An empty database has no statistics, which would tell that tables of a few rows are best read through.
    let mut empty = reseller_portal::db::connect(&Place::migrated(Database::Sqlite).url).unwrap();
    let mut faults = Vec::new();
    for statement in asked {
        for table in read_through(&mut empty, statement) {
            let is_known = |(name, part, _): &(&str, &str, &str)| *name == table && statement.contains(part);
            if LARGE.contains(&table.as_str()) && !READ_THROUGH.iter().any(is_known) {
                faults.push(format!("{table}: {statement}"));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}
