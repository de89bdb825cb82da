//! Sorts the rows of a file into accepted, duplicate and rejected ones.
//!
//! A record's key is channel, source and id. The same key with the same content again is a duplicate and counted
//! once; with other content it is rejected. Accepted records are resolved on the way.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::resolve::{Found, Knowledge, Sought};
use super::{RawRecord, RowFault, Tally};
use crate::values::{ContentHash, KeyHash, OutOfRange};

/// A record with the hashes that it is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    pub record: RawRecord,
    pub key: KeyHash,
    pub content: ContentHash,
}

impl From<RawRecord> for Prepared {
    fn from(record: RawRecord) -> Self {
        let (key, content) = (KeyHash::of(&record.source, &record.key), record.content_hash());
        Self { record, key, content }
    }
}

/// A row ready to be sorted, or everything that is wrong with it.
pub type PreparedRow = Result<Prepared, Vec<RowFault>>;

/// What is stored of some keys already.
pub type Stored = HashMap<KeyHash, ContentHash>;

/// A row of the same file that had the key before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Before {
    /// Its line, from 1.
    pub line: u64,
    pub is_same: bool,
}

/// The keys that some rows brought.
#[derive(Debug, Default)]
pub struct Seen(HashMap<KeyHash, (ContentHash, u64)>);

impl Seen {
    /// Remembers a row's key, unless a row before had it.
    pub fn before(&mut self, row: &Prepared) -> Option<Before> {
        match self.0.entry(row.key) {
            Entry::Vacant(entry) => {
                entry.insert((row.content, row.record.line));
                None
            }
            Entry::Occupied(entry) => {
                let (content, line) = *entry.get();
                Some(Before { line, is_same: content == row.content })
            }
        }
    }
}

/// A record to be stored.
#[derive(Debug, Clone, Copy)]
pub struct Accepted<'r> {
    pub row: &'r Prepared,
    pub found: Found,
}

/// What some rows of a file came to.
#[derive(Debug, Default)]
pub struct Sorted<'r> {
    pub accepted: Vec<Accepted<'r>>,
    /// What is wrong with rows by themselves, or beside what is stored.
    pub faults: Vec<RowFault>,
    /// What is wrong with rows beside others of the file.
    pub repeated: Vec<RowFault>,
}

/// Sorts a file's rows, some at a time, and counts them.
#[derive(Debug)]
pub struct Intake<'k> {
    knowledge: &'k Knowledge,
    pub tally: Tally,
}

impl<'k> Intake<'k> {
    /// Counts on from what the rows above came to.
    pub fn new(knowledge: &'k Knowledge, tally: Tally) -> Self {
        Self { knowledge, tally }
    }

    /// The next rows of the file, given what is stored of their keys; `before` tells of a row whose key is not
    /// stored whether the file had it already.
    pub fn sort<'r, E: From<OutOfRange>>(
        &mut self,
        rows: &'r [PreparedRow],
        stored: &Stored,
        mut before: impl FnMut(&Prepared) -> Result<Option<Before>, E>,
    ) -> Result<Sorted<'r>, E> {
        let mut sorted = Sorted::default();
        for row in rows {
            let row = match row {
                Ok(row) => row,
                Err(faults) => {
                    self.tally.rejected += 1;
                    sorted.faults.extend(faults.iter().cloned());
                    continue;
                }
            };
            if let Some(content) = stored.get(&row.key) {
                let fault = || contradiction(row, "The id was imported before with other content".into());
                self.again(*content == row.content, &mut sorted.faults, fault);
            } else if let Some(Before { line, is_same }) = before(row)? {
                let reason = || format!("The id stands on line {line} with other content");
                self.again(is_same, &mut sorted.repeated, || contradiction(row, reason()));
            } else {
                let found = self.knowledge.find(&Sought::from(&row.record));
                self.tally.add(&row.record, &found)?;
                sorted.accepted.push(Accepted { row, found });
            }
        }
        Ok(sorted)
    }

    /// A row whose key is there: a duplicate, or a contradiction.
    fn again(&mut self, is_same: bool, faults: &mut Vec<RowFault>, fault: impl FnOnce() -> RowFault) {
        if is_same {
            self.tally.duplicate += 1;
        } else {
            self.tally.rejected += 1;
            faults.push(fault());
        }
    }
}

fn contradiction(row: &Prepared, reason: String) -> RowFault {
    let RawRecord { line, key, .. } = &row.record;
    RowFault { line: *line, column: "id".to_owned(), value: key.clone(), reason }
}

impl Tally {
    /// Counts an accepted record.
    fn add(&mut self, record: &RawRecord, found: &Found) -> Result<(), OutOfRange> {
        self.accepted += 1;
        self.unrated += i64::from(found.cause.is_some());
        let day = record.day();
        let (first, last) = self.days.unwrap_or((day, day));
        self.days = Some((first.min(day), last.max(day)));
        match self.quantities.get_mut(&record.unit) {
            Some(quantity) => *quantity = quantity.checked_add(record.quantity)?,
            None => drop(self.quantities.insert(record.unit.clone(), record.quantity)),
        }
        if let (Some(cost), Some(currency)) = (record.list_cost, record.currency) {
            let sum = self.costs.entry(currency).or_default();
            *sum = sum.checked_add(cost)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::Format;
    use crate::usage::formats::read_content;

    const FILE: &str = "id,customer,product,quantity,unit,start,end,list_cost,currency\n\
        1,NORD,VM,0.1,GB,2026-11-01,2026-11-02,0.5,USD\n\
        1,NORD,VM,1e-1,GB,2026-11-01T00:00:00Z,2026-11-02,0.50,USD\n\
        1,NORD,VM,0.2,GB,2026-11-01,2026-11-02,0.5,USD\n\
        2,NORD,VM,oops,GB,2026-11-01,2026-11-02,,\n\
        3,NORD,VM,-0.3,GB,2026-11-03,2026-11-04,0.25,EUR\n";

    fn rows() -> Vec<PreparedRow> {
        let file = FILE.as_bytes();
        let rows = read_content(Format::Portal, &file).unwrap();
        rows.map(|row| row.unwrap().map(Prepared::from)).collect()
    }

    fn sorted(stored: &Stored) -> (Tally, Vec<RowFault>) {
        let (knowledge, rows, mut seen) = (Knowledge::default(), rows(), Seen::default());
        let mut intake = Intake::new(&knowledge, Tally::default());
        let sorted = intake.sort::<OutOfRange>(&rows, stored, |row| Ok(seen.before(row))).unwrap();
        assert_eq!(i64::try_from(sorted.accepted.len()).unwrap(), intake.tally.accepted);
        let mut faults = sorted.faults;
        faults.extend(sorted.repeated);
        faults.sort_by_key(|fault| fault.line);
        (intake.tally, faults)
    }

    #[test]
    fn each_key_is_counted_once_and_other_content_under_it_is_rejected() {
        let (tally, faults) = sorted(&Stored::new());
        assert_eq!((tally.accepted, tally.duplicate, tally.rejected, tally.unrated), (2, 1, 2, 2));
        assert_eq!(tally.rows(), 5);
        let told: Vec<_> = faults.iter().map(|fault| (fault.line, fault.column.as_str())).collect();
        assert_eq!(told, [(4, "id"), (5, "quantity")]);
        assert!(faults[0].reason.contains("line 2"));
    }

    #[test]
    fn totals_are_exact_by_unit_and_by_currency() {
        let (tally, _) = sorted(&Stored::new());
        assert_eq!(tally.quantities["GB"].to_string(), "-0.2");
        let costs: Vec<_> = tally.costs.iter().map(|(currency, cost)| format!("{currency} {cost}")).collect();
        assert_eq!(costs, ["EUR 0.25", "USD 0.5"]);
        assert_eq!(tally.days.unwrap(), ("2026-11-01".parse().unwrap(), "2026-11-03".parse().unwrap()));
    }

    #[test]
    fn what_is_stored_already_is_a_duplicate_or_a_contradiction() {
        let first = rows().remove(0).unwrap();
        let stored = Stored::from([(first.key, first.content), (KeyHash::of("portal", "3"), first.content)]);
        let (tally, faults) = sorted(&stored);
        assert_eq!((tally.accepted, tally.duplicate, tally.rejected), (0, 2, 3));
        assert!(faults.iter().any(|fault| fault.line == 6 && fault.reason.contains("imported before")));
    }
}
