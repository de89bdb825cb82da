//! Splits a CSV file into rows as it is read, each with the line of the file on which it begins.
//!
//! Cells are separated by commas, or by what a first line `sep=;` names; rows end with LF or CRLF. A cell in quotes
//! may hold separators, line ends and doubled quotes. The limits hold while reading, so that a quote that is never
//! closed cannot swallow the file, and so that no more than a row is in memory, however long the file is.

use std::io::Read;

use super::split::{Cells, Splitter};
use super::window::Window;
use super::{FileFault, Limits, ReadError, is_text};

/// In bytes.
pub const LARGEST_CELL: usize = 64 * 1024;
pub const MOST_COLUMNS: usize = 400;

/// The rows that are left, the header among them.
#[derive(Debug)]
pub struct Rows<R> {
    window: Window<R>,
    cells: Cells,
    /// How many bytes of the window the row at hand takes.
    length: usize,
    /// On which it begins.
    first_line: u64,
    /// On which the next one begins.
    line: u64,
    separator: u8,
    /// How many rows may still follow, the header among them; `None` when there is no limit.
    left: Option<u64>,
    is_done: bool,
}

/// One row as it stands in the file.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// The first cell that is not written as CSV, and why.
    pub fault: Option<(usize, &'static str)>,
    pub(super) bytes: &'a [u8],
    pub(super) cells: &'a Cells,
}

impl<'a> Row<'a> {
    /// How many cells it has; at least one.
    pub fn len(&self) -> usize {
        self.cells.spans.len()
    }

    /// No row is empty; a blank line is none.
    pub fn is_empty(&self) -> bool {
        self.cells.spans.is_empty()
    }

    pub fn cell(&self, index: usize) -> Option<&'a [u8]> {
        let span = self.cells.spans.get(index)?;
        let bytes = if span.is_joined { &self.cells.joined } else { self.bytes };
        bytes.get(span.from..span.until)
    }

    pub fn iter(&self) -> impl Iterator<Item = &'a [u8]> {
        let row = *self;
        (0..self.len()).filter_map(move |index| row.cell(index))
    }
}

impl<R: Read> Rows<R> {
    /// The rows of a file, once its first bytes look like text at all.
    pub fn open(source: R, limits: Limits) -> Result<Self, ReadError> {
        let mut rows = Self {
            window: Window::new(source, limits),
            cells: Cells::default(),
            length: 0,
            first_line: 1,
            line: 1,
            separator: b',',
            // The first row is the header.
            left: limits.rows.map(|rows| rows + 1),
            is_done: false,
        };
        rows.window.at_least(8)?;
        is_text(rows.window.rest())?;
        if rows.window.rest().starts_with(b"\xef\xbb\xbf") {
            rows.window.pass(3);
        }
        rows.read_separator_line()?;
        Ok(rows)
    }

    /// Spreadsheets write `sep=;` as the first line to say what separates the cells.
    fn read_separator_line(&mut self) -> Result<(), ReadError> {
        self.window.at_least(7)?;
        let Some(rest) = self.window.rest().strip_prefix(b"sep=") else { return Ok(()) };
        let Some((separator, end)) = rest.split_first() else { return Ok(()) };
        if separator.is_ascii() && (end.is_empty() || end.starts_with(b"\n") || end.starts_with(b"\r\n")) {
            self.separator = *separator;
            self.window.pass(5);
        }
        Ok(())
    }

    /// The next row, which lives until the one after it is asked for; `None` at the end of the file.
    pub fn next_row(&mut self) -> Result<Option<Row<'_>>, ReadError> {
        let is_there = !self.is_done && self.advance().inspect_err(|_| self.is_done = true)?;
        self.is_done |= !is_there;
        let bytes = self.window.rest().get(..self.length).unwrap_or_default();
        let row = Row { line: self.first_line, fault: self.cells.fault, bytes, cells: &self.cells };
        Ok(is_there.then_some(row))
    }

    fn advance(&mut self) -> Result<bool, ReadError> {
        self.window.pass(std::mem::take(&mut self.length));
        self.skip_blank_lines()?;
        if self.window.rest().is_empty() {
            return Ok(false);
        }
        if let Some(left) = &mut self.left {
            *left = left
                .checked_sub(1)
                .ok_or_else(|| FileFault::on(self.line, "The file has more than 2,000,000 rows; split it"))?;
        }
        loop {
            let mut row = Splitter {
                bytes: self.window.rest(),
                is_whole: self.window.is_whole(),
                separator: self.separator,
                line: self.line,
                at: 0,
                cells: &mut self.cells,
            };
            if row.row()? {
                self.length = row.at;
                (self.first_line, self.line) = (self.line, row.line);
                return Ok(true);
            }
            self.window.more()?;
        }
    }

    fn skip_blank_lines(&mut self) -> Result<(), ReadError> {
        loop {
            self.window.at_least(2)?;
            let rest = self.window.rest();
            let blank = if rest.starts_with(b"\n") {
                1
            } else if rest.starts_with(b"\r\n") {
                2
            } else {
                return Ok(());
            };
            self.window.pass(blank);
            self.line += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Gives so many bytes at a time, as a connection may.
    struct Slowly<'a>(&'a [u8], usize);

    impl Read for Slowly<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let (give, keep) = self.0.split_at(self.1.min(into.len()).min(self.0.len()));
            into[..give.len()].copy_from_slice(give);
            self.0 = keep;
            Ok(give.len())
        }
    }

    type ReadRows = Vec<(u64, Vec<Vec<u8>>)>;

    fn read_all(source: impl Read, limits: Limits) -> Result<ReadRows, ReadError> {
        let mut rows = Rows::open(source, limits)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next_row()? {
            all.push((row.line, row.iter().map(<[u8]>::to_vec).collect()));
        }
        Ok(all)
    }

    fn rows(content: &str) -> Vec<(u64, Vec<String>)> {
        let text = |cell| String::from_utf8(cell).unwrap();
        read_all(content.as_bytes(), Limits::UPLOAD)
            .unwrap()
            .into_iter()
            .map(|(line, cells)| (line, cells.into_iter().map(text).collect()))
            .collect()
    }

    fn fault(source: impl Read) -> FileFault {
        match read_all(source, Limits::UPLOAD).unwrap_err() {
            ReadError::Fault(fault) => fault,
            ReadError::Broken(error) => panic!("{error}"),
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
    fn files_that_are_no_csv_or_pass_a_limit_are_refused_with_the_line() {
        assert!(fault(&b"\xff\xfea\0"[..]).to_string().contains("UTF-16"));
        assert!(fault(&b"PK\x03\x04rest"[..]).to_string().contains("workbook"));
        assert!(fault(&b"\x1f\x8b\x08rest"[..]).to_string().contains("compressed"));
        assert_eq!(fault(&b"a\n1\n\"open\n2\n"[..]).line, Some(3));
        let quoted = [b"a\n\"", "x".repeat(LARGEST_CELL + 1).as_bytes(), b"\"\n"].concat();
        assert_eq!(fault(&quoted[..]).line, Some(2));
        assert!(fault("x".repeat(LARGEST_CELL + 1).as_bytes()).to_string().contains("64 KiB"));
        assert!(fault(",".repeat(MOST_COLUMNS).as_bytes()).to_string().contains("400"));
        let lines = std::io::repeat(b'\n').take(100 * 1024 * 1024 + 1);
        assert!(fault(lines).to_string().contains("100 MiB"));
        assert!(fault("x\n".repeat(2_000_002).as_bytes()).to_string().contains("2,000,000"));
    }

    #[test]
    fn without_limits_a_file_has_any_number_of_rows_and_bytes() {
        /// The same part again and again, until so many bytes are given.
        struct Endless(Vec<u8>, usize, usize);
        impl Read for Endless {
            fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
                let part = &self.0[self.1 % self.0.len()..];
                let give = part.len().min(into.len()).min(self.2 - self.1);
                into[..give].copy_from_slice(&part[..give]);
                self.1 += give;
                Ok(give)
            }
        }
        let counted = |part: Vec<u8>, times| {
            let all = part.len() * times;
            let mut rows = Rows::open(Endless(part, 0, all), Limits::NONE).unwrap();
            let mut count = 0;
            while rows.next_row().unwrap().is_some() {
                count += 1;
            }
            count
        };
        assert_eq!(counted(b"x\n".repeat(1_000), 2_100), 2_100_000);
        let long = [vec![b'x'; LARGEST_CELL], vec![b'\n']].concat();
        assert_eq!(counted(long, 2_000), 2_000);
    }

    #[test]
    fn a_source_that_breaks_off_is_no_fault_of_the_file() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::Error::other("gone"))
            }
        }
        let read = read_all(b"a,b\n1,2\n".chain(Broken), Limits::UPLOAD);
        assert!(matches!(read, Err(ReadError::Broken(error)) if error.to_string() == "gone"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(content in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(rows) = read_all(&content[..], Limits::UPLOAD) {
                prop_assert!(rows.len() <= content.len());
            }
        }

        #[test]
        fn it_does_not_matter_how_much_is_read_at_a_time(
            content in "[a,\"\n\r]{0,60}", at_once in 1usize..9
        ) {
            let told = |read: Result<ReadRows, ReadError>| read.map_err(|error| error.to_string());
            let whole = told(read_all(content.as_bytes(), Limits::UPLOAD));
            let parts = told(read_all(Slowly(content.as_bytes(), at_once), Limits::UPLOAD));
            prop_assert_eq!(whole, parts);
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
