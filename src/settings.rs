//! Facts about this database as a whole, such as that its data is a demonstration.

use diesel::prelude::*;

use crate::db::AnyConnection;
use crate::db::query::Both;
use crate::db::schema::{counters, settings};

const DEMO: &str = "demo";

/// Names and passwords of the demonstration's accounts, which its sign-in page tells.
pub const DEMO_SIGN_INS: [(&str, &str); 2] =
    [("root", "northgate demo root"), ("ingrid", "kestrel demo seller")];

/// Whether the demonstration data is loaded here.
pub fn is_demo(connection: &mut AnyConnection) -> QueryResult<bool> {
    let value = settings::table.find(DEMO).select(settings::value).first::<String>(connection).optional()?;
    Ok(value.as_deref() == Some("yes"))
}

/// Marks the database as a demonstration, for good.
pub fn mark_demo(connection: &mut AnyConnection) -> QueryResult<()> {
    diesel::insert_into(settings::table)
        .values((settings::name.eq(DEMO), settings::value.eq("yes")))
        .execute(connection)?;
    Ok(())
}

/// The next number of a counter, from 1: for references such as `RR-2026-00042`.
pub fn next_number(connection: &mut AnyConnection, counter: &str) -> QueryResult<i64> {
    let first = (counters::name.eq(counter), counters::value.eq(1));
    Both(
        diesel::insert_into(counters::table)
            .values(first)
            .on_conflict(counters::name)
            .do_update()
            .set(counters::value.eq(counters::value + 1))
            .returning(counters::value),
    )
    .get_result(connection)
}
