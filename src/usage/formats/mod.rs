//! Usage files: each format has a file of its own, and all of them give the same records or the faults of a row.
//!
//! A row that cannot be read never hides another one: it becomes faults with line, column and reason. A fault of the
//! whole file, such as a missing column, ends the reading.

mod aws;
mod azure;
mod cells;
mod cloudevents;
mod cloudstack;
mod days;
mod focus;
mod objects;
mod oci;
mod portal;
mod recognise;
mod records;
mod rows;
mod split;
mod times;
mod units;
mod window;
mod xml;

pub use days::Days;
pub use recognise::recognise;
pub use records::{Records, count_rows, read, read_content};
pub use rows::{LARGEST_CELL, MOST_COLUMNS, Row, Rows};
pub use times::moment;

use super::{RawRecord, RowFault};

/// The largest file that pages take, in bytes.
pub const LARGEST_FILE: usize = 100 * 1024 * 1024;
/// Rows below the header of a file that pages take.
pub const MOST_ROWS: u64 = 2_000_000;

/// How much of a file is read; whatever the limits, only a row of it is in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub bytes: Option<u64>,
    /// Below the header.
    pub rows: Option<u64>,
}

impl Limits {
    /// For a file that somebody uploads.
    pub const UPLOAD: Self = Self { bytes: Some(LARGEST_FILE as u64), rows: Some(MOST_ROWS) };
    /// For whoever has the machine anyway.
    pub const NONE: Self = Self { bytes: None, rows: None };
}

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

/// Why reading ends before the file does.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error(transparent)]
    Fault(#[from] FileFault),
    /// The source gave up; of the file that says nothing.
    #[error("the file cannot be read: {0}")]
    Broken(std::io::Error),
}

/// A row as read: its record, or everything that is wrong with it.
pub type ReadRow = Result<RawRecord, Vec<RowFault>>;

/// Refuses what is no text by its first bytes.
fn is_text(start: &[u8]) -> Result<(), FileFault> {
    if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
        return Err(FileFault::of_file("The file is UTF-16; save it as CSV in UTF-8"));
    }
    if start.starts_with(b"PK\x03\x04") || start.starts_with(&[0x1f, 0x8b]) {
        return Err(FileFault::of_file("The file is compressed or a workbook; save it as plain CSV"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::Format;
    use crate::values::{Cost, Quantity};
    use proptest::prelude::*;

    /// A file of the folder that lies beside the crate.
    pub(in crate::usage::formats) fn file(name: &str) -> Vec<u8> {
        std::fs::read(format!("../shared/data/{name}")).unwrap()
    }

    pub(in crate::usage::formats) fn rows(format: Format, content: &[u8]) -> Result<Vec<ReadRow>, ReadError> {
        read_content(format, &content)?.collect()
    }

    pub(in crate::usage::formats) fn records(format: Format, content: &[u8]) -> Vec<RawRecord> {
        rows(format, content).unwrap().into_iter().map(|row| row.unwrap()).collect()
    }

    pub(in crate::usage::formats) fn costs(records: &[RawRecord]) -> String {
        let costs = records.iter().filter_map(|record| record.list_cost);
        costs.fold(Cost::ZERO, |sum, cost| sum.checked_add(cost).unwrap()).to_string()
    }

    pub(in crate::usage::formats) fn quantities(records: &[RawRecord]) -> String {
        let quantities = records.iter().map(|record| record.quantity);
        quantities.fold(Quantity::ZERO, |sum, quantity| sum.checked_add(quantity).unwrap()).to_string()
    }

    fn header(format: Format) -> &'static str {
        match format {
            Format::Portal => "id,customer,product,quantity,unit,start,end\n",
            Format::Focus => {
                "ChargePeriodStart,ChargePeriodEnd,SubAccountId,ServiceName,ListCost,BillingCurrency\n"
            }
            Format::AwsCur => {
                "identity/LineItemId,identity/TimeInterval,lineItem/UsageAccountId,lineItem/LineItemType,\
                 lineItem/UsageStartDate,lineItem/UsageEndDate,lineItem/ProductCode,lineItem/UsageAmount,\
                 lineItem/CurrencyCode,lineItem/UnblendedCost\n"
            }
            Format::Azure => {
                "SubscriptionId,Date,MeterCategory,Quantity,UnitOfMeasure,Cost,BillingCurrency\n"
            }
            Format::Oci => {
                "lineItem/referenceNo,lineItem/tenantId,lineItem/intervalUsageStart,lineItem/intervalUsageEnd,\
                 product/service,product/compartmentId,usage/billedQuantity,cost/productSku,cost/myCost,cost/currencyCode\n"
            }
            Format::CloudStack => "{\"usagerecord\":[",
            Format::CloudEvents => "[",
        }
    }

    #[test]
    fn a_quote_that_the_first_row_opens_and_never_closes_is_told_with_its_line() {
        for format in Format::ALL.iter().copied().filter(|format| header(*format).ends_with('\n')) {
            let content = format!("{}\"open", header(format));
            let Err(ReadError::Fault(fault)) = rows(format, content.as_bytes()) else {
                panic!("{format:?} is read")
            };
            assert_eq!(fault, FileFault::on(2, "The quote that opens here is never closed"), "{format:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_below_a_good_header_never_panic(
            content in proptest::collection::vec(any::<u8>(), 0..200), format in proptest::sample::select(Format::ALL)
        ) {
            let content = [header(format).as_bytes(), &content].concat();
            // Days with slashes are read through first, so that a fault of the file may be told before any row.
            match read_content(format, &&content[..]) {
                Err(error) => prop_assert!(matches!(error, ReadError::Fault(fault) if fault.line != Some(0))),
                Ok(rows) => {
                    for faults in rows.flatten().filter_map(Result::err) {
                        prop_assert!(!faults.is_empty() && faults.iter().all(|fault| fault.line > 0));
                    }
                }
            }
        }
    }
}
