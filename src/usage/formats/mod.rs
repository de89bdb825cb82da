//! Usage files: each format has a file of its own, and all of them give the same records or the faults of a row.
//!
//! A row that cannot be read never hides another one: it becomes faults with line, column and reason. A fault of the
//! whole file, such as a missing column, ends the reading.

mod cells;
mod focus;
mod portal;
mod rows;
mod times;

pub use rows::{LARGEST_CELL, LARGEST_FILE, MOST_COLUMNS, MOST_ROWS, Row, Rows};
pub use times::moment;

use self::cells::{Header, TextRow};
use super::{Format, RawRecord, RowFault};

/// Why a file cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFault {
    /// Where it shows, from 1; `None` when it concerns the file as a whole.
    pub line: Option<u64>,
    pub reason: String,
}

impl FileFault {
    pub(super) fn of_file(reason: impl Into<String>) -> Self {
        Self { line: None, reason: reason.into() }
    }

    /// The rows add up to more than a column keeps.
    pub(super) fn too_much() -> Self {
        Self::of_file("The rows add up to more than 19 whole digits")
    }

    fn on(line: u64, reason: impl Into<String>) -> Self {
        Self { line: Some(line), reason: reason.into() }
    }
}

impl std::fmt::Display for FileFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "Line {line}: {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

impl std::error::Error for FileFault {}

/// A row as read: its record, or everything that is wrong with it.
pub type ReadRow = Result<RawRecord, Vec<RowFault>>;

/// Where each format finds its columns.
#[derive(Debug)]
enum Columns {
    Portal(portal::Columns),
    Focus(Box<focus::Columns>),
}

/// The records of a file, row by row.
#[derive(Debug)]
pub struct Records<'a> {
    rows: Rows<'a>,
    header: Header,
    columns: Columns,
}

/// Reads the header and gives the records below it.
pub fn read(format: Format, content: &[u8]) -> Result<Records<'_>, FileFault> {
    let mut rows = Rows::open(content)?;
    let first = rows.next().ok_or_else(|| FileFault::of_file("The file is empty"))??;
    let header = Header::read(&first)?;
    let columns = match format {
        Format::Portal => Columns::Portal(portal::Columns::find(&header)?),
        Format::Focus => Columns::Focus(Box::new(focus::Columns::find(&header)?)),
    };
    Ok(Records { rows, header, columns })
}

/// The next rows of a file, as many as are looked at together; `None` at its end.
pub fn next_rows(records: &mut Records<'_>) -> Result<Option<Vec<ReadRow>>, FileFault> {
    const AT_ONCE: usize = 1_500;
    let rows: Vec<ReadRow> = records.take(AT_ONCE).collect::<Result<_, _>>()?;
    Ok((!rows.is_empty()).then_some(rows))
}

/// How many rows stand below the header, as far as the file can be split into rows.
pub fn count_rows(content: &[u8]) -> u64 {
    let rows = Rows::open(content).map_or(0, |rows| rows.map_while(Result::ok).count());
    u64::try_from(rows.saturating_sub(1)).unwrap_or(u64::MAX)
}

impl Records<'_> {
    fn record(&self, row: &Row<'_>) -> ReadRow {
        let row = TextRow::read(row, &self.header).map_err(|fault| vec![fault])?;
        match &self.columns {
            Columns::Portal(columns) => columns.record(&row),
            Columns::Focus(columns) => columns.record(&row),
        }
    }
}

impl Iterator for Records<'_> {
    type Item = Result<ReadRow, FileFault>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.rows.next()? {
            Ok(row) => Some(Ok(self.record(&row))),
            Err(fault) => Some(Err(fault)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_below_a_good_header_never_panic(
            content in proptest::collection::vec(any::<u8>(), 0..200), is_focus in any::<bool>()
        ) {
            let (format, header) = if is_focus {
                (Format::Focus, "ChargePeriodStart,ChargePeriodEnd,SubAccountId,ServiceName,ListCost,BillingCurrency\n")
            } else {
                (Format::Portal, "id,customer,product,quantity,unit,start,end\n")
            };
            let content = [header.as_bytes(), &content].concat();
            for row in read(format, &content).unwrap().flatten() {
                if let Err(faults) = row {
                    prop_assert!(!faults.is_empty() && faults.iter().all(|fault| fault.line > 1));
                }
            }
        }
    }
}
