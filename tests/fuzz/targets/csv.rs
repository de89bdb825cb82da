//! Any bytes are split into rows within the limits, and what a CSV writer writes is read back.

#![no_main]

use csv::{Terminator, WriterBuilder};
use libfuzzer_sys::fuzz_target;
use reseller_portal::usage::formats::{LARGEST_CELL, Limits, MOST_COLUMNS, ReadError, Rows};

/// What separates cells and ends rows of the table that is written: bytes that stand in no text.
const CELL: u8 = 0x1f;
const ROW: u8 = 0x1e;

fuzz_target!(|content: &[u8]| {
    limits_hold(content);
    if let [first, rest @ ..] = content {
        let separator = [b',', b';', b'\t', b'|'][usize::from(first % 4)];
        let ends = if first & 4 == 0 { Terminator::Any(b'\n') } else { Terminator::CRLF };
        is_read_back(rest, separator, ends);
    }
});

fn limits_hold(content: &[u8]) {
    let Ok(mut rows) = Rows::open(content, Limits::UPLOAD) else { return };
    let mut line = 0;
    loop {
        match rows.next_row() {
            Ok(Some(row)) => {
                assert!(row.line > line, "lines ascend");
                assert!((1..=MOST_COLUMNS).contains(&row.len()));
                assert!(row.iter().all(|cell| cell.len() <= LARGEST_CELL));
                assert!(row.fault.is_none_or(|(cell, _)| cell < row.len()));
                line = row.line;
            }
            Ok(None) => break,
            Err(ReadError::Fault(fault)) => {
                assert!(fault.line.is_none_or(|faulty| faulty >= line));
                break;
            }
            Err(ReadError::Broken(error)) => unreachable!("memory never breaks off: {error}"),
        }
    }
    assert!(matches!(rows.next_row(), Ok(None)), "the end or a fault ends the reading");
}

fn is_read_back(content: &[u8], separator: u8, ends: Terminator) {
    // The first cell keeps the file from beginning like another kind of file.
    let mut table = vec![vec![b"head".to_vec()]];
    table.extend(
        content
            .split(|byte| *byte == ROW)
            .map(|row| row.split(|byte| *byte == CELL).map(<[u8]>::to_vec).collect()),
    );
    if table.iter().any(|row| row.len() > MOST_COLUMNS || row.iter().any(|cell| cell.len() > LARGEST_CELL)) {
        return;
    }
    let mut writer =
        WriterBuilder::new().flexible(true).delimiter(separator).terminator(ends).from_writer(Vec::new());
    for row in &table {
        writer.write_record(row).expect("memory takes it");
    }
    let mut file =
        if separator == b',' { Vec::new() } else { vec![b's', b'e', b'p', b'=', separator, b'\n'] };
    file.extend(writer.into_inner().expect("memory takes it"));
    let mut rows = Rows::open(&file[..], Limits::UPLOAD).expect("it begins like a table");
    let mut read: Vec<Vec<Vec<u8>>> = Vec::new();
    while let Some(row) = rows.next_row().expect("it is within the limits") {
        assert_eq!(row.fault, None);
        read.push(row.iter().map(<[u8]>::to_vec).collect());
    }
    assert_eq!(read, table);
}
