//! The tables of single months in which PostgreSQL keeps records.
//!
//! A month's table is made when the first of its records comes. What is put into the whole past this module, as a copy of
//! an installation does, lies in the rest until [`sort`] is asked for.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::Date;

use crate::db::AnyConnection;
use crate::values::Month;

#[diesel::declare_sql_function]
extern "SQL" {
    /// Makes the table of a day's month, unless it is there; whether it was made.
    fn have_usage_month(day: Date) -> Bool;

    /// Takes the table of a day's month out; how many records it has.
    fn archive_usage_month(day: Date) -> BigInt;
}

diesel::table! {
    /// What came without a table of its month; the key is not the real one.
    usage_records_rest (day) {
        day -> Date,
    }
}

/// Makes the tables of the months of some days, unless they are there.
pub(super) fn have(
    connection: &mut PgConnection,
    days: impl IntoIterator<Item = NaiveDate>,
) -> QueryResult<()> {
    let months: BTreeSet<Month> = days.into_iter().map(Month::of).collect();
    for month in months {
        diesel::select(have_usage_month(month.first_day())).execute(connection)?;
    }
    Ok(())
}

/// Puts the records that lie in the rest into the tables of their months.
pub fn sort(connection: &mut AnyConnection) -> QueryResult<()> {
    let AnyConnection::Postgres(inner) = connection else { return Ok(()) };
    let days: Vec<NaiveDate> =
        usage_records_rest::table.select(usage_records_rest::day).distinct().load(inner)?;
    have(inner, days)
}

/// Takes the table of a month's records out of the whole, for whoever keeps the database to store and to drop; how many
/// records it has. Nothing on SQLite, which keeps all in one table.
pub fn archive(connection: &mut AnyConnection, month: Month) -> QueryResult<Option<i64>> {
    let AnyConnection::Postgres(inner) = connection else { return Ok(None) };
    diesel::select(archive_usage_month(month.first_day())).get_result(inner).map(Some)
}
