//! How requests are read: their methods, where they end, what is sent twice, packed or encoded.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use diesel::prelude::*;
use reqwest::Method;
use reseller_portal::db::schema::{customers, users};

use crate::on_both;
use crate::support::World;
use crate::support::builders::{a_channel, a_reseller};

/// What looks encoded, escaped or like a template, and is none of it.
const TYPED: &str = "%3Cb%3E &lt;i&gt; <b>{{7*7}}</b> %2541 \"'+";

/// Sends bytes as they are; the statuses of the answers until the connection closes.
fn statuses(world: &World, request: &str) -> Vec<String> {
    let mut stream = TcpStream::connect(world.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    answer.split("HTTP/1.1 ").skip(1).map(|rest| rest[..3].to_owned()).collect()
}

/// A form that says where it ends in these headers, and another request behind it.
fn form_and_another(headers: &str, body: &str) -> String {
    let kind = "Content-Type: application/x-www-form-urlencoded";
    let first = format!("POST /theme HTTP/1.1\r\nHost: portal\r\n{kind}\r\n{headers}\r\n\r\n{body}");
    format!("{first}GET /healthz HTTP/1.1\r\nHost: portal\r\nConnection: close\r\n\r\n")
}

/// A gzip stream of so many equal letters: one letter, then copies of 258 of them in 13 bits each.
fn packed(letters: usize) -> Vec<u8> {
    let mut bits = vec![true, true, false]; // the last block, with the fixed code
    let mut code =
        |value: u16, length: u32| bits.extend((0..length).rev().map(|bit| (value >> bit) & 1 == 1));
    code(0x30 + u16::from(b'x'), 8);
    for _ in 0..letters / 258 {
        code(0b1100_0101, 8);
        code(0, 5);
    }
    code(0, 7);
    let byte = |bits: &[bool]| bits.iter().rev().fold(0, |byte, bit| (byte << 1) | u8::from(*bit));
    let header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let length = 1 + letters / 258 * 258;
    let ends = [checksum(length), u32::try_from(length).unwrap()].map(u32::to_le_bytes);
    header.into_iter().chain(bits.chunks(8).map(byte)).chain(ends.concat()).collect()
}

/// The CRC-32 of so many letters x.
fn checksum(letters: usize) -> u32 {
    let bit = |sum: u32| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 };
    !(0..letters).fold(u32::MAX, |sum, _| (0..8).fold(sum ^ u32::from(b'x'), |sum, _| bit(sum)))
}

on_both! {
    fn methods_that_no_address_has_are_not_answered_and_nothing_is_sent_back(world) {
        let client = world.root();
        for path in ["/", "/sign-in", "/audit", "/healthz", "/static/portal.js"] {
            for method in [Method::TRACE, Method::OPTIONS, Method::PUT, Method::PATCH, Method::DELETE] {
                let request = client.request(method.clone(), path).header("X-Told", "only to the portal");
                let answer = client.send(path, request).expect(404);
                assert!(!answer.html().contains("only to the portal"), "{method} {path}");
                assert!(!answer.headers.contains_key("allow"), "{method} {path}");
            }
        }
    }

    fn a_message_ends_where_its_chunks_end_and_one_that_says_it_twice_is_refused(world) {
        let chunked = form_and_another("Transfer-Encoding: chunked", "0\r\n\r\n");
        assert_eq!(statuses(world, &chunked), ["403", "200"]);
        for contradiction in [
            "Content-Length: 60\r\nTransfer-Encoding: chunked",
            "Content-Length: 4\r\nContent-Length: 50",
            "Content-Length: +4",
            "Content-Length: 4, 50",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
            "Transfer-Encoding: xchunked",
        ] {
            let answers = statuses(world, &form_and_another(contradiction, "0\r\n\r\n"));
            assert_eq!(answers, ["400"], "{contradiction}");
        }
    }

    fn a_field_that_comes_twice_or_in_the_address_is_not_taken(world) {
        let client = world.root();
        let twice = [("full_name", "Ida"), ("email", "ida@people.example"), ("email", "ivo@people.example"), ("role", "finance")];
        client.post("/people/new", &twice).expect(400);
        client.post("/people/new?full_name=Ida&email=ida%40people.example&role=finance", &[]).expect(422);
        client.get("/audit?person=Ida&person=Ivo").expect(400);
        let people: i64 = world.read(|connection| users::table.count().get_result(connection));
        assert_eq!(people, 1);
    }

    fn what_was_typed_is_decoded_once_kept_as_it_is_and_escaped_where_it_is_shown(world) {
        let kestrel = a_reseller("Kestrel").build(world).id;
        a_channel(kestrel).build(world);
        let seller = world.reseller(kestrel);
        let facts = [("external_id", "C-1"), ("name", TYPED), ("country", "NO"), ("currency", "USD")];
        let page = seller.submit("/customers/new", &facts).expect(200);
        let kept: String = world.read(|connection| customers::table.select(customers::name).first(connection));
        assert_eq!(kept, TYPED);
        let edit = page.attributes("a[href$='/edit']", "href").remove(0);
        assert_eq!(seller.get(&edit).field_value("name"), TYPED);
        for page in [page, seller.get("/customers"), seller.get("/customers?q=49")] {
            assert!(!page.html().contains("<b>{{") && !page.html().contains("<b>49"), "{}", page.asked);
        }
        assert!(seller.get("/customers").main().contains(TYPED));
    }

    fn a_packed_form_is_measured_by_what_comes_out_of_it(world) {
        let client = world.anonymous();
        let send = |letters: usize| {
            let request = client.request(Method::POST, "/sign-up").body(packed(letters));
            let request = request.header("Content-Encoding", "gzip");
            client.send("/sign-up", request.header("Content-Type", "application/x-www-form-urlencoded"))
        };
        assert!(send(100_000).expect(403).main().contains("This form is out of date"));
        let large = send(4 * 1024 * 1024).expect(400);
        assert!(large.main().contains("The form is too large to be read"), "{}", large.describe());
    }
}
