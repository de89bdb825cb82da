//! Finds the objects of a JSON file one after the other, in lines or in a list, without reading the file as a whole.

use std::collections::HashMap;
use std::io::Read;

use memchr::memmem;
use serde_json::value::RawValue;

use super::window::Window;
use super::{FileFault, Limits, ReadError, is_text};

/// In bytes.
const LARGEST_OBJECT: usize = 1024 * 1024;
/// What stands around a list is short.
const LARGEST_ENVELOPE: usize = 64 * 1024;

/// The objects that are left.
#[derive(Debug)]
pub(super) struct Objects<R> {
    window: Window<R>,
    /// How many bytes of the window the object at hand takes.
    length: usize,
    /// Of the object at hand, from 1.
    pub number: u64,
    /// Objects of a list, which ends with a bracket; else one follows the other.
    in_list: bool,
    /// How many may still follow; `None` when there is no limit.
    left: Option<u64>,
    is_done: bool,
}

impl<R: Read> Objects<R> {
    /// Opens a file of objects, or of one list of them.
    pub fn open(source: R, limits: Limits) -> Result<Self, ReadError> {
        let mut objects = Self::at_start(source, limits)?;
        match objects.next_byte()? {
            Some(b'[') => objects.enter_list(1),
            Some(b'{') => {}
            None => return Err(FileFault::of_file("The file is empty").into()),
            Some(_) => {
                return Err(FileFault::of_file("The file is no JSON: it begins with neither { nor [").into());
            }
        }
        Ok(objects)
    }

    /// Opens a file whose only list of objects stands under a name, however deep.
    pub fn open_named(source: R, limits: Limits, name: &str) -> Result<Self, ReadError> {
        let mut objects = Self::at_start(source, limits)?;
        objects.window.at_least(LARGEST_ENVELOPE)?;
        let start = objects.window.rest();
        let start = start.get(..LARGEST_ENVELOPE).unwrap_or(start);
        let missing = || {
            FileFault::of_file(format!("The file has no list “{name}”, as an answer of listUsageRecords has"))
        };
        let quoted = format!("\"{name}\"");
        let at = memmem::find(start, quoted.as_bytes()).ok_or_else(missing)?;
        let after = start.get(at + quoted.len()..).unwrap_or_default();
        let bracket = after.iter().position(|byte| *byte == b'[').ok_or_else(missing)?;
        let between = after.get(..bracket).unwrap_or_default();
        if !between.iter().all(|byte| byte.is_ascii_whitespace() || *byte == b':') {
            return Err(missing().into());
        }
        objects.enter_list(at + quoted.len() + bracket + 1);
        Ok(objects)
    }

    fn at_start(source: R, limits: Limits) -> Result<Self, ReadError> {
        let mut window = Window::new(source, limits);
        window.at_least(8)?;
        is_text(window.rest())?;
        if window.rest().starts_with(b"\xef\xbb\xbf") {
            window.pass(3);
        }
        Ok(Self { window, length: 0, number: 0, in_list: false, left: limits.rows, is_done: false })
    }

    fn enter_list(&mut self, bytes: usize) {
        self.window.pass(bytes);
        self.in_list = true;
    }

    /// The next object's text, which lives until the one after it is asked for; `None` at the end.
    pub fn next_object(&mut self) -> Result<Option<&[u8]>, ReadError> {
        let is_there = !self.is_done && self.advance().inspect_err(|_| self.is_done = true)?;
        self.is_done |= !is_there;
        Ok(is_there.then(|| self.window.rest().get(..self.length).unwrap_or_default()))
    }

    fn advance(&mut self) -> Result<bool, ReadError> {
        self.window.pass(std::mem::take(&mut self.length));
        let mut next = self.next_byte()?;
        if self.in_list && self.number > 0 && next == Some(b',') {
            self.window.pass(1);
            next = self.next_byte()?;
        }
        match next {
            Some(b']') if self.in_list => return Ok(false),
            None if !self.in_list => return Ok(false),
            None => return Err(self.fault("The file breaks off after record")),
            Some(b'{') => {}
            Some(_) => return Err(self.fault("No object follows record")),
        }
        self.number += 1;
        if let Some(left) = &mut self.left {
            let reason = "The file has more than 2,000,000 rows; split it";
            *left = left.checked_sub(1).ok_or_else(|| FileFault::of_file(reason))?;
        }
        loop {
            let rest = self.window.rest();
            let length = object_length(rest);
            if length.unwrap_or(rest.len()) > LARGEST_OBJECT {
                return Err(self.fault("Longer than 1 MiB, or without an end: record"));
            }
            if let Some(length) = length {
                self.length = length;
                return Ok(true);
            }
            if self.window.is_whole() {
                return Err(self.fault("The file breaks off in record"));
            }
            self.window.more()?;
        }
    }

    fn fault(&self, what: &str) -> ReadError {
        FileFault::of_file(format!("{what} {}", self.number)).into()
    }

    /// Steps over white space to the next byte.
    fn next_byte(&mut self) -> Result<Option<u8>, ReadError> {
        loop {
            self.window.at_least(1)?;
            let rest = self.window.rest();
            let blank = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let next = rest.get(blank).copied();
            self.window.pass(blank);
            if next.is_some() || self.window.rest().is_empty() && self.window.is_whole() {
                return Ok(next);
            }
        }
    }
}

/// How many bytes the object at the start takes; `None` when its end is not among the bytes.
fn object_length(bytes: &[u8]) -> Option<usize> {
    let (mut depth, mut in_text, mut is_escaped) = (0_usize, false, false);
    for (at, byte) in bytes.iter().enumerate() {
        match (in_text, byte) {
            (true, _) if is_escaped => is_escaped = false,
            (true, b'\\') => is_escaped = true,
            (_, b'"') => in_text = !in_text,
            (false, b'{' | b'[') => depth += 1,
            (false, b'}' | b']') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// The values of an object under some names, as text; what is absent or `null` is empty. `data.unit` is a value of the
/// object `data`. Numbers stand as they are written.
pub(super) fn values(object: &[u8], names: &[String]) -> Result<Vec<String>, String> {
    type Named<'o> = HashMap<String, &'o RawValue>;
    let not_json = |error: serde_json::Error| format!("Not valid JSON: {error}");
    let outer: Named<'_> = serde_json::from_slice(object).map_err(not_json)?;
    let mut inner: HashMap<&str, Named<'_>> = HashMap::new();
    let mut values = Vec::with_capacity(names.len());
    for name in names {
        let value = match name.split_once('.') {
            None => outer.get(name.as_str()),
            Some((part, name)) => {
                if let (Some(object), false) = (outer.get(part), inner.contains_key(part)) {
                    let object = serde_json::from_str(object.get());
                    inner.insert(part, object.map_err(|_| format!("“{part}” is no object"))?);
                }
                inner.get(part).and_then(|object| object.get(name))
            }
        };
        values.push(match value {
            Some(value) => text(value.get()).map_err(|why| format!("“{name}” {why}"))?,
            None => String::new(),
        });
    }
    Ok(values)
}

fn text(value: &str) -> Result<String, &'static str> {
    let text = match value.as_bytes().first() {
        Some(b'"') => serde_json::from_str(value).map_err(|_| "is not valid text")?,
        Some(b'{' | b'[') => return Err("is neither text nor a number"),
        _ if value == "null" => String::new(),
        _ => value.to_owned(),
    };
    if text.contains('\0') { Err("has a NUL byte") } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(content: &str) -> Result<Vec<String>, String> {
        let mut objects =
            Objects::open(content.as_bytes(), Limits::UPLOAD).map_err(|error| error.to_string())?;
        let mut all = Vec::new();
        while let Some(object) = objects.next_object().map_err(|error| error.to_string())? {
            all.push(String::from_utf8(object.to_vec()).unwrap());
        }
        Ok(all)
    }

    #[test]
    fn objects_stand_in_lines_or_in_a_list() {
        let objects = ["{\"a\":\"}]\\\"\"}".to_owned(), "{\"b\":[{}]}".to_owned()];
        assert_eq!(all(&objects.join("\n")).unwrap(), objects);
        assert_eq!(all(&format!(" [ {} ]\n", objects.join(" ,\n"))).unwrap(), objects);
        assert_eq!(all("[]").unwrap(), [""; 0]);
    }

    #[test]
    fn a_file_that_breaks_off_or_is_something_else_is_refused() {
        for (content, said) in [
            ("", "empty"),
            ("a,b", "no JSON"),
            ("[{\"a\":1},", "breaks off after record 1"),
            ("[{\"a\":1}, {\"b\"", "breaks off in record 2"),
            ("{\"a\":1} 7", "No object follows record 1"),
        ] {
            let fault = all(content).unwrap_err();
            assert!(fault.contains(said), "{fault}");
        }
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(LARGEST_OBJECT + 512 * 1024));
        assert!(all(&long).unwrap_err().contains("1 MiB"));
    }

    #[test]
    fn values_are_text_as_written_to_the_last_digit() {
        let names = ["a", "data.n", "data.s", "none", "nil"].map(str::to_owned);
        let read = |object: &str| values(object.as_bytes(), &names);
        let object = "{\"a\":\"x\\u00e9\",\"nil\":null,\"data\":{\"n\":0.000000000000000001,\"s\":\"12\"}}";
        assert_eq!(read(object).unwrap(), ["xé", "0.000000000000000001", "12", "", ""]);
        for (object, said) in [
            ("{\"a\":[1]}", "neither text nor a number"),
            ("{\"a\":\"\\u0000\"}", "NUL"),
            ("{\"data\":7}", "“data” is no object"),
            ("{a:1}", "Not valid JSON"),
        ] {
            let why = read(object).unwrap_err();
            assert!(why.contains(said), "{why}");
        }
    }
}
