//! Files that are no good: each is told what is wrong with it, as a whole or by line and column, and imports nothing.

use super::setting::*;
use crate::on_both;
use crate::support::{Client, Page, Upload, World};

const GOOD: &str = "g,NORD,DISK,1,GB,2026-10-01,2026-10-02\n";
const END: &str = "GB,2026-10-01,2026-10-02";

fn send(client: &Client, channel: &str, content: &[u8]) -> Page {
    let file = Upload { field: "usage", name: "october.csv", content };
    client.post_file("/usage/files/new", &[("channel", channel), ("format", "portal")], &file)
}

/// The page of a file, once it is checked.
fn checked(world: &World, client: &Client, channel: &str, content: &[u8]) -> Page {
    let address = send(client, channel, content).location().to_owned();
    world.settle();
    client.get(&address).expect(200)
}

fn utf16(text: &str, bytes: impl Fn(u16) -> [u8; 2]) -> Vec<u8> {
    "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(bytes).collect()
}

/// A file below the usual header.
fn below(rows: &[u8]) -> Vec<u8> {
    [HEADER.as_bytes(), rows].concat()
}

/// Files that cannot be read at all, and what is said of them.
fn unreadable() -> Vec<(Vec<u8>, &'static str)> {
    let text = format!("{HEADER}{GOOD}");
    let wide = format!("{}\n", ["1"; 401].join(","));
    let long = "x".repeat(64 * 1024 + 1);
    vec![
        (utf16(&text, u16::to_le_bytes), "The file is UTF-16; save it as CSV in UTF-8"),
        (utf16(&text, u16::to_be_bytes), "The file is UTF-16; save it as CSV in UTF-8"),
        (
            [&[0x1f, 0x8b, 8, 0], text.as_bytes()].concat(),
            "The file is compressed or a workbook; save it as plain CSV",
        ),
        (
            [b"PK\x03\x04", text.as_bytes()].concat(),
            "The file is compressed or a workbook; save it as plain CSV",
        ),
        (b"\xef\xbb\xbf".to_vec(), "The file is empty"),
        (b"\n\r\n\n".to_vec(), "The file is empty"),
        (
            text.replace('\n', "\r").into_bytes(),
            "Line 1: A carriage return stands alone; end lines with LF or CRLF",
        ),
        (text.replacen("unit", "id", 1).into_bytes(), "Line 1: The column “id” stands there twice"),
        (text.replace(',', ";").into_bytes(), "These columns are missing: id, customer"),
        (
            text.replacen("unit", "un\0it", 1).into_bytes(),
            "Line 1: The header has NUL bytes; save the file as CSV in UTF-8",
        ),
        (
            [b"\xe9", text.as_bytes()].concat(),
            "Line 1: The header is not UTF-8; save the file as CSV in UTF-8",
        ),
        (wide.clone().into_bytes(), "Line 1: The row has more than 400 columns"),
        (below(format!("{GOOD}{wide}").as_bytes()), "Line 3: The row has more than 400 columns"),
        (
            below(format!("{GOOD}a,\"NORD,DISK,1,{END}\n").as_bytes()),
            "Line 3: The quote that opens here is never closed",
        ),
        (below(format!("{GOOD}a,{long},DISK,1,{END}\n").as_bytes()), "Line 3: A cell is longer than 64 KiB"),
        (
            below(format!("{GOOD}a,\"{long}\",DISK,1,{END}\n").as_bytes()),
            "Line 3: A cell in quotes is longer than 64 KiB",
        ),
    ]
}

/// Rows that cannot be read, between good ones: column, value and what is said.
fn bad_rows() -> Vec<(Vec<u8>, [&'static str; 3])> {
    let row = |start: &[u8]| [start, END.as_bytes(), b"\n"].concat();
    vec![
        (b"a,NORD,DISK\n".to_vec(), ["–", "–", "The row has 3 cells where the header has 7"]),
        (row(b"a,NORD,DISK,1,GB,"), ["–", "–", "The row has 8 cells where the header has 7"]),
        (
            row(b"a,NO\rRD,DISK,1,"),
            ["customer", "NO RD", "A carriage return stands alone; end lines with LF or CRLF"],
        ),
        (row(b"a,NORD,DI\0SK,1,"), ["product", "DISK", "The cell has a NUL byte"]),
        (row(b"a,NORD,DISK\xe9,1,"), ["product", "DISK\u{fffd}", "The cell is not UTF-8 text"]),
        (row(b"a,\"NORD\"x,DISK,1,"), ["customer", "NORD", "Text follows the closing quote"]),
        (row(b"a,NORD,DISK,\"1,5\","), ["quantity", "1,5", "Not a number such as 1234.5 or 5.2E-9"]),
    ]
}

on_both! {
    fn a_file_that_is_named_as_something_else_is_refused_unread(world) {
        let kestrel = kestrel(world);
        for name in ["usage.xlsx", "usage.csv.exe", "usage"] {
            let file = Upload { field: "usage", name, content: &below(GOOD.as_bytes()) };
            let fields = [("channel", kestrel.channel.to_string()), ("format", "portal".to_owned())];
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let refused = world.root().post_file("/usage/files/new", &fields, &file).expect(422);
            assert_eq!(refused.error_of("usage"), "Choose a file whose name ends in .csv, .json, .jsonl, .ndjson or .xml", "{name}");
        }
    }

    fn a_file_that_cannot_be_read_says_why_and_imports_nothing(world) {
        let channel = kestrel(world).channel.to_string();
        let root = world.root();
        for (content, said) in unreadable() {
            let page = checked(world, &root, &channel, &content);
            assert!(page.main().contains(said), "{said}: {}", page.main());
            assert!(!page.main().contains("Import"), "{said}: {}", page.main());
            let address = page.asked.split(' ').nth(1).unwrap();
            root.post(&format!("{address}/acceptance"), &[]).expect(409);
            root.post(&format!("{address}/partial-acceptance"), &[]).expect(409);
        }
        world.settle();
        assert_eq!(row_counts(world)[..3], [0; 3]);
    }

    fn a_row_that_cannot_be_read_is_told_by_line_and_column_and_holds_back_the_file(world) {
        let channel = kestrel(world).channel.to_string();
        let root = world.root();
        for (number, (row, told)) in bad_rows().into_iter().enumerate() {
            let good = |start: &str| format!("{start}{number}{GOOD}");
            let content = below(&[good("a").as_bytes(), &row, good("b").as_bytes()].concat());
            let page = checked(world, &root, &channel, &content);
            let bad: Vec<Vec<String>> = page.rows().into_iter().filter(|cells| cells.len() == 4).collect();
            assert_eq!(bad.len(), 1, "{told:?}: {bad:?}");
            assert!(bad[0][0].ends_with('3') && bad[0][1..] == told, "{told:?}: {bad:?}");
            let address = page.asked.split(' ').nth(1).unwrap();
            root.post(&format!("{address}/acceptance"), &[]).expect(409);
            world.settle();
            assert_eq!(row_counts(world)[0], 2 * i64::try_from(number).unwrap());
            root.press(&page, "Import 2 good rows", &[]);
            world.settle();
            assert_eq!(row_counts(world)[0], 2 + 2 * i64::try_from(number).unwrap());
        }
    }

    fn an_empty_file_and_one_without_rows_have_nothing_to_import(world) {
        let channel = kestrel(world).channel.to_string();
        let root = world.root();
        let page = send(&root, &channel, b"").expect(422);
        assert_eq!(page.error_of("usage"), "Choose a file that is not empty");
        let page = checked(world, &root, &channel, HEADER.as_bytes());
        assert!(page.main().contains("No row of the file is new"), "{}", page.main());
        assert_eq!(row_counts(world)[..3], [0; 3]);
    }

    fn a_mark_of_the_byte_order_and_a_named_separator_are_read(world) {
        let channel = kestrel(world).channel.to_string();
        let root = world.root();
        let marked = format!("\u{feff}{HEADER}m{GOOD}");
        let separated = format!("sep=;\r\n{HEADER}s{GOOD}").replace(',', ";");
        for (count, content) in (1..).zip([marked, separated]) {
            let page = checked(world, &root, &channel, content.as_bytes());
            root.press(&page, "Import file", &[]);
            world.settle();
            assert_eq!(row_counts(world)[0], count);
        }
    }
}
