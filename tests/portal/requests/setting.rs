//! What the tests of requests look at behind the pages.

use std::sync::Barrier;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use reseller_portal::db::AnyConnection;
use reseller_portal::db::schema::{audit_events, reseller_request_info as requests};
use reseller_portal::requests::{Request, store};
use reseller_portal::values::{Amount, RequestId};

use crate::support::{Page, World};

pub const OFFER: [(&str, &str); 5] = [
    ("share", "20"),
    ("basis", "revenue"),
    ("collects", "provider"),
    ("payment_days", "30"),
    ("valid_from", "2026-12"),
];

pub fn find(world: &World, id: RequestId) -> Request {
    world.read(|connection| store::find(connection, id))
}

pub fn state(world: &World, id: RequestId) -> &'static str {
    find(world, id).state.as_str()
}

/// Every action of the log in its order.
pub fn actions(world: &World) -> Vec<String> {
    world.read(|connection| {
        audit_events::table.order(audit_events::id).select(audit_events::action).load(connection)
    })
}

/// The actions that `work` adds to the log, sorted: within one transaction their order says nothing.
pub fn recorded(world: &World, work: impl FnOnce()) -> Vec<String> {
    let before = actions(world).len();
    work();
    let mut added = actions(world).split_off(before);
    added.sort();
    added
}

/// Gives a request what a draft of the builder lacks to be submitted.
pub fn complete(world: &World, id: RequestId) {
    world.write(|connection| {
        diesel::update(requests::table.find(id))
            .set((
                requests::expected_revenue.eq("12000".parse::<Amount>().unwrap()),
                requests::expected_currency.eq("USD"),
                requests::conditions_version.eq("2026-01"),
                requests::conditions_accepted_at.eq(world.now()),
            ))
            .execute(connection)
    });
}

/// Refuses each new row of the log, as a full disk would.
pub fn break_the_log(world: &World) {
    refuse_rows(world, "audit_events");
}

/// Refuses each new row of a table.
pub fn refuse_rows(world: &World, table: &str) {
    world.write(|connection| match connection {
        AnyConnection::Sqlite(inner) => inner.batch_execute(&format!(
            "CREATE TRIGGER no_row BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'no row'); END;",
        )),
        AnyConnection::Postgres(inner) => inner.batch_execute(&format!(
            "CREATE FUNCTION no_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no row'; END $$;
             CREATE TRIGGER no_row BEFORE INSERT ON {table} EXECUTE FUNCTION no_row();",
        )),
    });
}

/// The answers of several people who send at the same moment.
pub fn at_once<'a>(sends: Vec<Box<dyn FnOnce() -> Page + Send + 'a>>) -> Vec<Page> {
    let barrier = Barrier::new(sends.len());
    std::thread::scope(|scope| {
        let wait = &barrier;
        let all: Vec<_> = sends
            .into_iter()
            .map(|send| {
                scope.spawn(move || {
                    wait.wait();
                    send()
                })
            })
            .collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

pub fn statuses(pages: &[Page]) -> Vec<u16> {
    let mut statuses: Vec<u16> = pages.iter().map(|page| page.status).collect();
    statuses.sort_unstable();
    statuses
}
