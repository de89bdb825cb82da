//! A file that is larger than any that is read.

use std::io::{Read, Write};
use std::net::TcpStream;

use reqwest::header::COOKIE;
use reseller_portal::usage::formats::LARGEST_FILE;

use super::setting::*;
use crate::support::{Database, World};

/// What a form with a file may have beside it.
const FORM: usize = 1024 * 1024;

#[test]
fn a_file_that_is_too_large_is_cut_off_and_says_so() {
    let world = World::on(Database::Sqlite);
    kestrel(&world);
    let root = world.root();
    let session = root.cookie("session").unwrap();
    let head = "--x\r\nContent-Disposition: form-data; name=\"usage\"; filename=\"u.csv\"\r\nContent-Type: text/csv\r\n\r\n";
    let size = LARGEST_FILE + FORM + 1;
    let mut stream = TcpStream::connect(world.address()).unwrap();
    write!(
        stream,
        "POST /usage/files/new HTTP/1.1\r\nHost: portal\r\nConnection: close\r\n{COOKIE}: session={session}\r\n\
         Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {}\r\n\r\n{head}",
        head.len() + size
    )
    .unwrap();
    std::io::copy(&mut std::io::repeat(b'x').take(size as u64), &mut stream).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("This is too large"), "{answer}");
    assert_eq!(row_counts(&world), [0; 4]);
}
