//! Takes a month's usage records out of the whole, once nothing of that month can change any more.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::audit::{self, Event};
use crate::channels;
use crate::db::query::RecordsOf;
use crate::db::schema::{statements, usage_daily, usage_unrated};
use crate::db::{AnyConnection, Failure};
use crate::settlement::StatementState;
use crate::usage;
use crate::values::{Act, ChannelId, Month, ObjectId};

/// Why a month's records stay where they are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotArchived {
    #[error("{0} of its records cannot be rated yet")]
    Unrated(i64),
    /// By the channels' codes: some of them, and how many more there are.
    #[error("statements of {} are not posted{}", .0.join(", "), and_more(*.1))]
    NotPosted(Vec<String>, usize),
    #[error("only PostgreSQL keeps each month's records in a table of its own")]
    InOneTable,
}

/// Channels that are named.
const NAMED: usize = 5;

fn and_more(count: usize) -> String {
    if count == 0 { String::new() } else { format!(", nor of {count} more") }
}

/// Takes the records of a month out; how many there were. Statements, lines and what they count stay; so does the
/// knowledge of which records were brought in, so that none counts twice.
pub fn archive_usage(
    connection: &mut AnyConnection,
    month: Month,
    act: &Act,
) -> Result<i64, Failure<NotArchived>> {
    let unrated = usage_unrated::table
        .filter(usage_unrated::day.ge(month.first_day()))
        .filter(usage_unrated::day.lt(month.end()))
        .select(usage_unrated::record_count);
    let unrated: i64 = diesel::select(RecordsOf(unrated)).get_result(connection)?;
    if unrated > 0 {
        return Err(Failure::Refused(NotArchived::Unrated(unrated)));
    }
    let waiting = not_posted(connection, month)?;
    if !waiting.is_empty() {
        let (named, more) = waiting.split_at(waiting.len().min(NAMED));
        let channels = channels::store::some(connection, named)?;
        let codes = channels.into_iter().map(|channel| channel.code.to_string()).collect();
        return Err(Failure::Refused(NotArchived::NotPosted(codes, more.len())));
    }
    let Some(records) = usage::store::archive_month(connection, month)? else {
        return Err(Failure::Refused(NotArchived::InOneTable));
    };
    if records == 0 {
        return Ok(0);
    }
    let summary = format!("Usage records of {month} archived: {records}");
    let object = ObjectId::derived(&format!("usage of {month}"));
    audit::record(connection, act, Event::on("usage", object, "usage.archived", summary))?;
    Ok(records)
}

/// The channels with usage in a month, or with a statement for it, that are not settled.
fn not_posted(connection: &mut AnyConnection, month: Month) -> QueryResult<Vec<ChannelId>> {
    let used: Vec<ChannelId> = usage_daily::table
        .filter(usage_daily::day.ge(month.first_day()))
        .filter(usage_daily::day.lt(month.end()))
        .select(usage_daily::channel_id)
        .distinct()
        .load(connection)?;
    let told: Vec<(ChannelId, StatementState)> = statements::table
        .filter(statements::month.eq(month))
        .select((statements::channel_id, statements::state))
        .load(connection)?;
    let (posted, open): (Vec<_>, Vec<_>) =
        told.into_iter().partition(|(_, state)| *state == StatementState::Posted);
    let posted: BTreeSet<ChannelId> = posted.into_iter().map(|(channel, _)| channel).collect();
    let unsettled = used.into_iter().filter(|channel| !posted.contains(channel));
    let all: BTreeSet<ChannelId> = unsettled.chain(open.into_iter().map(|(channel, _)| channel)).collect();
    Ok(all.into_iter().collect())
}
