//! Reads a whole file and tells what an import would do, without storing a record.

use std::io;

use super::formats::{FileFault, ReadError, count_rows};
use super::intake::{Before, Intake, Prepared};
use super::reading::{Part, Stopped, each_part};
use super::repeats::Keys;
use super::resolve::Knowledge;
use super::store;
use super::{Content, Format, RowFault, Tally};
use crate::db::{Db, Failure};
use crate::values::{ChannelId, OutOfRange};

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    pub tally: Tally,
    /// Why nothing of the file can be imported; the tally then counts every row as rejected.
    pub fault: Option<FileFault>,
    /// How many rows other files had brought into the channel before.
    pub rows_before: i64,
}

/// What is being checked.
#[derive(Clone, Copy)]
struct Subject<'a> {
    db: &'a Db,
    channel: ChannelId,
    format: Format,
    content: &'a dyn Content,
    knowledge: &'a Knowledge,
}

/// Why a pass over the file ended early.
enum Broken {
    Fault(FileFault),
    Failure(Failure),
}

/// Sorts every row of a file; `note` is told of the faults of each part and how many rows were read so far.
///
/// A file in which keys repeat is read twice: which row has the key of another is known only at its end.
pub fn survey(
    db: &Db,
    channel: ChannelId,
    format: Format,
    content: &dyn Content,
    mut note: impl FnMut(i64, &[RowFault]) -> Result<(), Failure>,
) -> Result<Checked, Failure> {
    let (rows_before, knowledge) = db.read_blocking(|connection| {
        Ok((store::rows_of_files(connection, channel)?, store::knowledge(connection, channel)?))
    })?;
    let subject = Subject { db, channel, format, content, knowledge: &knowledge };
    match subject.both_passes(&mut note) {
        Ok(tally) => Ok(Checked { tally, fault: None, rows_before }),
        Err(Broken::Fault(fault)) => {
            Ok(Checked { tally: all_rejected(format, content)?, fault: Some(fault), rows_before })
        }
        Err(Broken::Failure(failure)) => Err(failure),
    }
}

impl Subject<'_> {
    fn both_passes(
        &self,
        note: &mut impl FnMut(i64, &[RowFault]) -> Result<(), Failure>,
    ) -> Result<Tally, Broken> {
        let mut keys = Keys::new();
        let tally =
            self.pass(|row| keys.note(row).map(|()| None), |tally, faults, _| note(tally.rows(), faults))?;
        let Some(mut repeats) = keys.repeats()? else { return Ok(tally) };
        let rows = tally.rows();
        self.pass(|row| repeats.before(row.record.line), |_, _, repeated| note(rows, repeated))
    }

    /// Goes through the file once; `note` is given the count so far, the faults and the repeated keys of each part.
    fn pass(
        &self,
        mut before: impl FnMut(&Prepared) -> io::Result<Option<Before>>,
        mut note: impl FnMut(&Tally, &[RowFault], &[RowFault]) -> Result<(), Failure>,
    ) -> Result<Tally, Broken> {
        let mut intake = Intake::new(self.knowledge, Tally::default());
        let read = each_part(self.format, self.content, 0, |Part { rows, .. }| -> Result<(), Broken> {
            let stored =
                self.db.read_blocking(|connection| store::stored(connection, self.channel, &rows))?;
            let sorted = intake.sort::<Broken>(&rows, &stored, |row| Ok(before(row)?))?;
            if intake.tally.quantities.len() > MOST_UNITS {
                return Err(Broken::Fault(FileFault::of_file("The rows count in more than 1,000 units")));
            }
            Ok(note(&intake.tally, &sorted.faults, &sorted.repeated)?)
        });
        match read {
            Ok(()) => Ok(intake.tally),
            Err(Stopped::Unread(ReadError::Fault(fault))) => Err(Broken::Fault(fault)),
            Err(Stopped::Unread(error)) => Err(Broken::Failure(unreadable(error))),
            Err(Stopped::Untaken(broken)) => Err(broken),
        }
    }
}

/// A total is kept for each.
const MOST_UNITS: usize = 1_000;

impl From<OutOfRange> for Broken {
    fn from(_: OutOfRange) -> Self {
        Self::Fault(FileFault::too_much())
    }
}

impl From<Failure> for Broken {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// Keys lie in files of their own while a large file is checked.
impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Failure(Failure::Unavailable(format!("keys cannot be kept on disk: {error}")))
    }
}

fn all_rejected(format: Format, content: &dyn Content) -> Result<Tally, Failure> {
    let source = content.open().map_err(ReadError::Broken).map_err(unreadable)?;
    let rejected = i64::try_from(count_rows(format, source, content.limits())).unwrap_or(i64::MAX);
    Ok(Tally { rejected, ..Tally::default() })
}

/// The source broke off: the same may succeed in a moment.
pub(super) fn unreadable<R>(error: ReadError) -> Failure<R> {
    Failure::Unavailable(error.to_string())
}
