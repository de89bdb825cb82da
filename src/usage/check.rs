//! Reads a whole file and tells what an import would do, without storing a record.

use super::formats::{FileFault, count_rows, next_rows, read};
use super::intake::{Intake, Sorted};
use super::store;
use super::{Format, RowFault, Tally};
use crate::db::{Db, Failure};
use crate::values::{ChannelId, OutOfRange};

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    pub tally: Tally,
    /// Why nothing of the file can be imported; the tally then counts every row as rejected.
    pub fault: Option<FileFault>,
}

/// Sorts every row of a file; `note` is told of the faults of each part and how many rows were read so far.
pub fn survey(
    db: &Db,
    channel: ChannelId,
    format: Format,
    content: &[u8],
    mut note: impl FnMut(i64, &[RowFault]) -> Result<(), Failure>,
) -> Result<Checked, Failure> {
    let faulty = |fault: FileFault| Checked { tally: all_rejected(content), fault: Some(fault) };
    let knowledge = db.read_blocking(|connection| store::knowledge(connection, channel))?;
    let mut intake = Intake::new(&knowledge);
    let mut records = match read(format, content) {
        Ok(records) => records,
        Err(fault) => return Ok(faulty(fault)),
    };
    loop {
        let rows = match next_rows(&mut records) {
            Ok(Some(rows)) => rows,
            Ok(None) => return Ok(Checked { tally: intake.tally, fault: None }),
            Err(fault) => return Ok(faulty(fault)),
        };
        let stored = db.read_blocking(|connection| store::stored(connection, channel, &rows))?;
        match intake.sort(rows, &stored) {
            Ok(Sorted { faults, .. }) => note(intake.tally.rows(), &faults)?,
            Err(OutOfRange) => return Ok(faulty(FileFault::too_much())),
        }
    }
}

fn all_rejected(content: &[u8]) -> Tally {
    let rejected = i64::try_from(count_rows(content)).unwrap_or(i64::MAX);
    Tally { rejected, ..Tally::default() }
}
