//! How much waits in the database.

use diesel::dsl::{count_star, min};
use diesel::prelude::*;

use crate::db::AnyConnection;
use crate::db::schema::{jobs, mails, usage_files};
use crate::mail::store::ATTEMPTS;
use crate::values::Timestamp;

/// What waits, and what was given up.
pub(super) struct Queue {
    /// Kind, state and number.
    pub jobs: Vec<(String, String, i64)>,
    pub oldest_seconds: i64,
    pub imported_rows: i64,
    pub mails_waiting: i64,
    pub mails_failed: i64,
}

pub(super) fn queue(connection: &mut AnyConnection, now: Timestamp) -> QueryResult<Queue> {
    let oldest: Option<Timestamp> =
        jobs::table.filter(jobs::state.eq("queued")).select(min(jobs::created_at)).first(connection)?;
    let unsent = mails::table.filter(mails::sent_at.is_null());
    Ok(Queue {
        jobs: jobs::table
            .filter(jobs::state.ne("done"))
            .group_by((jobs::kind, jobs::state))
            .select((jobs::kind, jobs::state, count_star()))
            .load(connection)?,
        oldest_seconds: oldest.map_or(0, |oldest| (now.utc() - oldest.utc()).num_seconds()),
        imported_rows: imported_rows(connection)?,
        mails_waiting: unsent.filter(mails::attempts.lt(ATTEMPTS)).count().get_result(connection)?,
        mails_failed: unsent.filter(mails::attempts.ge(ATTEMPTS)).count().get_result(connection)?,
    })
}

/// The rows of all files that were accepted.
fn imported_rows(connection: &mut AnyConnection) -> QueryResult<i64> {
    let accepted = usage_files::table.filter(usage_files::state.eq("accepted"));
    let counts: Vec<i64> = accepted.select(usage_files::accepted_count).load(connection)?;
    Ok(counts.into_iter().sum())
}
