//! Finds keys that stand more than once in a file of any size, in bounded memory: the keys lie on disk, in parts by
//! their hash that are looked at one after the other.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, Write};

use super::intake::{Before, Prepared};

/// Enough that a part of ten million keys takes few megabytes.
const PARTS: usize = 256;
/// What of a part is kept in memory before it goes to disk, in bytes; a small file never does.
const BUFFER: usize = 16 * 1024;
/// Hash of the key, hash of the content, line.
const KEY: usize = 16 + 16 + 8;
/// Line, line of the first with the key, whether both say the same.
const REPEAT: usize = 8 + 8 + 1;

/// Entries of one length, in parts; they come back in the order in which they were put there.
#[derive(Debug)]
struct Spill(Vec<(Vec<u8>, Option<File>)>);

impl Spill {
    fn new() -> Self {
        Self((0..PARTS).map(|_| (Vec::new(), None)).collect())
    }

    fn push(&mut self, part: usize, entry: &[u8]) -> io::Result<()> {
        let Some((buffer, file)) = self.0.get_mut(part) else { return Ok(()) };
        buffer.extend_from_slice(entry);
        if buffer.len() >= BUFFER {
            let file = match file {
                Some(file) => file,
                None => file.insert(tempfile::tempfile()?),
            };
            file.write_all(buffer)?;
            buffer.clear();
        }
        Ok(())
    }

    /// Each entry of a part, which is empty afterwards.
    fn drain<const N: usize>(
        &mut self,
        part: usize,
        mut each: impl FnMut([u8; N]) -> io::Result<()>,
    ) -> io::Result<()> {
        let Some((buffer, file)) = self.0.get_mut(part).map(std::mem::take) else { return Ok(()) };
        if let Some(mut file) = file {
            file.rewind()?;
            let mut entries = BufReader::with_capacity(64 * 1024, file);
            let mut entry = [0; N];
            while !io::BufRead::fill_buf(&mut entries)?.is_empty() {
                entries.read_exact(&mut entry)?;
                each(entry)?;
            }
        }
        buffer.chunks_exact(N).filter_map(|entry| entry.try_into().ok()).try_for_each(each)
    }
}

/// The keys of a file, as its rows are read.
#[derive(Debug)]
pub struct Keys {
    spill: Spill,
    /// The last line that brought one.
    line: u64,
}

impl Keys {
    pub fn new() -> Self {
        Self { spill: Spill::new(), line: 0 }
    }

    /// Rows come in the order of the file.
    pub fn note(&mut self, row: &Prepared) -> io::Result<()> {
        let (key, content, line) = (row.key.bytes(), row.content.bytes(), row.record.line);
        let mut entry = [0; KEY];
        let bytes = key.into_iter().chain(content).chain(line.to_le_bytes());
        entry.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
        self.line = line;
        self.spill.push(usize::from(key[0]), &entry)
    }

    /// The rows whose key a row above has; `None` when each has its own.
    pub fn repeats(mut self) -> io::Result<Option<Repeats>> {
        let mut repeats = Repeats { spill: Spill::new(), last: self.line, part: None, lines: HashMap::new() };
        let mut any = false;
        for part in 0..PARTS {
            let mut first: HashMap<[u8; 16], ([u8; 16], [u8; 8])> = HashMap::new();
            self.spill.drain::<KEY>(part, |entry| {
                let (key, content, line) = (piece(&entry, 0), piece(&entry, 16), piece(&entry, 32));
                match first.entry(key) {
                    Entry::Vacant(entry) => drop(entry.insert((content, line))),
                    Entry::Occupied(entry) => {
                        any = true;
                        let (known, at) = entry.get();
                        repeats.add(line, *at, *known == content)?;
                    }
                }
                Ok(())
            })?;
        }
        Ok(any.then_some(repeats))
    }
}

/// Rows whose key a row above has, asked for in the order of the file.
#[derive(Debug)]
pub struct Repeats {
    spill: Spill,
    /// The file's last line.
    last: u64,
    /// The part whose lines are in memory.
    part: Option<usize>,
    lines: HashMap<u64, Before>,
}

impl Repeats {
    fn part_of(&self, line: u64) -> usize {
        let parts = u128::try_from(PARTS).unwrap_or(1);
        usize::try_from(u128::from(line) * parts / (u128::from(self.last) + 1)).unwrap_or_default()
    }

    fn add(&mut self, line: [u8; 8], first: [u8; 8], is_same: bool) -> io::Result<()> {
        let mut entry = [0; REPEAT];
        let bytes = line.into_iter().chain(first).chain([u8::from(is_same)]);
        entry.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
        self.spill.push(self.part_of(u64::from_le_bytes(line)), &entry)
    }

    /// The row above that has the key of the row on this line.
    pub fn before(&mut self, line: u64) -> io::Result<Option<Before>> {
        let part = self.part_of(line);
        if self.part != Some(part) {
            let mut lines = HashMap::new();
            self.spill.drain::<REPEAT>(part, |entry| {
                let first = u64::from_le_bytes(piece(&entry, 8));
                let is_same = entry.last() == Some(&1);
                lines.insert(u64::from_le_bytes(piece(&entry, 0)), Before { line: first, is_same });
                Ok(())
            })?;
            (self.part, self.lines) = (Some(part), lines);
        }
        Ok(self.lines.get(&line).copied())
    }
}

/// Some bytes of an entry.
fn piece<const N: usize>(entry: &[u8], from: usize) -> [u8; N] {
    entry.get(from..from + N).and_then(|piece| piece.try_into().ok()).unwrap_or([0; N])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::RawRecord;
    use crate::usage::intake::Seen;
    use crate::values::{Quantity, Timestamp};
    use proptest::prelude::*;

    fn row(line: u64, key: u32, content: u32) -> Prepared {
        Prepared::from(RawRecord {
            line,
            source: "portal".into(),
            key: key.to_string(),
            customer: String::new(),
            customer_label: String::new(),
            product: String::new(),
            product_group: String::new(),
            subscription: String::new(),
            quantity: Quantity::whole(i64::from(content)),
            unit: String::new(),
            list_cost: None,
            currency: None,
            start: Timestamp::from_micros(0).unwrap(),
            end: Timestamp::from_micros(0).unwrap(),
        })
    }

    /// What the parts find is what a table of all keys in memory finds.
    fn is_found(rows: &[Prepared]) {
        let (mut keys, mut seen) = (Keys::new(), Seen::default());
        rows.iter().for_each(|row| keys.note(row).unwrap());
        let expected: Vec<_> = rows.iter().map(|row| seen.before(row)).collect();
        let found: Vec<_> = match keys.repeats().unwrap() {
            Some(mut repeats) => rows.iter().map(|row| repeats.before(row.record.line).unwrap()).collect(),
            None => vec![None; rows.len()],
        };
        assert_eq!(found, expected);
    }

    proptest! {
        #[test]
        fn repeated_keys_are_found_with_the_first_line(
            keys in proptest::collection::vec((0u32..20, 0u32..3, 1u64..4), 0..80)
        ) {
            let mut line = 1;
            let rows: Vec<_> = keys.into_iter().map(|(key, content, step)| {
                line += step;
                row(line, key, content)
            }).collect();
            is_found(&rows);
        }
    }

    #[test]
    fn they_are_found_on_disk_as_well() {
        let rows: Vec<_> =
            (0..60_000).map(|number| row(u64::from(number) + 2, number % 50_000 * 2, 7)).collect();
        let same_key: Vec<_> = (0..3_000).map(|number| row(u64::from(number) + 2, 1, number % 2)).collect();
        is_found(&rows);
        is_found(&same_key);
    }
}
