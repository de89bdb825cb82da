//! Reads the records of an XML answer of CloudStack one after the other.

use std::io::{BufReader, Read};

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

use super::{FileFault, Limits, ReadError};

const ROOT: &str = "listusagerecordsresponse";
const RECORD: &str = "usagerecord";
/// Of one value, in bytes.
const LARGEST_VALUE: usize = 64 * 1024;

/// The records that are left.
#[derive(Debug)]
pub(super) struct XmlRecords<R: Read> {
    reader: Reader<BufReader<R>>,
    buffer: Vec<u8>,
    names: &'static [&'static str],
    /// Of the record at hand, from 1.
    pub number: u64,
    left: Option<u64>,
    is_done: bool,
}

/// A record's values in the order of the names, or what is wrong with it.
pub(super) type Values = Result<Vec<String>, String>;

impl<R: Read> XmlRecords<R> {
    pub fn open(source: R, limits: Limits, names: &'static [&'static str]) -> Result<Self, ReadError> {
        let mut records = Self {
            reader: Reader::from_reader(BufReader::with_capacity(64 * 1024, source)),
            buffer: Vec::new(),
            names,
            number: 0,
            left: limits.rows,
            is_done: false,
        };
        let root = loop {
            match records.event()? {
                Event::Start(start) | Event::Empty(start) => break start.name().as_ref().to_owned(),
                Event::Eof => return Err(FileFault::of_file("The file is empty").into()),
                _ => {}
            }
        };
        if root != ROOT {
            let reason = format!("The file is no answer of listUsageRecords: it begins with <{root}>");
            return Err(FileFault::of_file(reason).into());
        }
        Ok(records)
    }

    fn event(&mut self) -> Result<Event<'_>, ReadError> {
        self.buffer.clear();
        match self.reader.read_event_into(&mut self.buffer) {
            Ok(event) => Ok(event),
            Err(quick_xml::Error::Io(error)) => {
                Err(ReadError::Broken(std::io::Error::new(error.kind(), error)))
            }
            Err(error) => Err(unreadable(&error)),
        }
    }

    /// The next record; `None` at the end.
    pub fn next_record(&mut self) -> Result<Option<Values>, ReadError> {
        if self.is_done {
            return Ok(None);
        }
        let record = self.advance();
        self.is_done = !matches!(record, Ok(Some(_)));
        record
    }

    fn advance(&mut self) -> Result<Option<Values>, ReadError> {
        loop {
            match self.event()? {
                Event::Start(start) if start.name().as_ref() == RECORD => break,
                Event::End(end) if end.name().as_ref() == ROOT => return Ok(None),
                Event::Eof => return Err(unreadable(&"it breaks off")),
                _ => {}
            }
        }
        self.number += 1;
        if let Some(left) = &mut self.left {
            let reason = "The file has more than 2,000,000 rows; split it";
            *left = left.checked_sub(1).ok_or_else(|| FileFault::of_file(reason))?;
        }
        self.values().map(Some)
    }

    /// The values of the record that has begun; what lies deeper is none.
    fn values(&mut self) -> Result<Values, ReadError> {
        let names = self.names;
        let mut values = vec![String::new(); names.len()];
        let (mut depth, mut at, mut wrong) = (0, None, None);
        loop {
            let mut add = |text: &str| {
                let Some(value) = at.filter(|_| depth == 1).and_then(|at: usize| values.get_mut(at)) else {
                    return;
                };
                value.push_str(text);
                if value.len() > LARGEST_VALUE {
                    wrong = Some("A value is longer than 64 KiB".to_owned());
                    value.clear();
                }
            };
            match self.event()? {
                Event::Start(start) => {
                    depth += 1;
                    if depth == 1 {
                        at = names.iter().position(|name| *name == start.name().as_ref());
                    }
                }
                Event::End(_) if depth == 0 => return Ok(wrong.map_or(Ok(values), Err)),
                Event::End(_) => depth -= 1,
                Event::Text(text) => add(&text),
                Event::CData(text) => add(&text),
                Event::GeneralRef(name) => match resolved(&name) {
                    Some(text) => add(&text),
                    None => wrong = Some(format!("&{}; stands for nothing", &*name)),
                },
                Event::Eof => return Err(unreadable(&"it breaks off")),
                _ => {}
            }
        }
    }
}

fn resolved(name: &quick_xml::events::BytesRef<'_>) -> Option<String> {
    match name.resolve_char_ref() {
        Ok(Some(letter)) if letter != '\0' => Some(letter.to_string()),
        Ok(None) => resolve_predefined_entity(name).map(str::to_owned),
        _ => None,
    }
}

fn unreadable(why: &dyn std::fmt::Display) -> ReadError {
    FileFault::of_file(format!("The file cannot be read as XML: {why}")).into()
}
