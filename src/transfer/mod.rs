//! A whole installation on its way: into a backup, out of one, or from one database into another.
//!
//! One walk over all tables reads a snapshot, row by row, in a form that both databases share; one loader fills an empty
//! database in a single transaction and compares everything with what was read: rows, a SHA-256 of each table, the sums
//! of its amounts, the seals of statements and log. What differs undoes all of it.

mod backup;
mod copy;
mod digest;
mod file;
mod load;
mod restore;
mod walk;

pub use backup::backup;
pub use copy::copy;
pub use digest::Digest;
pub use restore::restore;

use std::fmt::Write;

/// Tells the person at the command line how far it is.
pub type Tell<'a> = &'a mut dyn FnMut(&str);

/// What was moved, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub tables: usize,
    pub rows: u64,
    /// The sums of every column of amounts, as `table.column`, in millionths.
    pub sums: Vec<(String, i128)>,
    /// Posted statements and log entries whose seals were checked.
    pub sealed: Option<(usize, i64)>,
}

impl Moved {
    fn of(digests: &[Digest]) -> Self {
        let sums = digests.iter().flat_map(|digest| {
            digest.sums.iter().map(move |(column, sum)| (format!("{}.{column}", digest.table), *sum))
        });
        Self {
            tables: digests.len(),
            rows: digests.iter().map(|digest| digest.rows).sum(),
            sums: sums.filter(|(_, sum)| *sum != 0).collect(),
            sealed: None,
        }
    }

    /// One line for each fact.
    pub fn words(&self) -> String {
        let mut words = format!("{} rows in {} tables", self.rows, self.tables);
        if let Some((statements, entries)) = self.sealed {
            // Writing to a text does not fail.
            let _ = write!(words, "\nseals of {statements} statements and {entries} log entries are right");
        }
        words
    }
}
