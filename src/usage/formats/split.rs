//! Splits the bytes of one row into cells without copying them, apart from cells with doubled quotes.

use memchr::{memchr, memchr_iter, memchr2};

use super::FileFault;
use super::rows::{LARGEST_CELL, MOST_COLUMNS};

const BARE_RETURN: &str = "A carriage return stands alone; end lines with LF or CRLF";
const AFTER_QUOTE: &str = "Text follows the closing quote";

/// Where a cell's bytes lie: in the row itself, or among the joined pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub from: usize,
    pub until: usize,
    pub is_joined: bool,
}

/// The cells of the row at hand; kept from row to row, so that its room is made once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cells {
    pub spans: Vec<Span>,
    /// Cells whose doubled quotes became single ones, one after the other.
    pub joined: Vec<u8>,
    /// The first cell that is not written as CSV, and why.
    pub fault: Option<(usize, &'static str)>,
}

/// How a cell ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Cell,
    Row,
}

/// A cell that was read.
struct Ended {
    span: Span,
    fault: Option<&'static str>,
    end: End,
}

/// Reads one row from its first byte on.
pub(super) struct Splitter<'w, 'c> {
    pub bytes: &'w [u8],
    /// Whether the file ends with the bytes.
    pub is_whole: bool,
    pub separator: u8,
    /// The line on which the row begins; at the end that of the next one.
    pub line: u64,
    /// How far the row goes.
    pub at: usize,
    pub cells: &'c mut Cells,
}

impl Splitter<'_, '_> {
    /// Splits the row; whether all of it is in the bytes.
    pub fn row(&mut self) -> Result<bool, FileFault> {
        let first_line = self.line;
        self.cells.spans.clear();
        self.cells.joined.clear();
        self.cells.fault = None;
        loop {
            let cell =
                if self.bytes.get(self.at) == Some(&b'"') { self.quoted_cell()? } else { self.plain_cell()? };
            let Some(Ended { span, fault, end }) = cell else { return Ok(false) };
            let index = self.cells.spans.len();
            if index == MOST_COLUMNS {
                return Err(FileFault::on(first_line, "The row has more than 400 columns"));
            }
            if self.cells.fault.is_none() {
                self.cells.fault = fault.map(|reason| (index, reason));
            }
            self.cells.spans.push(span);
            if end == End::Row {
                return Ok(true);
            }
        }
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// `None` when the cell's end is not among the bytes.
    fn plain_cell(&mut self) -> Result<Option<Ended>, FileFault> {
        let rest = self.rest();
        let found = memchr2(self.separator, b'\n', rest);
        let length = found.unwrap_or(rest.len());
        if length > LARGEST_CELL {
            return Err(FileFault::on(self.line, "A cell is longer than 64 KiB"));
        }
        let (passed, end) = match found.and_then(|end| rest.get(end)) {
            Some(b'\n') => (length + 1, End::Row),
            Some(_) => (length + 1, End::Cell),
            None if self.is_whole => (length, End::Row),
            None => return Ok(None),
        };
        let cell = rest.get(..length).unwrap_or_default();
        let cell = if end == End::Row { cell.strip_suffix(b"\r").unwrap_or(cell) } else { cell };
        let fault = memchr(b'\r', cell).is_some().then_some(BARE_RETURN);
        let span = Span { from: self.at, until: self.at + cell.len(), is_joined: false };
        self.line += u64::from(passed > length && end == End::Row);
        self.at += passed;
        Ok(Some(Ended { span, fault, end }))
    }

    fn quoted_cell(&mut self) -> Result<Option<Ended>, FileFault> {
        let opened_on = self.line;
        let Some((mut span, length)) = self.quoted(opened_on)? else { return Ok(None) };
        let passed = self.rest().get(..length).unwrap_or_default();
        let lines = u64::try_from(memchr_iter(b'\n', passed).count()).unwrap_or_default();
        (self.at, self.line) = (self.at + length, self.line + lines);
        let Some(Ended { span: after, end, .. }) = self.plain_cell()? else { return Ok(None) };
        if span.is_joined {
            span.until = self.cells.joined.len();
        }
        let fault = (after.from < after.until).then_some(AFTER_QUOTE);
        Ok(Some(Ended { span, fault, end }))
    }

    /// What stands between the quotes, and how many bytes it takes with them.
    fn quoted(&mut self, opened_on: u64) -> Result<Option<(Span, usize)>, FileFault> {
        let inside = self.bytes.get(self.at + 1..).unwrap_or_default();
        let joined = self.cells.joined.len();
        let (mut from, mut length) = (0, 0);
        loop {
            let rest = inside.get(from..).unwrap_or_default();
            let quote = memchr(b'"', rest);
            if quote.is_none() && self.is_whole {
                return Err(FileFault::on(opened_on, "The quote that opens here is never closed"));
            }
            let piece = rest.get(..quote.unwrap_or(rest.len())).unwrap_or_default();
            length += piece.len();
            if length > LARGEST_CELL {
                let reason = "A cell in quotes is longer than 64 KiB; perhaps its quote is not closed";
                return Err(FileFault::on(opened_on, reason));
            }
            if quote.is_none() {
                return Ok(None);
            }
            from += piece.len() + 1;
            match inside.get(from) {
                Some(b'"') => {
                    self.cells.joined.extend_from_slice(piece);
                    self.cells.joined.push(b'"');
                    (from, length) = (from + 1, length + 1);
                }
                None if !self.is_whole => return Ok(None),
                _ if self.cells.joined.len() == joined => {
                    let span = Span { from: self.at + 1, until: self.at + from, is_joined: false };
                    return Ok(Some((span, from + 1)));
                }
                _ => {
                    self.cells.joined.extend_from_slice(piece);
                    let span = Span { from: joined, until: joined, is_joined: true };
                    return Ok(Some((span, from + 1)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_written_as_csv_is_named_by_its_cell() {
        let first = |content: &str| {
            let mut cells = Cells::default();
            let bytes = content.as_bytes();
            let mut row =
                Splitter { bytes, is_whole: true, separator: b',', line: 1, at: 0, cells: &mut cells };
            row.row().unwrap();
            cells.fault
        };
        assert_eq!(first("a,\"b\"c,d\n"), Some((1, AFTER_QUOTE)));
        assert_eq!(first("a,b\rc\n"), Some((1, BARE_RETURN)));
        assert_eq!(first("a,\"b\r\nc\"\r\n"), None);
    }
}
