//! Reads the cells of a row into values, and remembers what cannot be read with its column.

use std::collections::HashSet;

use sha2::{Digest, Sha256};

use super::FileFault;
use super::rows::Row;
use super::split::Span;
use crate::usage::RowFault;
use crate::values::{Cost, Currency, Quantity, QuantityFault, Timestamp};

/// Longer names could not be kept in an index.
const LONGEST_NAME: usize = 1_000;

/// The names of the columns, each only once.
#[derive(Debug)]
pub(super) struct Header(Vec<String>);

impl Header {
    pub fn read(row: &Row<'_>) -> Result<Self, FileFault> {
        if let Some((_, reason)) = row.fault {
            return Err(FileFault::on(row.line, reason));
        }
        let mut seen = HashSet::new();
        let mut names = Vec::with_capacity(row.len());
        for cell in row.iter() {
            let name = std::str::from_utf8(cell)
                .map_err(|_| {
                    FileFault::on(row.line, "The header is not UTF-8; save the file as CSV in UTF-8")
                })?
                .trim();
            if name.contains('\0') {
                return Err(FileFault::on(
                    row.line,
                    "The header has NUL bytes; save the file as CSV in UTF-8",
                ));
            }
            if !seen.insert(name) {
                return Err(FileFault::on(
                    row.line,
                    format!("The column {} stands there twice", shown(name)),
                ));
            }
            names.push(name.to_owned());
        }
        Ok(Self(names))
    }

    /// The names of values that do not stand in columns.
    pub fn of(names: &[&str]) -> Self {
        Self(names.iter().map(|name| (*name).to_owned()).collect())
    }

    /// Refuses a file that lacks columns, with all of them.
    pub fn require(&self, names: &[&str]) -> Result<(), FileFault> {
        let missing: Vec<_> = names.iter().copied().filter(|name| self.find(name).is_none()).collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(FileFault::of_file(format!("These columns are missing: {}", missing.join(", "))))
    }

    pub fn names(&self) -> &[String] {
        &self.0
    }

    pub fn find(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|column| column == name)
    }

    fn name(&self, index: usize) -> &str {
        self.0.get(index).map_or("", String::as_str)
    }
}

/// A column's name as a message writes it.
pub(super) fn shown(name: &str) -> String {
    if name.is_empty() { "without a name".to_owned() } else { format!("“{}”", cut(name)) }
}

/// A row whose cells are text, as many as the header has.
pub(super) struct TextRow<'r> {
    pub line: u64,
    pub header: &'r Header,
    cells: Texts<'r>,
}

/// Where a row's texts lie.
enum Texts<'r> {
    Spans { text: &'r str, joined: &'r str, spans: &'r [Span] },
    Values(&'r [String]),
}

impl<'r> TextRow<'r> {
    pub fn read(row: &Row<'r>, header: &'r Header) -> Result<Self, RowFault> {
        let fault = |column: usize, reason: String| {
            let value = row.cell(column).map(String::from_utf8_lossy).unwrap_or_default();
            RowFault { line: row.line, column: header.name(column).to_owned(), value: cut(&value), reason }
        };
        if let Some((column, reason)) = row.fault {
            return Err(fault(column, reason.to_owned()));
        }
        if row.len() != header.0.len() {
            let reason = format!("The row has {} cells where the header has {}", row.len(), header.0.len());
            return Err(RowFault { line: row.line, column: String::new(), value: String::new(), reason });
        }
        let (text, joined) = (text_of(row.bytes), text_of(&row.cells.joined));
        let (Some(text), Some(joined)) = (text, joined) else {
            let is_text = |cell: &[u8]| std::str::from_utf8(cell).is_ok();
            let no_text = row.iter().position(|cell| !is_text(cell));
            let nul = || row.iter().position(|cell| cell.contains(&0)).unwrap_or_default();
            return Err(match no_text {
                Some(column) => fault(column, "The cell is not UTF-8 text".into()),
                None => fault(nul(), "The cell has a NUL byte".into()),
            });
        };
        Ok(Self { line: row.line, header, cells: Texts::Spans { text, joined, spans: &row.cells.spans } })
    }

    /// A record that is no row of a table, by its number.
    pub fn of_values(number: u64, header: &'r Header, values: &'r [String]) -> Self {
        Self { line: number, header, cells: Texts::Values(values) }
    }

    pub fn cell(&self, column: usize) -> &'r str {
        match self.cells {
            Texts::Spans { text, joined, spans } => {
                let Some(span) = spans.get(column) else { return "" };
                let text = if span.is_joined { joined } else { text };
                text.get(span.from..span.until).unwrap_or_default()
            }
            Texts::Values(values) => values.get(column).map_or("", String::as_str),
        }
    }
}

/// Text without NUL, which no database keeps.
fn text_of(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    memchr::memchr(0, bytes).is_none().then_some(text)
}

/// The start of a value, for messages.
fn cut(value: &str) -> String {
    const SHOWN: usize = 100;
    let mut letters = value.chars().filter(|letter| *letter != '\0');
    let start: String = letters.by_ref().take(SHOWN).collect();
    if letters.next().is_some() { format!("{start}…") } else { start }
}

/// Reads one row's cells; faults add up, so that a row tells all that is wrong with it.
pub(super) struct CellReader<'r> {
    row: &'r TextRow<'r>,
    /// Whether the word `NULL` stands for nothing.
    null_is_absent: bool,
    pub faults: Vec<RowFault>,
}

impl<'r> CellReader<'r> {
    pub fn new(row: &'r TextRow<'r>, null_is_absent: bool) -> Self {
        Self { row, null_is_absent, faults: Vec::new() }
    }

    /// The cell's text; `None` when it is empty or the column is not there.
    pub fn text(&self, column: Option<usize>) -> Option<&'r str> {
        let text = self.row.cell(column?).trim();
        let is_absent = text.is_empty() || (self.null_is_absent && text == "NULL");
        (!is_absent).then_some(text)
    }

    /// A name that fits an index.
    pub fn name(&mut self, column: Option<usize>) -> Option<&'r str> {
        let text = self.text(column)?;
        if text.len() > LONGEST_NAME {
            self.fault(column, "Longer than 1,000 bytes");
        }
        Some(text)
    }

    pub fn required_name(&mut self, column: usize) -> Option<&'r str> {
        let name = self.name(Some(column));
        if name.is_none() {
            self.fault(Some(column), "Nothing stands here");
        }
        name
    }

    /// A value that may be absent.
    pub fn value<T>(
        &mut self,
        column: Option<usize>,
        parse: impl Fn(&str) -> Result<T, &'static str>,
    ) -> Option<T> {
        match parse(self.text(column)?) {
            Ok(value) => Some(value),
            Err(reason) => {
                self.fault(column, reason);
                None
            }
        }
    }

    pub fn required<T>(
        &mut self,
        column: usize,
        parse: impl Fn(&str) -> Result<T, &'static str>,
    ) -> Option<T> {
        if self.text(Some(column)).is_none() {
            self.fault(Some(column), "Nothing stands here");
        }
        self.value(Some(column), parse)
    }

    /// Start and end; a period may have no length, but not end before it begins.
    pub fn period(
        &mut self,
        start: usize,
        end: usize,
        parse: impl Fn(&str) -> Result<Timestamp, &'static str>,
    ) -> (Option<Timestamp>, Option<Timestamp>) {
        let first = self.required(start, &parse);
        let last = if end == start { first } else { self.required(end, &parse) };
        if let (Some(first), Some(last)) = (first, last)
            && last < first
        {
            self.fault(Some(end), "The end is before the start");
        }
        (first, last)
    }

    pub fn fault(&mut self, column: Option<usize>, reason: &str) {
        let column = column.unwrap_or_default();
        self.faults.push(RowFault {
            line: self.row.line,
            column: self.row.header.name(column).to_owned(),
            value: cut(self.row.cell(column)),
            reason: reason.to_owned(),
        });
    }
}

/// A hash over name and value of every cell that is there, whatever the order of the columns: the key of a row that has
/// no id.
pub(super) fn row_key(
    row: &TextRow<'_>,
    by_name: &[(String, usize)],
    is_absent: impl Fn(&str) -> bool,
) -> String {
    let mut hash = Sha256::new();
    for (name, column) in by_name {
        let cell = row.cell(*column).trim();
        if !cell.is_empty() && !is_absent(cell) {
            // Cells hold no NUL, so that no two rows are written alike.
            hash.update(name);
            hash.update("=");
            hash.update(cell);
            hash.update([0]);
        }
    }
    format!("{:x}", hash.finalize())
}

pub(super) fn quantity(text: &str) -> Result<Quantity, &'static str> {
    text.parse().map_err(number_fault)
}

pub(super) fn cost(text: &str) -> Result<Cost, &'static str> {
    text.parse().map_err(number_fault)
}

fn number_fault(fault: QuantityFault) -> &'static str {
    match fault {
        QuantityFault::NotANumber => "Not a number such as 1234.5 or 5.2E-9",
        QuantityFault::OutOfRange => "More than 18 decimals or 19 whole digits",
    }
}

pub(super) fn currency(text: &str) -> Result<Currency, &'static str> {
    text.parse().map_err(|_| "Not a currency that the portal keeps, such as USD")
}
