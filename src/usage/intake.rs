//! Sorts the rows of a file into accepted, duplicate and rejected ones.
//!
//! A record's key is channel, source and id. The same key with the same content again is a duplicate and counted
//! once; with other content it is rejected. Accepted records are resolved on the way.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::formats::ReadRow;
use super::resolve::{Found, Knowledge, Sought};
use super::{RawRecord, RowFault, Tally};
use crate::values::OutOfRange;

/// Source and key of a record.
pub type Key = (String, String);

/// The content hashes of keys that are stored already.
pub type Stored = HashMap<Key, String>;

/// A record to be stored.
#[derive(Debug, Clone)]
pub struct Accepted {
    pub record: RawRecord,
    pub content_hash: String,
    pub found: Found,
}

/// What some rows of a file came to.
#[derive(Debug, Default)]
pub struct Sorted {
    pub accepted: Vec<Accepted>,
    pub faults: Vec<RowFault>,
}

/// What is remembered of a key that the file brought: the start of its content hash, and its line.
type Seen = HashMap<[u8; 16], ([u8; 16], u64)>;

/// Sorts a file's rows, some at a time, and counts them.
#[derive(Debug)]
pub struct Intake<'k> {
    knowledge: &'k Knowledge,
    seen: Seen,
    pub tally: Tally,
}

impl<'k> Intake<'k> {
    pub fn new(knowledge: &'k Knowledge) -> Self {
        Self { knowledge, seen: Seen::new(), tally: Tally::default() }
    }

    /// The next rows of the file, given what is stored of their keys.
    pub fn sort(&mut self, rows: Vec<ReadRow>, stored: &Stored) -> Result<Sorted, OutOfRange> {
        let mut sorted = Sorted::default();
        for row in rows {
            match row {
                Ok(record) => self.sort_record(record, stored, &mut sorted)?,
                Err(faults) => {
                    self.tally.rejected += 1;
                    sorted.faults.extend(faults);
                }
            }
        }
        Ok(sorted)
    }

    fn sort_record(
        &mut self,
        record: RawRecord,
        stored: &Stored,
        sorted: &mut Sorted,
    ) -> Result<(), OutOfRange> {
        let content_hash = record.content_hash();
        let line = record.line;
        let key = (record.source.clone(), record.key.clone());
        let before = match stored.get(&key) {
            Some(hash) => Some((*hash == content_hash, "was imported before with other content".to_owned())),
            None => self.seen_before(&key, &content_hash, line),
        };
        match before {
            None => {
                let found = self.knowledge.find(&Sought::from(&record));
                self.count(&record, &found)?;
                sorted.accepted.push(Accepted { record, content_hash, found });
            }
            Some((true, _)) => self.tally.duplicate += 1,
            Some((false, reason)) => {
                self.tally.rejected += 1;
                let reason = format!("The id {reason}");
                sorted.faults.push(RowFault { line, column: "id".to_owned(), value: key.1, reason });
            }
        }
        Ok(())
    }

    /// Whether the file had the key above with the same content, and what to say when not; `None` for a new key.
    fn seen_before(&mut self, (source, key): &Key, content_hash: &str, line: u64) -> Option<(bool, String)> {
        let name = digest(&[source.as_bytes(), &[0], key.as_bytes()]);
        let content = digest(&[content_hash.as_bytes()]);
        match self.seen.entry(name) {
            Entry::Vacant(entry) => {
                entry.insert((content, line));
                None
            }
            Entry::Occupied(entry) => {
                let (known, first) = entry.get();
                Some((*known == content, format!("stands on line {first} with other content")))
            }
        }
    }

    fn count(&mut self, record: &RawRecord, found: &Found) -> Result<(), OutOfRange> {
        let tally = &mut self.tally;
        tally.accepted += 1;
        tally.unrated += i64::from(found.cause.is_some());
        let day = record.day();
        let (first, last) = tally.days.unwrap_or((day, day));
        tally.days = Some((first.min(day), last.max(day)));
        let quantity = tally.quantities.entry(record.unit.clone()).or_default();
        *quantity = quantity.checked_add(record.quantity)?;
        if let (Some(cost), Some(currency)) = (record.list_cost, record.currency) {
            let sum = tally.costs.entry(currency).or_default();
            *sum = sum.checked_add(cost)?;
        }
        Ok(())
    }
}

/// 128 bits of SHA-256: enough to tell two million keys apart, half the memory.
fn digest(parts: &[&[u8]]) -> [u8; 16] {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    let mut start = [0; 16];
    for (byte, hashed) in start.iter_mut().zip(hash.finalize()) {
        *byte = hashed;
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::Format;
    use crate::usage::formats::read;

    const FILE: &str = "id,customer,product,quantity,unit,start,end,list_cost,currency\n\
        1,NORD,VM,0.1,GB,2026-11-01,2026-11-02,0.5,USD\n\
        1,NORD,VM,1e-1,GB,2026-11-01T00:00:00Z,2026-11-02,0.50,USD\n\
        1,NORD,VM,0.2,GB,2026-11-01,2026-11-02,0.5,USD\n\
        2,NORD,VM,oops,GB,2026-11-01,2026-11-02,,\n\
        3,NORD,VM,-0.3,GB,2026-11-03,2026-11-04,0.25,EUR\n";

    fn rows() -> Vec<ReadRow> {
        read(Format::Portal, FILE.as_bytes()).unwrap().map(|row| row.unwrap()).collect()
    }

    #[test]
    fn each_key_is_counted_once_and_other_content_under_it_is_rejected() {
        let knowledge = Knowledge::default();
        let mut intake = Intake::new(&knowledge);
        let sorted = intake.sort(rows(), &Stored::new()).unwrap();
        let tally = &intake.tally;
        assert_eq!((tally.accepted, tally.duplicate, tally.rejected, tally.unrated), (2, 1, 2, 2));
        assert_eq!(tally.rows(), 5);
        let told: Vec<_> = sorted.faults.iter().map(|fault| (fault.line, fault.column.as_str())).collect();
        assert_eq!(told, [(4, "id"), (5, "quantity")]);
        assert!(sorted.faults[0].reason.contains("line 2"));
    }

    #[test]
    fn totals_are_exact_by_unit_and_by_currency() {
        let knowledge = Knowledge::default();
        let mut intake = Intake::new(&knowledge);
        intake.sort(rows(), &Stored::new()).unwrap();
        let tally = &intake.tally;
        assert_eq!(tally.quantities["GB"].to_string(), "-0.2");
        let costs: Vec<_> = tally.costs.iter().map(|(currency, cost)| format!("{currency} {cost}")).collect();
        assert_eq!(costs, ["EUR 0.25", "USD 0.5"]);
        assert_eq!(tally.days.unwrap(), ("2026-11-01".parse().unwrap(), "2026-11-03".parse().unwrap()));
    }

    #[test]
    fn what_is_stored_already_is_a_duplicate_or_a_contradiction() {
        let knowledge = Knowledge::default();
        let hash = rows().remove(0).unwrap().content_hash();
        let key = |id: &str| ("portal".to_owned(), id.to_owned());
        let stored = Stored::from([(key("1"), hash), (key("3"), "other".to_owned())]);
        let mut intake = Intake::new(&knowledge);
        let sorted = intake.sort(rows(), &stored).unwrap();
        assert_eq!((intake.tally.accepted, intake.tally.duplicate, intake.tally.rejected), (0, 2, 3));
        assert!(
            sorted.faults.iter().any(|fault| fault.line == 6 && fault.reason.contains("imported before"))
        );
    }
}
