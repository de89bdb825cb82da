//! The program is asked to end while it works.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use diesel::{Connection, PgConnection};
use reseller_portal::db::AnyConnection;
use reseller_portal::values::ChannelId;

use super::cases::imported;
use super::setting::{business, let_it_finish, look, number, run, verifies};
use super::work::upload;
use crate::support::{Client, Database, Place, Program, wait_for};

const IN_FLIGHT: usize = 50;

/// A form on its way: the program has read its head and waits for its body.
struct Sending {
    socket: BufReader<TcpStream>,
    body: String,
}

impl Sending {
    fn begin(program: &Program, client: &Client, number: usize) -> Self {
        let cookie = |name: &str| format!("{name}={}", client.cookie(name).expect("a cookie"));
        let body = format!(
            "csrf={}&sku=P-{number}&name=P-{number}&category=Storage&unit=GB&metered=on",
            client.token()
        );
        let mut socket = TcpStream::connect(program.address()).unwrap();
        let (session, form) = (cookie("session"), cookie("form"));
        let (address, length) = (program.address(), body.len());
        write!(
            socket,
            "POST /products/new HTTP/1.1\r\nHost: {address}\r\nCookie: {session}; {form}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\
             Expect: 100-continue\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut socket = BufReader::new(socket);
        let mut line = String::new();
        socket.read_line(&mut line).unwrap();
        assert!(line.starts_with("HTTP/1.1 100"), "{line}");
        socket.read_line(&mut line).unwrap();
        Self { socket, body }
    }

    /// Sends the rest; the whole answer.
    fn end(mut self) -> String {
        self.socket.get_mut().write_all(self.body.as_bytes()).unwrap();
        let mut answer = String::new();
        self.socket.read_to_string(&mut answer).unwrap();
        answer
    }
}

fn answers_what_is_in_flight(database: Database) {
    let place = Arc::new(Place::migrated(database));
    let mut program = Program::serve(&place);
    let root = program.root();
    root.get("/products/new").expect(200);
    let sending: Vec<Sending> =
        (0..IN_FLIGHT).map(|number| Sending::begin(&program, &root, number)).collect();
    program.terminate();
    wait_for("nobody else is let in", || TcpStream::connect(program.address()).is_err());
    for one in sending {
        let answer = one.end();
        assert!(answer.starts_with("HTTP/1.1 303 "), "{answer}");
    }
    assert_eq!(program.ended().code(), Some(0), "{}", program.said());
    let kept = "SELECT count(*) FROM products WHERE sku LIKE 'P-%'";
    assert_eq!(look(&place, |connection| number(connection, kept)), i64::try_from(IN_FLIGHT).unwrap());
    verifies(&place, "after the end");
}

/// Brings a file and imports it as soon as it is read.
fn bring(client: &Client, channel: ChannelId, rows: usize) {
    let answer = upload(client, channel, rows);
    let address = answer.location();
    wait_for("the file is checked", || client.get(address).expect(200).has_button("Import file"));
    client.post(&format!("{address}/acceptance"), &[]).expect(303);
}

const RUNNING: &str = "SELECT count(*) FROM jobs WHERE kind = 'accept_file' AND state = 'running'";

#[test]
fn asked_to_end_it_answers_all_that_is_in_flight_and_ends_well_on_sqlite() {
    answers_what_is_in_flight(Database::Sqlite);
}

#[test]
fn asked_to_end_it_answers_all_that_is_in_flight_and_ends_well_on_postgres() {
    answers_what_is_in_flight(Database::Postgres);
}

#[test]
fn an_import_that_runs_when_the_program_ends_is_done_or_undone_and_goes_on_at_the_next_start() {
    let place = Arc::new(Place::migrated(Database::Sqlite));
    let mut program = Program::serve(&place);
    let channel = business(&program.world())[0].1;
    bring(&program.root(), channel, 4_000);
    wait_for("the import runs or has ended", || {
        look(&place, |connection| Ok(number(connection, RUNNING)? == 1 || imported(connection)?[0][3] == 1))
    });
    program.terminate();
    assert_eq!(program.ended().code(), Some(0), "{}", program.said());
    let (found, all) = (look(&place, imported), vec![vec![4_000, 4_000, 4_000, 1, 1]]);
    assert!(found == all || found == [[0; 5]], "{found:?}");
    let_it_finish(&place);
    assert_eq!(look(&place, imported), all);
    verifies(&place, "after the end");
}

#[test]
fn a_job_that_cannot_end_does_not_keep_the_program_from_ending() {
    let place = Arc::new(Place::migrated(Database::Postgres));
    let mut program = Program::serve(&place);
    let channel = business(&program.world())[0].1;
    let root = program.root();
    let mut holder = AnyConnection::Postgres(PgConnection::establish(&place.url).unwrap());
    run(&mut holder, "BEGIN; LOCK TABLE usage_keys IN EXCLUSIVE MODE").unwrap();
    bring(&root, channel, 100);
    wait_for("the import runs", || look(&place, |connection| Ok(number(connection, RUNNING)? == 1)));
    program.terminate();
    assert_eq!(program.ended().code(), Some(0), "{}", program.said());
    drop(holder);
    assert_eq!(look(&place, imported), [[0; 5]]);
    let_it_finish(&place);
    assert_eq!(look(&place, imported), [[100, 100, 100, 1, 1]]);
    verifies(&place, "after the end");
}
