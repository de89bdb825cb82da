//! The records of a file of any format, one after the other.

use std::io::{BufRead, BufReader, Read};

use super::cells::{Header, TextRow};
use super::days::Days;
use super::objects::{Objects, values};
use super::rows::Rows;
use super::xml::XmlRecords;
use super::{Limits, ReadError, ReadRow};
use super::{aws, azure, cloudevents, cloudstack, focus, oci, portal};
use crate::usage::{Content, Format, RowFault};

/// The records of a file, row by row.
#[derive(Debug)]
pub struct Records<R: Read>(Source<R>);

#[derive(Debug)]
enum Source<R: Read> {
    Table { rows: Rows<BufReader<R>>, header: Header, columns: Columns },
    Objects { objects: Objects<BufReader<R>>, header: Header, record: fn(&TextRow<'_>) -> ReadRow },
    Xml { records: Box<XmlRecords<BufReader<R>>>, header: Header },
}

/// Where each table finds its columns.
#[derive(Debug)]
enum Columns {
    Portal(portal::Columns),
    Focus(Box<focus::Columns>),
    AwsCur(aws::Columns),
    Azure(Box<azure::Columns>),
    Oci(oci::Columns),
}

impl Columns {
    fn record(&self, row: &TextRow<'_>) -> ReadRow {
        match self {
            Self::Portal(columns) => columns.record(row),
            Self::Focus(columns) => columns.record(row),
            Self::AwsCur(columns) => columns.record(row),
            Self::Azure(columns) => columns.record(row),
            Self::Oci(columns) => columns.record(row),
        }
    }
}

/// Reads the header and gives the records below it. `days` tells how days with slashes are to be read.
pub fn read<R: Read>(format: Format, source: R, limits: Limits, days: Days) -> Result<Records<R>, ReadError> {
    let mut source = BufReader::with_capacity(64 * 1024, source);
    Ok(Records(match format {
        Format::Portal | Format::Focus | Format::AwsCur | Format::Azure | Format::Oci => {
            table(format, source, limits, days)?
        }
        Format::CloudStack if is_xml(&mut source)? => {
            let records = XmlRecords::open(source, limits, &cloudstack::NAMES)?;
            Source::Xml { records: Box::new(records), header: Header::of(&cloudstack::NAMES) }
        }
        Format::CloudStack => Source::Objects {
            objects: Objects::open_named(source, limits, "usagerecord")?,
            header: Header::of(&cloudstack::NAMES),
            record: cloudstack::record,
        },
        Format::CloudEvents => Source::Objects {
            objects: Objects::open(source, limits)?,
            header: Header::of(&cloudevents::NAMES),
            record: cloudevents::record,
        },
    }))
}

fn table<R: Read>(
    format: Format,
    source: BufReader<R>,
    limits: Limits,
    days: Days,
) -> Result<Source<R>, ReadError> {
    let (rows, header) = header(source, limits)?;
    let columns = match format {
        Format::Focus => Columns::Focus(Box::new(focus::Columns::find(&header)?)),
        Format::AwsCur => Columns::AwsCur(aws::Columns::find(&header)?),
        Format::Azure => Columns::Azure(Box::new(azure::Columns::find(&header, days)?)),
        Format::Oci => Columns::Oci(oci::Columns::find(&header)?),
        Format::Portal | Format::CloudStack | Format::CloudEvents => {
            Columns::Portal(portal::Columns::find(&header)?)
        }
    };
    Ok(Source::Table { rows, header, columns })
}

fn header<R: Read>(source: R, limits: Limits) -> Result<(Rows<R>, Header), ReadError> {
    let mut rows = Rows::open(source, limits)?;
    let first = rows.next_row()?.ok_or_else(|| super::FileFault::of_file("The file is empty"))?;
    let header = Header::read(&first)?;
    Ok((rows, header))
}

/// Whether the first byte that is no white space opens a tag.
fn is_xml(source: &mut impl BufRead) -> Result<bool, ReadError> {
    let start = source.fill_buf().map_err(ReadError::Broken)?;
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    Ok(start.trim_ascii_start().first() == Some(&b'<'))
}

/// Reads a file that can be opened anew: where the whole of it tells how a part is to be read, it is read twice.
pub fn read_content<'c>(
    format: Format,
    content: &'c dyn Content,
) -> Result<Records<Box<dyn Read + Send + 'c>>, ReadError> {
    let days = if format == Format::Azure { days_of(content)? } else { Days::default() };
    read(format, content.open().map_err(ReadError::Broken)?, content.limits(), days)
}

/// How a file writes its days, as far as it can be split into rows.
fn days_of(content: &dyn Content) -> Result<Days, ReadError> {
    let source = content.open().map_err(ReadError::Broken)?;
    let (mut rows, header) = header(source, content.limits())?;
    let columns = azure::day_columns(&header);
    let mut days = Days::default();
    while let Some(row) = rows.next_row()? {
        for cell in columns.iter().filter_map(|column| row.cell(*column)) {
            days = std::str::from_utf8(cell).map_or(days, |text| days.seeing(text));
        }
    }
    Ok(days)
}

/// How many rows or records stand in a file, as far as it can be split into them.
pub fn count_rows(format: Format, source: impl Read, limits: Limits) -> u64 {
    match format {
        Format::CloudStack | Format::CloudEvents => {
            let Ok(records) = read(format, source, limits, Days::default()) else { return 0 };
            u64::try_from(records.take_while(Result::is_ok).count()).unwrap_or(u64::MAX)
        }
        Format::Portal | Format::Focus | Format::AwsCur | Format::Azure | Format::Oci => {
            let Ok(mut rows) = Rows::open(source, limits) else { return 0 };
            let mut count: u64 = 0;
            while let Ok(Some(_)) = rows.next_row() {
                count += 1;
            }
            count.saturating_sub(1)
        }
    }
}

impl<R: Read> Iterator for Records<R> {
    type Item = Result<ReadRow, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next_row().transpose()
    }
}

impl<R: Read> Source<R> {
    fn next_row(&mut self) -> Result<Option<ReadRow>, ReadError> {
        Ok(match self {
            Self::Table { rows, header, columns } => {
                let Some(row) = rows.next_row()? else { return Ok(None) };
                Some(match TextRow::read(&row, header) {
                    Ok(row) => columns.record(&row),
                    Err(fault) => Err(vec![fault]),
                })
            }
            Self::Objects { objects, header, record } => {
                let Some(object) = objects.next_object()? else { return Ok(None) };
                let values = values(object, header.names());
                Some(of_values(objects.number, header, values, *record))
            }
            Self::Xml { records, header } => {
                let Some(values) = records.next_record()? else { return Ok(None) };
                Some(of_values(records.number, header, values, cloudstack::record))
            }
        })
    }
}

fn of_values(
    number: u64,
    header: &Header,
    values: Result<Vec<String>, String>,
    record: fn(&TextRow<'_>) -> ReadRow,
) -> ReadRow {
    match values {
        Ok(values) => record(&TextRow::of_values(number, header, &values)),
        Err(reason) => {
            Err(vec![RowFault { line: number, column: String::new(), value: String::new(), reason }])
        }
    }
}
