//! Usage files and what their check found.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::super::{FileState, Format, RowFault, Tally, UsageFile};
use crate::db::AnyConnection;
use crate::db::schema::{channels, usage_file_errors, usage_file_totals, usage_files};
use crate::on_backend;
use crate::values::{ChannelId, Cost, Currency, Quantity, Scope, Timestamp, UsageFileId};

/// How many faults a statement takes: 6 values each, where SQLite allows 32,766 in all.
const FAULTS_AT_ONCE: usize = 5_000;

const QUANTITY: &str = "quantity";
const COST: &str = "cost";

#[derive(Queryable)]
pub(super) struct Row {
    id: UsageFileId,
    channel: ChannelId,
    channel_name: String,
    name: String,
    format: Format,
    state: FileState,
    accepted: i64,
    duplicate: i64,
    rejected: i64,
    unrated: i64,
    first_day: Option<NaiveDate>,
    last_day: Option<NaiveDate>,
    skips_rejected: bool,
    message: String,
    created_at: Timestamp,
    created_by: String,
    decided_at: Option<Timestamp>,
}

pub(super) type Columns = (
    usage_files::id,
    usage_files::channel_id,
    channels::name,
    usage_files::name,
    usage_files::format,
    usage_files::state,
    usage_files::accepted_count,
    usage_files::duplicate_count,
    usage_files::rejected_count,
    usage_files::unrated_count,
    usage_files::first_day,
    usage_files::last_day,
    usage_files::skips_rejected,
    usage_files::message,
    usage_files::created_at,
    usage_files::created_by,
    usage_files::decided_at,
);

pub(super) const FILE: Columns = (
    usage_files::id,
    usage_files::channel_id,
    channels::name,
    usage_files::name,
    usage_files::format,
    usage_files::state,
    usage_files::accepted_count,
    usage_files::duplicate_count,
    usage_files::rejected_count,
    usage_files::unrated_count,
    usage_files::first_day,
    usage_files::last_day,
    usage_files::skips_rejected,
    usage_files::message,
    usage_files::created_at,
    usage_files::created_by,
    usage_files::decided_at,
);

pub(super) fn to_file(row: Row) -> UsageFile {
    let tally = Tally {
        accepted: row.accepted,
        duplicate: row.duplicate,
        rejected: row.rejected,
        unrated: row.unrated,
        days: row.first_day.zip(row.last_day),
        ..Tally::default()
    };
    UsageFile {
        id: row.id,
        channel: row.channel,
        channel_name: row.channel_name,
        name: row.name,
        format: row.format,
        state: row.state,
        tally,
        skips_rejected: row.skips_rejected,
        message: row.message,
        created_at: row.created_at,
        created_by: row.created_by,
        decided_at: row.decided_at,
    }
}

/// A file in scope with its totals; `NotFound` when there is none there.
pub fn file(connection: &mut AnyConnection, scope: Scope, id: UsageFileId) -> QueryResult<UsageFile> {
    let mut query = usage_files::table
        .inner_join(channels::table.on(channels::id.eq(usage_files::channel_id)))
        .filter(usage_files::id.eq(id))
        .into_boxed();
    if let Some(reseller) = scope.reseller() {
        query = query.filter(channels::reseller_id.eq(reseller));
    }
    let mut file = to_file(query.select(FILE).first(connection)?);
    read_totals(connection, &mut file)?;
    Ok(file)
}

/// What a check or an import counted of a file.
pub(super) fn tally(connection: &mut AnyConnection, id: UsageFileId) -> QueryResult<Tally> {
    let found = usage_files::table
        .inner_join(channels::table.on(channels::id.eq(usage_files::channel_id)))
        .filter(usage_files::id.eq(id));
    let mut file = to_file(found.select(FILE).first(connection)?);
    read_totals(connection, &mut file)?;
    Ok(file.tally)
}

fn read_totals(connection: &mut AnyConnection, file: &mut UsageFile) -> QueryResult<()> {
    let rows: Vec<(String, String, Quantity)> = usage_file_totals::table
        .filter(usage_file_totals::file_id.eq(file.id))
        .select((usage_file_totals::kind, usage_file_totals::name, usage_file_totals::total))
        .load(connection)?;
    for (kind, name, total) in rows {
        if kind == QUANTITY {
            file.tally.quantities.insert(name, total);
        } else if let Ok(currency) = name.parse::<Currency>() {
            file.tally.costs.insert(currency, Cost::from_units(total.units()));
        }
    }
    Ok(())
}

/// How many rows files have brought into a channel so far; it grows with each batch of an import.
pub fn rows_of_files(connection: &mut AnyConnection, channel: ChannelId) -> QueryResult<i64> {
    let rows: Vec<i64> = usage_files::table
        .filter(usage_files::channel_id.eq(channel))
        .filter(usage_files::state.eq_any([FileState::Importing, FileState::Accepted]))
        .select(usage_files::row_count)
        .load(connection)?;
    Ok(rows.into_iter().sum())
}

/// How many rows other files had brought into the channel when this one was checked.
pub fn rows_before(connection: &mut AnyConnection, id: UsageFileId) -> QueryResult<i64> {
    usage_files::table.find(id).select(usage_files::rows_before).first(connection)
}

/// Forgets what an earlier check found, so that the next one starts anew.
pub fn begin_check(connection: &mut AnyConnection, id: UsageFileId) -> QueryResult<()> {
    diesel::delete(usage_file_errors::table.filter(usage_file_errors::file_id.eq(id))).execute(connection)?;
    diesel::delete(usage_file_totals::table.filter(usage_file_totals::file_id.eq(id))).execute(connection)?;
    Ok(())
}

/// Adds faults, in the order of the file; `first` is how many there are already.
pub fn add_faults(
    connection: &mut AnyConnection,
    id: UsageFileId,
    faults: &[RowFault],
    first: i64,
) -> QueryResult<()> {
    #[derive(Insertable)]
    #[diesel(table_name = usage_file_errors, treat_none_as_default_value = false)]
    struct NewFault<'a> {
        file_id: UsageFileId,
        line: i64,
        position: i64,
        column_name: &'a str,
        value: &'a str,
        reason: &'a str,
    }
    let mut position = first;
    for faults in faults.chunks(FAULTS_AT_ONCE) {
        let mut rows = Vec::with_capacity(faults.len());
        for fault in faults {
            rows.push(NewFault {
                file_id: id,
                line: i64::try_from(fault.line).unwrap_or(i64::MAX),
                position,
                column_name: &fault.column,
                value: &fault.value,
                reason: &fault.reason,
            });
            position += 1;
        }
        on_backend!(connection, |inner| {
            diesel::insert_into(usage_file_errors::table).values(&rows).execute(inner)
        })?;
    }
    Ok(())
}

/// Keeps what a check or an import counted, and the state that follows from it.
pub fn save_tally(
    connection: &mut AnyConnection,
    id: UsageFileId,
    state: FileState,
    tally: &Tally,
) -> QueryResult<()> {
    let (first, last) = tally.days.unzip();
    diesel::update(usage_files::table.find(id))
        .set((
            usage_files::state.eq(state),
            usage_files::row_count.eq(tally.rows()),
            usage_files::accepted_count.eq(tally.accepted),
            usage_files::duplicate_count.eq(tally.duplicate),
            usage_files::rejected_count.eq(tally.rejected),
            usage_files::unrated_count.eq(tally.unrated),
            usage_files::first_day.eq(first),
            usage_files::last_day.eq(last),
        ))
        .execute(connection)?;
    diesel::delete(usage_file_totals::table.filter(usage_file_totals::file_id.eq(id))).execute(connection)?;
    let quantities = tally.quantities.iter().map(|(unit, total)| (QUANTITY, unit.as_str(), *total));
    let costs = tally
        .costs
        .iter()
        .map(|(currency, total)| (COST, currency.code(), Quantity::from_units(total.units())));
    for (kind, name, total) in quantities.chain(costs) {
        diesel::insert_into(usage_file_totals::table)
            .values((
                usage_file_totals::file_id.eq(id),
                usage_file_totals::kind.eq(kind),
                usage_file_totals::name.eq(name),
                usage_file_totals::total.eq(total),
            ))
            .execute(connection)?;
    }
    Ok(())
}
