//! The part of a file that is in memory: as much as the row at hand needs, however long the file is.

use std::io::{ErrorKind, Read};

use super::{FileFault, Limits, ReadError};

/// How much is read at a time, in bytes; the window grows only for a row that is longer.
const AT_ONCE: usize = 256 * 1024;

/// What was read of a source and not passed yet.
#[derive(Debug)]
pub(super) struct Window<R> {
    source: R,
    bytes: Vec<u8>,
    /// What is not passed yet: `bytes[from..until]`.
    from: usize,
    until: usize,
    /// How many bytes may still be read; `None` when there is no limit.
    left: Option<u64>,
    is_whole: bool,
}

impl<R: Read> Window<R> {
    pub fn new(source: R, limits: Limits) -> Self {
        Self { source, bytes: Vec::new(), from: 0, until: 0, left: limits.bytes, is_whole: false }
    }

    pub fn rest(&self) -> &[u8] {
        self.bytes.get(self.from..self.until).unwrap_or_default()
    }

    /// Whether nothing follows what is in the window.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Steps over bytes of the rest.
    pub fn pass(&mut self, bytes: usize) {
        self.from = (self.from + bytes).min(self.until);
    }

    /// Reads until the rest has so many bytes, or all that there are.
    pub fn at_least(&mut self, bytes: usize) -> Result<(), ReadError> {
        while self.until - self.from < bytes && !self.is_whole {
            self.more()?;
        }
        Ok(())
    }

    /// Reads on.
    pub fn more(&mut self) -> Result<(), ReadError> {
        self.make_room();
        let room = self.bytes.get_mut(self.until..).unwrap_or_default();
        let read = loop {
            match self.source.read(room) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read.map_err(ReadError::Broken)?,
            }
        };
        self.is_whole = read == 0;
        self.until += read;
        let Some(left) = &mut self.left else { return Ok(()) };
        *left = left
            .checked_sub(u64::try_from(read).unwrap_or(u64::MAX))
            .ok_or_else(|| FileFault::of_file("The file is larger than 100 MiB; split it"))?;
        Ok(())
    }

    fn make_room(&mut self) {
        if self.until < self.bytes.len() {
            return;
        }
        self.bytes.copy_within(self.from..self.until, 0);
        (self.from, self.until) = (0, self.until - self.from);
        if self.until * 2 > self.bytes.len() || self.bytes.is_empty() {
            self.bytes.resize(AT_ONCE.max(self.bytes.len() * 2), 0);
        }
    }
}
