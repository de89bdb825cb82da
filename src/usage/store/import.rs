//! Stores rows of a file, or of a message, in the caller's transaction.

use std::collections::BTreeSet;

use super::super::formats::{FileFault, ReadError, read_content};
use super::super::intake::{Intake, Prepared, PreparedRow, Seen};
use super::super::reading::AT_ONCE;
use super::super::resolve::Knowledge;
use super::super::{Content, Format, RowFault, Tally};
use super::sums::{Sums, Used};
use super::{knowledge, out_of_range, records};
use crate::db::{AnyConnection, Failure};
use crate::jobs;
use crate::values::{ChannelId, Month, OutOfRange, Timestamp, UsageFileId};

/// Where an import stands after some rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    pub tally: Tally,
    /// Whose sums were changed.
    pub months: BTreeSet<Month>,
}

/// Whose rows are stored.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'k> {
    pub channel: ChannelId,
    /// The row of the file has to exist.
    pub file: Option<UsageFileId>,
    pub knowledge: &'k Knowledge,
}

/// Stores the new records among some rows and adds the resolved ones to the daily sums. What is wrong with the others
/// is told.
pub(super) fn store_rows(
    connection: &mut AnyConnection,
    place: Place<'_>,
    rows: &[PreparedRow],
    progress: Progress,
) -> diesel::QueryResult<(Progress, Vec<RowFault>)> {
    let Progress { tally, mut months } = progress;
    let stored = records::stored(connection, place.channel, rows)?;
    let (mut intake, mut seen) = (Intake::new(place.knowledge, tally), Seen::default());
    let sorted = intake.sort::<OutOfRange>(rows, &stored, |row| Ok(seen.before(row)));
    let sorted = sorted.map_err(out_of_range)?;
    records::insert(connection, place.channel, place.file, &sorted.accepted)?;
    let mut sums = Sums::new(place.channel, place.knowledge);
    for one in &sorted.accepted {
        sums.add(connection, &one.found, &Used::from(&one.row.record))?;
    }
    months.extend(sums.finish(connection)?);
    let mut faults = sorted.faults;
    faults.extend(sorted.repeated);
    Ok((Progress { tally: intake.tally, months }, faults))
}

/// A whole file that is small enough for one transaction.
#[derive(Clone, Copy)]
pub struct Import<'a> {
    pub channel: ChannelId,
    /// The row of the file; it has to exist.
    pub file: UsageFileId,
    pub format: Format,
    pub content: &'a dyn Content,
    /// How many rejected rows somebody has seen and agreed to leave out.
    pub rejected: i64,
}

/// Why an import did not happen, or not to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportRefusal {
    #[error("{0}")]
    Fault(FileFault),
    /// Since the check another import has changed which rows are rejected.
    #[error("another import came in between")]
    Changed,
    /// Another process goes on with it.
    #[error("another process imports the file")]
    Overtaken,
}

/// Stores every new record of a file and asks for the months to be rated again: all of it happens, or nothing.
pub fn import(
    connection: &mut AnyConnection,
    import: &Import<'_>,
    now: Timestamp,
) -> Result<Tally, Failure<ImportRefusal>> {
    let knowledge = knowledge(connection, import.channel)?;
    let place = Place { channel: import.channel, file: Some(import.file), knowledge: &knowledge };
    let mut records = read_content(import.format, import.content).map_err(refused)?;
    let mut progress = Progress::default();
    loop {
        let rows = records.by_ref().take(AT_ONCE).map(|row| Ok(row?.map(Prepared::from)));
        let rows = rows.collect::<Result<Vec<PreparedRow>, _>>().map_err(refused)?;
        if rows.is_empty() {
            break;
        }
        (progress, _) = store_rows(connection, place, &rows, progress)?;
    }
    if progress.tally.rejected != import.rejected {
        return Err(Failure::Refused(ImportRefusal::Changed));
    }
    rate(connection, import.channel, &progress.months, now)?;
    Ok(progress.tally)
}

/// Asks for months to be rated again.
pub(super) fn rate(
    connection: &mut AnyConnection,
    channel: ChannelId,
    months: &BTreeSet<Month>,
    now: Timestamp,
) -> diesel::QueryResult<()> {
    months.iter().try_for_each(|month| jobs::store::rate_months(connection, channel, *month, *month, now))
}

fn refused(error: ReadError) -> Failure<ImportRefusal> {
    match error {
        ReadError::Fault(fault) => Failure::Refused(ImportRefusal::Fault(fault)),
        ReadError::Broken(error) => Failure::Unavailable(error.to_string()),
    }
}
