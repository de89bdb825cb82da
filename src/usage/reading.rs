//! Reads a file's rows on a thread of its own, while the caller stores or counts those before.

use std::sync::mpsc::{SendError, sync_channel};

use super::formats::{ReadError, read_content};
use super::intake::{Prepared, PreparedRow};
use super::{Content, Format};

/// How many rows are looked at together, and stored in one transaction: nobody else waits longer than for these.
pub const AT_ONCE: usize = 20_000;
/// How many parts may wait to be taken.
const AHEAD: usize = 1;

/// Some rows of a file, in its order.
#[derive(Debug)]
pub struct Part {
    pub rows: Vec<PreparedRow>,
    /// Nothing follows.
    pub is_last: bool,
}

/// Why a file is not read to its end.
#[derive(Debug)]
pub enum Stopped<E> {
    Unread(ReadError),
    /// Whoever took the rows said so.
    Untaken(E),
}

/// Gives every part of a file below its first `skip` rows; a file without rows is one empty part.
pub fn each_part<E>(
    format: Format,
    content: &dyn Content,
    skip: u64,
    mut take: impl FnMut(Part) -> Result<(), E>,
) -> Result<(), Stopped<E>> {
    let (sender, receiver) = sync_channel(AHEAD);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let ended = send_parts(format, content, skip, |part| sender.send(Ok(part)));
            if let Err(Stopped::Unread(error)) = ended {
                // Nobody listens any more when the taker gave up.
                let _unheard = sender.send(Err(error));
            }
        });
        // Dropped before the scope waits for the thread, which may wait to send.
        let receiver = receiver;
        for part in &receiver {
            take(part.map_err(Stopped::Unread)?).map_err(Stopped::Untaken)?;
        }
        Ok(())
    })
}

/// Reads a part ahead, so that the last one is known as such.
fn send_parts<T>(
    format: Format,
    content: &dyn Content,
    skip: u64,
    send: impl Fn(Part) -> Result<(), SendError<T>>,
) -> Result<(), Stopped<SendError<T>>> {
    let unread = Stopped::Unread;
    let mut records = read_content(format, content).map_err(unread)?;
    for _ in 0..skip {
        let Some(row) = records.next() else { break };
        let _stored_before = row.map_err(unread)?;
    }
    let mut next = || -> Result<Vec<PreparedRow>, ReadError> {
        let mut rows = Vec::with_capacity(AT_ONCE);
        for row in records.by_ref().take(AT_ONCE) {
            rows.push(row?.map(Prepared::from));
        }
        Ok(rows)
    };
    let mut rows = next().map_err(unread)?;
    loop {
        let following = next().map_err(unread)?;
        let is_last = following.is_empty();
        send(Part { rows, is_last }).map_err(Stopped::Untaken)?;
        if is_last {
            return Ok(());
        }
        rows = following;
    }
}
