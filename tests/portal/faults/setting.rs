//! What the faults happen to: a small business in a database of which every try gets a copy.

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use reseller_portal::db::AnyConnection;
use reseller_portal::jobs;
use reseller_portal::values::{ChannelId, ResellerId};

use crate::support::builders::{a_bundle, a_channel, a_customer, a_product, a_reseller, a_subscription};
use crate::support::{Database, Place, Program, World, command, wait_for};

/// Whether every moment is to be tried, and not only some.
pub fn is_thorough() -> bool {
    std::env::var("FAULTS").is_ok_and(|value| value == "all")
}

/// Three re-sellers with five customers each, who have paid 100.00 a month and 0.10 a GB since 2025.
pub fn business(world: &World) -> Vec<(ResellerId, ChannelId)> {
    let disk = a_product("DISK").unit("GB").build(world);
    let bundle = a_bundle("CLOUD").recurring("100").usage(disk, "0.1").priced_from("2024-01-01").build(world);
    let partners = ["ASKER", "BODO", "CARL"].map(|code| {
        let reseller = a_reseller(code).build(world).id;
        let channel = a_channel(reseller).code(code).sells(&bundle).build(world);
        for number in 0..5 {
            let reference = format!("{code}-{number}");
            let customer = a_customer(channel, &reference).external(&reference).build(world);
            a_subscription(customer, &bundle).from("2025-01-01").build(world);
        }
        (reseller, channel)
    });
    partners.into()
}

/// A usage file of September 2025 with so many rows for the first re-seller.
pub fn usage(rows: usize) -> String {
    let row = |number: usize| {
        let (customer, day) = (number % 5, 1 + number % 29);
        format!("r{number},ASKER-{customer},DISK,1.5,GB,2025-09-{day:02},2025-09-{:02}\n", day + 1)
    };
    std::iter::once(crate::usage::setting::HEADER.to_owned()).chain((0..rows).map(row)).collect()
}

/// An SQLite database to be copied.
pub struct Original(Vec<u8>);

impl Original {
    pub fn of<T>(fill: impl FnOnce(&World) -> T) -> (Self, T) {
        let place = Arc::new(Place::migrated(Database::Sqlite));
        let world = World::beside(&place, ([127, 0, 0, 1], 0).into());
        let filled = fill(&world);
        world.tamper(|connection| run(connection, "PRAGMA wal_checkpoint(TRUNCATE)")).unwrap();
        (Self(std::fs::read(place.folder.path().join("portal.db")).unwrap()), filled)
    }

    pub fn copy(&self) -> Arc<Place> {
        Arc::new(Place::holding(&self.0))
    }
}

pub fn run(connection: &mut AnyConnection, statements: &str) -> QueryResult<()> {
    match connection {
        AnyConnection::Postgres(inner) => inner.batch_execute(statements),
        AnyConnection::Sqlite(inner) => inner.batch_execute(statements),
    }
}

/// The number that a query gives.
pub fn number(connection: &mut AnyConnection, query: &str) -> QueryResult<i64> {
    diesel::select(sql::<BigInt>(&format!("({query})"))).get_result(connection)
}

/// Looks into a database that nobody serves.
pub fn look<T>(place: &Arc<Place>, read: impl FnOnce(&mut AnyConnection) -> QueryResult<T>) -> T {
    World::beside(place, ([127, 0, 0, 1], 0).into()).read(read)
}

/// Every page of the file is whole, every reference leads somewhere, every total and seal is right.
#[track_caller]
pub fn is_sound(place: &Arc<Place>, when: &str) {
    let (pages, lost) = look(place, |connection| {
        let pages = sql::<Text>("(SELECT group_concat(integrity_check) FROM pragma_integrity_check)");
        let pages: String = diesel::select(pages).get_result(connection)?;
        Ok((pages, number(connection, "SELECT count(*) FROM pragma_foreign_key_check")?))
    });
    assert_eq!((pages.as_str(), lost), ("ok", 0), "{when}");
    verifies(place, when);
}

#[track_caller]
pub fn verifies(place: &Arc<Place>, when: &str) {
    let told = command(place, &["verify"]).output().unwrap();
    let (out, log) = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
    assert!(told.status.success(), "{when}: {out}{log}");
}

/// Serves until no background work is left.
pub fn let_it_finish(place: &Arc<Place>) {
    let _program = Program::serve(place);
    wait_for("the background work has ended", || look(place, jobs::store::unfinished) == 0);
}

/// How long something takes.
pub fn timed(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

/// Moments within a time, each at random in its own part of it.
pub fn moments(whole: Duration) -> impl Iterator<Item = Duration> {
    let count = if is_thorough() { 40 } else { 2 };
    let part = u64::try_from(whole.as_micros()).unwrap() / count;
    (0..count).map(move |number| Duration::from_micros(number * part + rand::random::<u64>() % part.max(1)))
}

/// What is there of each thing that is to be done as a whole: several numbers each.
pub type Parts = Vec<Vec<i64>>;
