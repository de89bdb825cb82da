//! Splits a CSV file into rows without copying it, each with the line of the file on which it begins.
//!
//! Cells are separated by commas, or by what a first line `sep=;` names; rows end with LF or CRLF. A cell in quotes
//! may hold separators, line ends and doubled quotes. The limits hold while reading, so that a quote that is never
//! closed cannot swallow the file.

use std::borrow::Cow;

use super::FileFault;

/// The largest file that is read, in bytes.
pub const LARGEST_FILE: usize = 100 * 1024 * 1024;
/// Rows below the header.
pub const MOST_ROWS: u64 = 2_000_000;
/// In bytes.
pub const LARGEST_CELL: usize = 64 * 1024;
pub const MOST_COLUMNS: usize = 400;

const BARE_RETURN: &str = "A carriage return stands alone; end lines with LF or CRLF";
const AFTER_QUOTE: &str = "Text follows the closing quote";

/// The rows that are left, the header among them.
#[derive(Debug, Clone)]
pub struct Rows<'a> {
    content: &'a [u8],
    at: usize,
    line: u64,
    separator: u8,
    rows: u64,
}

/// One row as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<'a> {
    /// The line on which it begins, from 1.
    pub line: u64,
    pub cells: Vec<Cow<'a, [u8]>>,
    /// The first cell that is not written as CSV, and why.
    pub fault: Option<(usize, &'static str)>,
}

/// How a cell ended.
#[derive(PartialEq, Eq)]
enum End {
    Cell,
    Row,
}

/// A cell's bytes, what is wrong with it, and what ends it.
type ReadCell<'a> = (Cow<'a, [u8]>, Option<&'static str>, End);

impl<'a> Rows<'a> {
    /// The rows of a file's bytes, once they look like text at all.
    pub fn open(content: &'a [u8]) -> Result<Self, FileFault> {
        if content.len() > LARGEST_FILE {
            return Err(FileFault::of_file("The file is larger than 100 MiB; split it"));
        }
        if content.starts_with(&[0xff, 0xfe]) || content.starts_with(&[0xfe, 0xff]) {
            return Err(FileFault::of_file("The file is UTF-16; save it as CSV in UTF-8"));
        }
        if content.starts_with(b"PK\x03\x04") || content.starts_with(&[0x1f, 0x8b]) {
            return Err(FileFault::of_file("The file is compressed or a workbook; save it as plain CSV"));
        }
        let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
        let mut rows = Self { content, at: 0, line: 1, separator: b',', rows: 0 };
        rows.read_separator_line();
        Ok(rows)
    }

    /// Spreadsheets write `sep=;` as the first line to say what separates the cells.
    fn read_separator_line(&mut self) {
        let Some(rest) = self.content.strip_prefix(b"sep=") else { return };
        let Some((separator, end)) = rest.split_first() else { return };
        if end.is_empty() || end.starts_with(b"\n") || end.starts_with(b"\r\n") {
            self.separator = *separator;
            self.at = self.content.len() - end.len();
        }
    }

    fn peek(&self) -> Option<u8> {
        self.content.get(self.at).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.content.get(self.at..).unwrap_or_default()
    }

    fn skip_blank_lines(&mut self) {
        loop {
            let rest = self.rest();
            let blank = if rest.starts_with(b"\n") {
                1
            } else if rest.starts_with(b"\r\n") {
                2
            } else {
                return;
            };
            self.at += blank;
            self.line += 1;
        }
    }

    fn row(&mut self) -> Result<Row<'a>, FileFault> {
        self.rows += 1;
        // The first row is the header.
        if self.rows > MOST_ROWS + 1 {
            return Err(FileFault::on(self.line, "The file has more than 2,000,000 rows; split it"));
        }
        let mut row = Row { line: self.line, cells: Vec::new(), fault: None };
        loop {
            let (cell, fault, end) = match self.peek() {
                Some(b'"') => self.quoted_cell()?,
                _ => self.plain_cell()?,
            };
            if row.cells.len() == MOST_COLUMNS {
                return Err(FileFault::on(row.line, "The row has more than 400 columns"));
            }
            if row.fault.is_none() {
                row.fault = fault.map(|reason| (row.cells.len(), reason));
            }
            row.cells.push(cell);
            if end == End::Row {
                return Ok(row);
            }
        }
    }

    fn plain_cell(&mut self) -> Result<ReadCell<'a>, FileFault> {
        let rest = self.rest();
        let length =
            rest.iter().position(|byte| *byte == self.separator || *byte == b'\n').unwrap_or(rest.len());
        if length > LARGEST_CELL {
            return Err(FileFault::on(self.line, "A cell is longer than 64 KiB"));
        }
        let (mut cell, end) = rest.split_at(length);
        let end = self.end_of_cell(length, end);
        if end == End::Row {
            cell = cell.strip_suffix(b"\r").unwrap_or(cell);
        }
        let fault = cell.contains(&b'\r').then_some(BARE_RETURN);
        Ok((Cow::Borrowed(cell), fault, end))
    }

    /// Steps over a cell of `length` bytes and what ends it.
    fn end_of_cell(&mut self, length: usize, end: &[u8]) -> End {
        match end.first() {
            Some(b'\n') => {
                self.at += length + 1;
                self.line += 1;
                End::Row
            }
            Some(_) => {
                self.at += length + 1;
                End::Cell
            }
            None => {
                self.at += length;
                End::Row
            }
        }
    }

    fn quoted_cell(&mut self) -> Result<ReadCell<'a>, FileFault> {
        let opened_on = self.line;
        self.at += 1;
        let inside = self.rest();
        let mut cell = Cow::Borrowed(&[][..]);
        let mut from = 0;
        loop {
            let Some(quote) = inside.get(from..).and_then(|rest| rest.iter().position(|byte| *byte == b'"'))
            else {
                return Err(FileFault::on(opened_on, "The quote that opens here is never closed"));
            };
            let piece = inside.get(from..from + quote).unwrap_or_default();
            join(&mut cell, piece);
            if cell.len() > LARGEST_CELL {
                let reason = "A cell in quotes is longer than 64 KiB; perhaps its quote is not closed";
                return Err(FileFault::on(opened_on, reason));
            }
            from += quote + 1;
            if inside.get(from) != Some(&b'"') {
                break;
            }
            join(&mut cell, b"\"");
            from += 1;
        }
        self.at += from;
        let passed = inside.get(..from).unwrap_or_default();
        self.line += u64::try_from(passed.iter().filter(|byte| **byte == b'\n').count()).unwrap_or_default();
        let (after, _, end) = self.plain_cell()?;
        let fault = (!after.is_empty()).then_some(AFTER_QUOTE);
        Ok((cell, fault, end))
    }
}

/// Adds a piece to a cell, copying only when there is more than one.
fn join<'a>(cell: &mut Cow<'a, [u8]>, piece: &'a [u8]) {
    if cell.is_empty() {
        *cell = Cow::Borrowed(piece);
    } else if !piece.is_empty() {
        cell.to_mut().extend_from_slice(piece);
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Result<Row<'a>, FileFault>;

    fn next(&mut self) -> Option<Self::Item> {
        self.skip_blank_lines();
        if self.at >= self.content.len() {
            return None;
        }
        let row = self.row();
        if row.is_err() {
            self.at = self.content.len();
        }
        Some(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(content: &str) -> Vec<(u64, Vec<String>)> {
        Rows::open(content.as_bytes())
            .unwrap()
            .map(|row| row.unwrap())
            .map(|row| {
                (row.line, row.cells.iter().map(|cell| String::from_utf8(cell.to_vec()).unwrap()).collect())
            })
            .collect()
    }

    fn fault(content: &[u8]) -> FileFault {
        match Rows::open(content) {
            Err(fault) => fault,
            Ok(rows) => rows.filter_map(Result::err).next().unwrap(),
        }
    }

    #[test]
    fn rows_know_their_line_past_blank_lines_and_line_ends_in_quotes() {
        let file = "\u{feff}a,b\r\n\r\n1,\"x\ny\"\n\n2,\"say \"\"so\"\"\"\r\n3,";
        let cells = |one: &str, two: &str| vec![one.to_owned(), two.to_owned()];
        assert_eq!(
            rows(file),
            [
                (1, cells("a", "b")),
                (3, cells("1", "x\ny")),
                (6, cells("2", "say \"so\"")),
                (7, cells("3", ""))
            ]
        );
    }

    #[test]
    fn a_first_line_can_name_the_separator() {
        assert_eq!(rows("sep=;\na;b\n"), [(2, vec!["a".to_owned(), "b".to_owned()])]);
        assert_eq!(rows("sep=,x\n").len(), 1);
    }

    #[test]
    fn what_is_not_written_as_csv_is_named_by_its_cell() {
        let first = |content: &str| Rows::open(content.as_bytes()).unwrap().next().unwrap().unwrap().fault;
        assert_eq!(first("a,\"b\"c,d\n"), Some((1, AFTER_QUOTE)));
        assert_eq!(first("a,b\rc\n"), Some((1, BARE_RETURN)));
        assert_eq!(first("a,\"b\r\nc\"\r\n"), None);
    }

    #[test]
    fn files_that_are_no_csv_or_pass_a_limit_are_refused_with_the_line() {
        assert!(fault(b"\xff\xfea\0").to_string().contains("UTF-16"));
        assert!(fault(b"PK\x03\x04rest").to_string().contains("workbook"));
        assert!(fault(b"\x1f\x8b\x08rest").to_string().contains("compressed"));
        assert_eq!(fault(b"a\n1\n\"open\n2\n").line, Some(3));
        assert_eq!(
            fault(&[b"a\n\"", "x".repeat(LARGEST_CELL + 1).as_bytes(), b"\"\n"].concat()).line,
            Some(2)
        );
        assert!(fault("x".repeat(LARGEST_CELL + 1).as_bytes()).to_string().contains("64 KiB"));
        assert!(fault(",".repeat(MOST_COLUMNS).as_bytes()).to_string().contains("400"));
        assert!(fault(&vec![b'x'; LARGEST_FILE + 1]).to_string().contains("100 MiB"));
        assert!(fault("x\n".repeat(2_000_002).as_bytes()).to_string().contains("2,000,000"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(content in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(rows) = Rows::open(&content) {
                prop_assert!(rows.count() <= content.len());
            }
        }

        #[test]
        fn what_a_csv_writer_writes_is_read_back(
            table in proptest::collection::vec(proptest::collection::vec("[a,\"\n é]{0,4}", 2..5), 1..6)
        ) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for row in &table {
                writer.write_record(row).unwrap();
            }
            let written = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let read: Vec<_> = rows(&written).into_iter().map(|(_, cells)| cells).collect();
            prop_assert_eq!(read, table);
        }
    }
}
