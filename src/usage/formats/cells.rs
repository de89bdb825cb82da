//! Reads the cells of a row into values, and remembers what cannot be read with its column.

use std::borrow::Cow;
use std::collections::HashSet;

use super::FileFault;
use super::rows::Row;
use crate::usage::RowFault;
use crate::values::{Cost, Currency, Quantity, QuantityFault};

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
        let mut names = Vec::with_capacity(row.cells.len());
        for cell in &row.cells {
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
    cells: Vec<Cow<'r, str>>,
}

impl<'r> TextRow<'r> {
    pub fn read(row: &'r Row<'_>, header: &'r Header) -> Result<Self, RowFault> {
        let fault = |column: usize, reason: String| {
            let value = row.cells.get(column).map(|cell| String::from_utf8_lossy(cell)).unwrap_or_default();
            RowFault { line: row.line, column: header.name(column).to_owned(), value: cut(&value), reason }
        };
        if let Some((column, reason)) = row.fault {
            return Err(fault(column, reason.to_owned()));
        }
        if row.cells.len() != header.0.len() {
            let reason =
                format!("The row has {} cells where the header has {}", row.cells.len(), header.0.len());
            return Err(RowFault { line: row.line, column: String::new(), value: String::new(), reason });
        }
        let mut cells = Vec::with_capacity(row.cells.len());
        for (column, cell) in row.cells.iter().enumerate() {
            let text =
                std::str::from_utf8(cell).map_err(|_| fault(column, "The cell is not UTF-8 text".into()))?;
            if text.contains('\0') {
                return Err(fault(column, "The cell has a NUL byte".into()));
            }
            cells.push(Cow::Borrowed(text));
        }
        Ok(Self { line: row.line, header, cells })
    }

    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |cell| cell.as_ref())
    }
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
