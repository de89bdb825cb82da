//! Looks for what a closing month may lack.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::note;
use super::read::{any, of_month, totals};
use crate::channels::price_requests;
use crate::db::query::{Both, RecordsOf};
use crate::db::schema::{
    disputes as d, jobs, statement_waivers as w, statements as s, usage_daily, usage_unrated,
};
use crate::db::{AnyConnection, Failure};
use crate::settlement::checklist::{Finding, Item, Waiver, is_outlier, many};
use crate::settlement::state::Refusal;
use crate::settlement::{DisputeState, Statement, StatementState};
use crate::values::{Act, Amount, Month, ObjectId, StatementId};

/// The checklist of a statement's month.
pub fn of(connection: &mut AnyConnection, statement: &Statement) -> QueryResult<Vec<Item>> {
    let mut items = vec![
        unrated(connection, statement)?,
        missing_days(connection, statement)?,
        waiting_jobs(connection, statement)?,
        outlier(connection, statement)?,
        open_disputes(connection, statement)?,
        undecided_prices(connection, statement)?,
    ];
    let waived = waived(connection, statement.id)?;
    for item in &mut items {
        item.waived = waived.get(item.key).cloned();
    }
    Ok(items)
}

fn item(key: &'static str, text: String, href: String, finding: Finding) -> Item {
    Item { key, text, href, finding, waived: None }
}

fn blocking_when(found: bool) -> Finding {
    if found { Finding::Blocking } else { Finding::Clear }
}

fn unrated(connection: &mut AnyConnection, statement: &Statement) -> QueryResult<Item> {
    let month = statement.month;
    let days = usage_unrated::table
        .filter(usage_unrated::channel_id.eq(statement.channel))
        .filter(usage_unrated::day.ge(month.first_day()))
        .filter(usage_unrated::day.lt(month.end()));
    let count: i64 =
        diesel::select(RecordsOf(days.select(usage_unrated::record_count))).get_result(connection)?;
    let text = match count {
        0 => "All usage of the month is rated".to_owned(),
        _ => format!("{} of the month cannot be rated yet", many(count, "usage record")),
    };
    let href = format!("/usage/unrated?channel={}", statement.channel);
    Ok(item("unrated", text, href, blocking_when(count > 0)))
}

/// Days without usage, in a month in which or before which there was some.
fn missing_days(connection: &mut AnyConnection, statement: &Statement) -> QueryResult<Item> {
    let month = statement.month;
    let used = used_days(connection, statement, month)?;
    let before = used_days(connection, statement, month.previous())?;
    let days: i64 = i64::from(month.days());
    let missing = days - i64::try_from(used.len()).unwrap_or(days);
    let expected = !used.is_empty() || !before.is_empty();
    let found = expected && missing > 0;
    let text = match (expected, found) {
        (false, _) => "No usage came in, in this month or the one before".to_owned(),
        (true, false) => "Usage came in for each day of the month".to_owned(),
        (true, true) => format!("{} of the month without usage", many(missing, "day")),
    };
    let href = format!("/usage/files?channel={}", statement.channel);
    Ok(item("missing_days", text, href, blocking_when(found)))
}

fn used_days(
    connection: &mut AnyConnection,
    statement: &Statement,
    month: Month,
) -> QueryResult<BTreeSet<NaiveDate>> {
    let days: Vec<NaiveDate> = usage_daily::table
        .filter(usage_daily::channel_id.eq(statement.channel))
        .filter(usage_daily::day.ge(month.first_day()))
        .filter(usage_daily::day.lt(month.end()))
        .select(usage_daily::day)
        .distinct()
        .load(connection)?;
    Ok(days.into_iter().collect())
}

fn waiting_jobs(connection: &mut AnyConnection, statement: &Statement) -> QueryResult<Item> {
    let count: i64 = jobs::table
        .filter(jobs::kind.eq("rate_month"))
        .filter(jobs::subject.eq(ObjectId::from(statement.channel)))
        .filter(jobs::month.eq(statement.month))
        .filter(jobs::state.eq_any(["queued", "running"]))
        .select(count_star())
        .first(connection)?;
    let text = match count {
        0 => "Nothing waits to be rated".to_owned(),
        _ => "A change waits to be rated; look again in a moment".to_owned(),
    };
    Ok(item("jobs", text, String::new(), blocking_when(count > 0)))
}

fn outlier(connection: &mut AnyConnection, statement: &Statement) -> QueryResult<Item> {
    let net = |connection: &mut AnyConnection, statement: &Statement| -> QueryResult<Amount> {
        totals(connection, statement)?.net().map_err(super::read::too_large)
    };
    let previous = statement.month.previous();
    let before = of_month(connection, statement.channel, previous)?;
    let before = before.into_iter().find(|one| one.currency == statement.currency);
    let was = before.map(|before| net(connection, &before)).transpose()?.unwrap_or_default();
    let is = net(connection, statement)?;
    let (currency, found) = (statement.currency, is_outlier(is, was));
    let text = match found {
        true => format!(
            "Net revenue is {currency} {}, after {currency} {}",
            is.plain(currency),
            was.plain(currency)
        ),
        false => "Net revenue is within half of that of the month before".to_owned(),
    };
    let href = format!(
        "/reports/revenue?from={previous}&to={}&channel={}&currency={currency}",
        statement.month, statement.channel
    );
    Ok(item("outlier", text, href, if found { Finding::Notable } else { Finding::Clear }))
}

fn open_disputes(connection: &mut AnyConnection, statement: &Statement) -> QueryResult<Item> {
    let first: Vec<StatementId> = d::table
        .inner_join(s::table.on(s::id.eq(d::statement_id)))
        .filter(s::channel_id.eq(statement.channel))
        .filter(d::state.eq(DisputeState::Open))
        .select(s::id)
        .load(connection)?;
    let (text, href) = match first.first() {
        None => ("No dispute waits for an answer".to_owned(), String::new()),
        Some(id) => (
            format!("{} without an answer", many(i64::try_from(first.len()).unwrap_or(i64::MAX), "dispute")),
            format!("/statements/{id}"),
        ),
    };
    Ok(item("disputes", text, href, if first.is_empty() { Finding::Clear } else { Finding::Notable }))
}

/// A price cannot begin in a month that was closed, so what is asked for is decided before.
fn undecided_prices(connection: &mut AnyConnection, statement: &Statement) -> QueryResult<Item> {
    let count = price_requests::store::open_before(connection, statement.channel, statement.month.end())?;
    let text = match count {
        0 => "No price that was asked for waits to be decided".to_owned(),
        _ => format!("{} for this month or before without an answer", many(count, "price request")),
    };
    let href = format!("/price-requests?state=open&channel={}", statement.channel);
    Ok(item("price_requests", text, href, blocking_when(count > 0)))
}

fn waived(connection: &mut AnyConnection, id: StatementId) -> QueryResult<HashMap<String, Waiver>> {
    let rows: Vec<(String, String, String)> = w::table
        .filter(w::statement_id.eq(id))
        .select((w::item, w::reason, w::waived_by))
        .load(connection)?;
    Ok(rows.into_iter().map(|(item, reason, by)| (item, Waiver { reason, by })).collect())
}

/// Lets a blocking item of a closing statement pass, with a reason.
pub fn waive(
    connection: &mut AnyConnection,
    id: StatementId,
    key: &str,
    reason: &str,
    act: &Act,
) -> Result<(), Failure<Refusal>> {
    let statement = any(connection, id)?;
    if statement.state != StatementState::Closing {
        return Err(Failure::Refused(Refusal::State(statement.state)));
    }
    let found = of(connection, &statement)?.into_iter().find(|item| item.key == key && item.stops());
    // Mended in the meantime: there is nothing left to waive.
    let Some(found) = found else { return Ok(()) };
    let given = (w::reason.eq(reason), w::waived_at.eq(act.at), w::waived_by.eq(&act.who.name));
    Both(
        diesel::insert_into(w::table)
            .values((w::statement_id.eq(id), w::item.eq(key), given))
            .on_conflict((w::statement_id, w::item))
            .do_update()
            .set(given),
    )
    .execute(connection)?;
    let summary = format!("{} waived for {}: {reason}", found.text, statement.name());
    Ok(note(connection, &statement, "statement.waived", summary, act)?)
}
