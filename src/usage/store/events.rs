//! Usage that comes as events: a message is taken whole or not at all.

use super::super::formats::{FileFault, ReadError, read_content};
use super::super::intake::{Prepared, PreparedRow};
use super::super::{Format, RawRecord, RowFault, Tally};
use super::feeds::{self, Sender};
use super::import::{Place, Progress, rate, store_rows};
use super::knowledge;
use crate::db::{AnyConnection, Failure};
use crate::values::Timestamp;

/// The most events of a message.
pub const MOST: usize = 10_000;

/// Why nothing of a message was taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventsRefusal {
    #[error("{0}")]
    Unreadable(FileFault),
    #[error("there are no events in it")]
    Empty,
    #[error("a message has at most {MOST} events")]
    TooMany,
    /// What is wrong, event by event; the number of an event is its place in the message, from 1.
    #[error("some events cannot be taken")]
    Faulty(Vec<RowFault>),
}

/// Stores every new event of a message and asks for the months to be rated again. An event that was sent before is
/// counted once, so that a message may be sent again.
pub fn take_events(
    connection: &mut AnyConnection,
    sender: &Sender,
    content: &[u8],
    now: Timestamp,
) -> Result<Tally, Failure<EventsRefusal>> {
    let rows = read(content)?;
    let knowledge = knowledge(connection, sender.channel)?;
    let place = Place { channel: sender.channel, file: None, knowledge: &knowledge };
    let (progress, faults) = store_rows(connection, place, &rows, Progress::default())?;
    if !faults.is_empty() {
        return Err(Failure::Refused(EventsRefusal::Faulty(faults)));
    }
    rate(connection, sender.channel, &progress.months, now)?;
    feeds::note_use(connection, sender, now)?;
    Ok(progress.tally)
}

fn read(content: &[u8]) -> Result<Vec<PreparedRow>, Failure<EventsRefusal>> {
    let refused = |error| match error {
        ReadError::Fault(fault) => Failure::Refused(EventsRefusal::Unreadable(fault)),
        ReadError::Broken(error) => Failure::Unavailable(error.to_string()),
    };
    let mut rows = Vec::new();
    for (place, row) in read_content(Format::CloudEvents, &content).map_err(refused)?.enumerate() {
        if place >= MOST {
            return Err(Failure::Refused(EventsRefusal::TooMany));
        }
        // Whoever sends events counts them, not the lines of the message.
        let line = u64::try_from(place).map_or(u64::MAX, |place| place.saturating_add(1));
        let row = row.map_err(refused)?;
        let row = row.map(|record| Prepared::from(RawRecord { line, ..record }));
        rows.push(row.map_err(|faults| faults.into_iter().map(|fault| RowFault { line, ..fault }).collect()));
    }
    match rows.len() {
        0 => Err(Failure::Refused(EventsRefusal::Empty)),
        _ => Ok(rows),
    }
}
