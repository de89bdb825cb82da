//! Fills a database of a size: the same rows on both databases, as the pages' own work would have left them.

mod partners;
mod usage;

use std::sync::Arc;
use std::time::Instant;

use reseller_portal::values::{Month, ResellerId, Timestamp};

use crate::size::Size;
use crate::support::builders::{Bundle, a_bundle, a_product};
use crate::support::{Database, Place, Server, World, command};

/// Bundles that every channel sells.
pub const BUNDLES: u64 = 50;
/// Metered products; each bundle charges the usage of one.
const PRODUCTS: u64 = 5;

/// A filled database, and what filling it has measured.
pub struct Seeded {
    pub size: Size,
    pub database: Database,
    pub place: Arc<Place>,
    pub world: World,
    /// The last month that is over; it has charge lines, and no statements yet.
    pub month: Month,
    pub rating: Rating,
    /// The PostgreSQL server, which ends with this value.
    pub server: Option<Server>,
}

/// How the program rated a month of every channel.
#[derive(Debug, Clone, Copy)]
pub struct Rating {
    pub lines: i64,
    pub seconds: f64,
}

impl Seeded {
    /// What the lines of the table say of it.
    pub fn at(&self) -> (&'static str, &'static str) {
        (self.size.word(), if self.server.is_some() { "PostgreSQL" } else { "SQLite" })
    }

    /// The database's address for `psql` and `pgbench`.
    pub fn url(&self) -> &str {
        &self.place.url
    }

    /// The first of the re-sellers.
    pub fn a_reseller(&self) -> ResellerId {
        partners::first_reseller(&self.world)
    }
}

pub fn fill(size: Size, database: Database) -> Seeded {
    let began = Instant::now();
    let (server, place) = match database {
        Database::Sqlite => (None, Place::migrated(Database::Sqlite)),
        Database::Postgres => {
            let server = Server::durable();
            let place = Place::at(server.database("speed"));
            run(&place, &["migrate"]);
            (Some(server), place)
        }
    };
    let place = Arc::new(place);
    let world = World::beside(&place, ([127, 0, 0, 1], 1).into());
    let month = Month::of(world.now().day()).previous();
    let bundles = catalogue(&world);
    partners::fill(&world, size, &bundles);
    usage::fill(&world, size, month);
    analyse(&world, database);
    let rating = rate(&world, &place, month);
    usage::repeat_lines(&world, month);
    analyse(&world, database);
    eprintln!("{} {database:?}: filled in {:.0} s", size.word(), began.elapsed().as_secs_f64());
    Seeded { size, database, place, world, month, rating, server }
}

/// Bundles of a monthly fee and the usage of one product each.
fn catalogue(world: &World) -> Vec<Bundle> {
    let products: Vec<_> =
        (0..PRODUCTS).map(|number| a_product(&format!("VM-{number}")).build(world)).collect();
    let bundle = |number: u64| {
        let product = products[usize::try_from(number % PRODUCTS).unwrap()];
        a_bundle(&format!("CLOUD-{number:02}")).recurring("49").usage(product, "0.0425").build(world)
    };
    (0..BUNDLES).map(bundle).collect()
}

/// PostgreSQL gathers its statistics by itself some time after a load; a run does not wait for that.
fn analyse(world: &World, database: Database) {
    use diesel::connection::SimpleConnection;
    if database == Database::Postgres {
        world.tamper(|connection| connection.batch_execute("VACUUM ANALYZE")).unwrap();
    }
}

/// Rates the month of every channel with the program.
fn rate(world: &World, place: &Place, month: Month) -> Rating {
    let began = Instant::now();
    run(place, &["rate", "--month", &month.to_string()]);
    let seconds = began.elapsed().as_secs_f64();
    Rating { lines: usage::lines(world), seconds }
}

/// Runs the program with a command that must succeed; what it said.
pub fn run(place: &Place, arguments: &[&str]) -> String {
    let ran = command(place, arguments).output().unwrap();
    assert!(ran.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8_lossy(&ran.stdout).into_owned()
}

/// A time of the year before the month's end, so many minutes after the first.
fn minutes_ago(world: &World, minutes: u64) -> Timestamp {
    world.now().plus(-chrono::Duration::minutes(i64::try_from(minutes).unwrap()))
}
