//! The import of a checked file: batch by batch, and from where it was broken off. Whoever imports holds the lane of
//! the channel's jobs, so that nothing else is imported into it or rated meanwhile.
//!
//! Before the first batch it is looked whether another import came since the check. If so the file is checked again, and
//! nothing is imported when other rows are rejected now. From then on no import comes between; a row that contradicts a
//! record which came another way meanwhile is left out and told among the bad rows.

use std::time::{Duration, Instant};

use super::check::{Checked, survey, unreadable};
use super::formats::ReadError;
use super::reading::{Stopped, each_part};
use super::store::{self, Batch, ImportRefusal, Progress, Task};
use super::{Content, Format, RowFault, Tally};
use crate::db::{Db, Failure};

/// How often a batch is stored anew when somebody else stored one of its keys at the same moment.
const TRIES: u32 = 5;
/// The part of the time for which the database is left to others.
const REST: u32 = 12;

/// What is imported, and what was found when it was checked.
#[derive(Clone, Copy)]
pub struct Order<'a> {
    pub task: &'a Task,
    pub format: Format,
    pub content: &'a dyn Content,
    /// How many rows somebody has seen rejected.
    pub rejected: i64,
    /// See [`Checked::rows_before`].
    pub rows_before: i64,
}

/// Stores every new record of a file, unless it changed what is rejected; `note` is told after each batch how far it is
/// and which rows turned out bad since the check.
pub fn import(
    db: &Db,
    order: &Order<'_>,
    mut note: impl FnMut(&Tally, &[RowFault]),
) -> Result<Tally, Failure<ImportRefusal>> {
    let mut tries = 1;
    loop {
        match attempt(db, order, &mut note) {
            Err(Failure::Refused(ImportRefusal::Overtaken)) if tries < TRIES => tries += 1,
            done => return done,
        }
    }
}

/// Goes on from where the import stands.
fn attempt(
    db: &Db,
    order: &Order<'_>,
    note: &mut impl FnMut(&Tally, &[RowFault]),
) -> Result<Tally, Failure<ImportRefusal>> {
    let task = order.task;
    let mut progress = db.read_blocking(|connection| store::progress(connection, task.file)).map_err(any)?;
    let rows_before = if progress.is_none() { looked_at(db, order)? } else { 0 };
    let skip = progress.as_ref().map_or(0, |progress| progress.tally.rows().unsigned_abs());
    let imported = each_part(order.format, order.content, skip, |part| {
        let began = Instant::now();
        let before = progress.as_ref();
        let batch = Batch { rows: &part.rows, before, rows_before, is_last: part.is_last };
        let (after, faults) = store(db, task, batch)?;
        note(&after.tally, &faults);
        progress = Some(after);
        if !part.is_last {
            std::thread::sleep((began.elapsed() / REST).max(Duration::from_millis(1)));
        }
        Ok(())
    });
    match imported {
        Ok(()) => Ok(progress.unwrap_or_default().tally),
        Err(Stopped::Untaken(failure)) => Err(failure),
        Err(Stopped::Unread(ReadError::Fault(fault))) => Err(Failure::Refused(ImportRefusal::Fault(fault))),
        Err(Stopped::Unread(error)) => Err(unreadable(error)),
    }
}

/// How many rows other files have brought into the channel, with which the same rows are rejected as somebody has seen,
/// and some are new.
fn looked_at(db: &Db, order: &Order<'_>) -> Result<i64, Failure<ImportRefusal>> {
    let channel = order.task.channel.id;
    let rows = db.read_blocking(|connection| store::rows_of_files(connection, channel)).map_err(any)?;
    if rows == order.rows_before {
        return Ok(rows);
    }
    let checked = survey(db, channel, order.format, order.content, |_, _| Ok(())).map_err(any)?;
    match checked {
        Checked { fault: Some(fault), .. } => Err(Failure::Refused(ImportRefusal::Fault(fault))),
        Checked { tally, .. } if tally.rejected != order.rejected || tally.accepted == 0 => {
            Err(Failure::Refused(ImportRefusal::Changed))
        }
        Checked { rows_before, .. } => Ok(rows_before),
    }
}

fn store(
    db: &Db,
    task: &Task,
    batch: Batch<'_>,
) -> Result<(Progress, Vec<RowFault>), Failure<ImportRefusal>> {
    let mut tries = 1;
    loop {
        let stored = db.write_blocking(|connection| store::store_batch(connection, task, batch));
        match stored {
            Err(failure) if failure.is_unique_violation() && tries < TRIES => tries += 1,
            stored => return stored,
        }
    }
}

/// A failure that refuses nothing, where another could.
fn any(failure: Failure) -> Failure<ImportRefusal> {
    failure.map_refusal(|never| match never {})
}
