//! Stores the records of a file, in the caller's transaction: all of it happens, or nothing.

use super::super::formats::{FileFault, next_rows, read};
use super::super::intake::Intake;
use super::super::{Format, Tally};
use super::sums::{Sums, Used};
use super::{knowledge, out_of_range, records};
use crate::db::{AnyConnection, Failure};
use crate::jobs;
use crate::values::{ChannelId, Timestamp, UsageFileId};

/// A file to be imported.
#[derive(Debug, Clone, Copy)]
pub struct Import<'a> {
    pub channel: ChannelId,
    /// The row of the file; it has to exist.
    pub file: UsageFileId,
    pub format: Format,
    pub content: &'a [u8],
    /// How many rejected rows somebody has seen and agreed to leave out.
    pub rejected: i64,
}

/// Why an import did not happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportRefusal {
    Fault(FileFault),
    /// Since the check another import has changed which rows are rejected, or has left none that is new.
    Changed,
}

/// Stores every new record, adds the resolved ones to the daily sums, and asks for the months to be rated again.
pub fn import(
    connection: &mut AnyConnection,
    import: &Import<'_>,
    now: Timestamp,
) -> Result<Tally, Failure<ImportRefusal>> {
    let knowledge = knowledge(connection, import.channel)?;
    let mut records = read(import.format, import.content).map_err(refused)?;
    let mut intake = Intake::new(&knowledge);
    let mut sums = Sums::new(import.channel, &knowledge);
    while let Some(rows) = next_rows(&mut records).map_err(refused)? {
        let stored = records::stored(connection, import.channel, &rows)?;
        let sorted = intake.sort(rows, &stored).map_err(out_of_range)?;
        if intake.tally.rejected > import.rejected {
            return Err(Failure::Refused(ImportRefusal::Changed));
        }
        records::insert(connection, import.channel, import.file, &sorted.accepted)?;
        for one in &sorted.accepted {
            sums.add(connection, &one.found, &Used::from(&one.record))?;
        }
    }
    if intake.tally.rejected != import.rejected {
        return Err(Failure::Refused(ImportRefusal::Changed));
    }
    for month in sums.finish(connection)? {
        jobs::store::rate_months(connection, import.channel, month, month, now)?;
    }
    Ok(intake.tally)
}

fn refused(fault: FileFault) -> Failure<ImportRefusal> {
    Failure::Refused(ImportRefusal::Fault(fault))
}
