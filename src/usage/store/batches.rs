//! The import of a file in batches, each in one transaction: its records, keys and daily sums, and how far the file is.
//! A process that ends goes on behind the last batch that was stored, and nothing is counted twice.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::super::intake::PreparedRow;
use super::super::{FileState, RowFault};
use super::decisions::{NewFile, add_file_with_id, finish_acceptance};
use super::files::{add_faults, rows_of_files, save_tally, tally};
use super::import::{ImportRefusal, Place, Progress, rate, store_rows};
use super::knowledge;
use crate::channels::Channel;
use crate::db::query::ForUpdate;
use crate::db::schema::{usage_file_errors, usage_files};
use crate::db::{AnyConnection, Failure};
use crate::jobs;
use crate::values::{Act, ChannelId, JobId, Month, UsageFileId};

/// Told of a file that lost rows after somebody had looked at it.
const CAME_BETWEEN: &str = "Rows were left out because records with their ids, but other content, came while the file \
                            was imported. They are among the bad rows";

/// Where the file of an import comes from.
#[derive(Debug, Clone)]
pub enum Origin {
    /// Somebody decided on its row.
    Uploaded,
    /// A command gave it; its row is made with the first batch.
    Given {
        new: NewFile,
        /// Of its content.
        digest: String,
        skips_rejected: bool,
    },
}

/// An import, whatever its batch.
#[derive(Debug, Clone)]
pub struct Task {
    pub channel: Channel,
    pub file: UsageFileId,
    pub origin: Origin,
    pub job: Option<JobId>,
    /// How many rows the file has; zero when it is not known.
    pub rows: i64,
    pub act: Act,
}

/// Some rows of a file, and what those above came to.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'b> {
    pub rows: &'b [PreparedRow],
    /// `None` before the first batch.
    pub before: Option<&'b Progress>,
    /// How many rows other files had brought into the channel when the file was last looked at.
    pub rows_before: i64,
    pub is_last: bool,
}

/// How far an import is; `None` when it has not begun.
pub fn progress(connection: &mut AnyConnection, id: UsageFileId) -> QueryResult<Option<Progress>> {
    let begun = usage_files::table.find(id).filter(usage_files::state.eq(FileState::Importing));
    let months: Option<String> = begun.select(usage_files::months).first(connection).optional()?;
    let Some(months) = months else { return Ok(None) };
    let months = months.split_whitespace().filter_map(|month| month.parse().ok()).collect();
    Ok(Some(Progress { tally: tally(connection, id)?, months }))
}

/// The import of the same content into the channel by an earlier command that was broken off.
pub fn broken_off(
    connection: &mut AnyConnection,
    channel: ChannelId,
    digest: &str,
) -> QueryResult<Option<UsageFileId>> {
    usage_files::table
        .filter(usage_files::channel_id.eq(channel))
        .filter(usage_files::state.eq(FileState::Importing))
        .filter(usage_files::digest.eq(digest))
        .select(usage_files::id)
        .first(connection)
        .optional()
}

/// Stores a batch; where the import stands then, and what was wrong that nobody had seen before.
pub fn store_batch(
    connection: &mut AnyConnection,
    task: &Task,
    batch: Batch<'_>,
) -> Result<(Progress, Vec<RowFault>), Failure<ImportRefusal>> {
    begin(connection, task, batch)?;
    let knowledge = knowledge(connection, task.channel.id)?;
    let place = Place { channel: task.channel.id, file: Some(task.file), knowledge: &knowledge };
    let before = batch.before.cloned().unwrap_or_default();
    let (progress, faults) = store_rows(connection, place, batch.rows, before)?;
    let new_faults = keep_new_faults(connection, task, faults)?;
    save_tally(connection, task.file, FileState::Importing, &progress.tally)?;
    diesel::update(usage_files::table.find(task.file))
        .set(usage_files::months.eq(written(&progress.months)))
        .execute(connection)?;
    if let Some(job) = task.job {
        jobs::store::note_progress(connection, job, progress.tally.rows(), task.rows)?;
    }
    if batch.is_last {
        rate(connection, task.channel.id, &progress.months, task.act.at)?;
        finish_acceptance(connection, task.file, &progress.tally, &task.channel, &task.act)?;
    }
    Ok((progress, new_faults))
}

fn written(months: &BTreeSet<Month>) -> String {
    months.iter().map(Month::to_string).collect::<Vec<_>>().join(" ")
}

/// Makes or takes the file's row; refuses when another process has stored a batch since, of this file or, before the
/// first one, of another.
fn begin(
    connection: &mut AnyConnection,
    task: &Task,
    Batch { before, rows_before, .. }: Batch<'_>,
) -> Result<(), Failure<ImportRefusal>> {
    if before.is_none() && rows_of_files(connection, task.channel.id)? != rows_before {
        return Err(Failure::Refused(ImportRefusal::Overtaken));
    }
    if let (Origin::Given { new, digest, skips_rejected }, None) = (&task.origin, before) {
        add_file_with_id(connection, task.file, task.channel.id, new, &task.act)?;
        diesel::update(usage_files::table.find(task.file))
            .set((
                usage_files::state.eq(FileState::Checked),
                usage_files::digest.eq(digest),
                usage_files::skips_rejected.eq(skips_rejected),
            ))
            .execute(connection)?;
    }
    let row = usage_files::table.find(task.file).select((usage_files::state, usage_files::row_count));
    let (state, rows): (FileState, i64) = ForUpdate(row).get_result(connection)?;
    let is_as_it_was = match before {
        Some(before) => state == FileState::Importing && rows == before.tally.rows(),
        None => state == FileState::Checked,
    };
    if is_as_it_was { Ok(()) } else { Err(Failure::Refused(ImportRefusal::Overtaken)) }
}

/// Keeps the faults of rows that the list of bad rows does not have: a record came between check and import, or a
/// command gave the file, which told of bad rows but kept none.
fn keep_new_faults(
    connection: &mut AnyConnection,
    task: &Task,
    mut faults: Vec<RowFault>,
) -> QueryResult<Vec<RowFault>> {
    if faults.is_empty() {
        return Ok(faults);
    }
    let line = |fault: &RowFault| i64::try_from(fault.line).unwrap_or(i64::MAX);
    let first = faults.iter().map(line).min().unwrap_or_default();
    let last = faults.iter().map(line).max().unwrap_or_default();
    let listed: Vec<i64> = usage_file_errors::table
        .filter(usage_file_errors::file_id.eq(task.file))
        .filter(usage_file_errors::line.between(first, last))
        .select(usage_file_errors::line)
        .distinct()
        .load(connection)?;
    let listed: BTreeSet<i64> = listed.into_iter().collect();
    faults.retain(|fault| !listed.contains(&line(fault)));
    let mut by_line: BTreeMap<u64, i64> = BTreeMap::new();
    for fault in &faults {
        let position = by_line.entry(fault.line).or_default();
        add_faults(connection, task.file, std::slice::from_ref(fault), *position)?;
        *position += 1;
    }
    let was_agreed = matches!(task.origin, Origin::Given { skips_rejected: true, .. });
    if !faults.is_empty() && !was_agreed {
        diesel::update(usage_files::table.find(task.file))
            .set(usage_files::message.eq(CAME_BETWEEN))
            .execute(connection)?;
    }
    Ok(faults)
}
