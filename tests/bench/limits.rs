//! What the portal is held against: a bare handler with the same bytes, and the same SQL alone.

use std::fmt::Write;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::mpsc;
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpResponse, HttpServer, web};
use diesel::connection::SimpleConnection;

use crate::seed::Seeded;
use crate::support::Program;

/// A handler that does nothing but answer these bytes, as the portal's own server is set up otherwise.
pub struct Bare {
    address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Bare {
    pub fn of(bytes: Vec<u8>) -> Self {
        let bytes = web::Bytes::from(bytes);
        let (tell, hear) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async {
                let app = move || {
                    let bytes = bytes.clone();
                    let answer = move || {
                        let bytes = bytes.clone();
                        async move { HttpResponse::Ok().content_type("text/html; charset=utf-8").body(bytes) }
                    };
                    App::new().default_service(web::to(answer))
                };
                let server = HttpServer::new(app).tcp_nodelay(true).workers(2).bind("127.0.0.1:0").unwrap();
                let address = server.addrs()[0];
                let server = server.run();
                tell.send((address, server.handle())).unwrap();
                server.await.unwrap();
            });
        });
        let (address, handle) = hear.recv().expect("it listens");
        Self { address, handle, thread: Some(thread) }
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
        drop(self.thread.take().map(JoinHandle::join));
    }
}

/// The statements of a page, as PostgreSQL saw them, with their milliseconds there.
pub struct Statements(Vec<(f64, String)>);

impl Statements {
    /// Asks a program of its own for the page, and reads in the server's log what that executed.
    pub fn of(seeded: &Seeded, path: &str, cookie: &str) -> Self {
        let server = seeded.server.as_ref().expect("PostgreSQL tells what it executed");
        server.administer("ALTER DATABASE speed SET log_min_duration_statement = 0");
        let program = Program::serve(&seeded.place);
        let person = program.anonymous();
        person.set_cookie(&format!("session={cookie}"));
        person.get(path);
        let before = server.log().len();
        assert_eq!(person.get(path).status, 200);
        // Each connection has the setting that was in force when it was made, at whatever request that was.
        server.administer("ALTER DATABASE speed RESET log_min_duration_statement");
        let log = server.log().split_off(before);
        let mut found: Vec<(f64, String)> = Vec::new();
        for line in log.lines() {
            if let Some((_, parameters)) = line.split_once("DETAIL:  parameters: ") {
                if let Some((_, statement)) = found.last_mut() {
                    *statement = put_in(statement, parameters);
                }
            } else if let Some((milliseconds, statement)) = executed(line) {
                found.push((milliseconds, statement));
            }
        }
        found.retain(|(_, statement)| statement.starts_with("SELECT"));
        assert!(!found.is_empty(), "the log has no statement:\n{log}");
        Self(found)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Only the one that took longest: a report's own.
    pub fn longest(mut self) -> Self {
        self.0.sort_by(|a, b| b.0.total_cmp(&a.0));
        self.0.truncate(1);
        self
    }

    /// How often `pgbench` runs all of them in a second.
    pub fn rate(&self, seeded: &Seeded, connections: u32, seconds: u32) -> f64 {
        let script = seeded.place.folder.path().join("page.sql");
        let text = self.0.iter().fold(String::new(), |mut text, (_, statement)| {
            writeln!(text, "{statement};").expect("text takes it");
            text
        });
        std::fs::write(&script, text).unwrap();
        let mut pgbench = Command::new("pgbench");
        pgbench.args(["--no-vacuum", "--protocol=prepared", "--client"]).arg(connections.to_string());
        pgbench.arg("--time").arg(seconds.to_string()).arg("--file").arg(&script).arg(seeded.url());
        let ran = pgbench.output().expect("pgbench is installed (Debian: postgresql-contrib)");
        let told = String::from_utf8_lossy(&ran.stdout).into_owned();
        let rate = told.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
        rate.unwrap_or_else(|| panic!("pgbench: {told}{}", String::from_utf8_lossy(&ran.stderr)))
    }
}

/// `LOG:  duration: 0.123 ms  execute name: SELECT ...`
fn executed(line: &str) -> Option<(f64, String)> {
    let (_, rest) = line.split_once("LOG:  duration: ")?;
    let (milliseconds, rest) = rest.split_once(" ms  execute ")?;
    let (_, statement) = rest.split_once(": ")?;
    Some((milliseconds.parse().ok()?, statement.to_owned()))
}

/// `$1 = 'one', $2 = NULL` put in place of `$1` and `$2`, from the last, so that `$1` is not found in `$12`.
fn put_in(statement: &str, parameters: &str) -> String {
    let mut values: Vec<(String, String)> = Vec::new();
    let mut rest = parameters;
    while let Some((name, after)) = rest.split_once(" = ") {
        let end = end_of_value(after);
        values.push((name.trim_start_matches(", ").to_owned(), after[..end].to_owned()));
        rest = &after[end..];
    }
    values.iter().rev().fold(statement.to_owned(), |text, (name, value)| text.replace(name, value))
}

/// Where a quoted value or `NULL` ends.
fn end_of_value(text: &str) -> usize {
    if !text.starts_with('\'') {
        return text.find(',').unwrap_or(text.len());
    }
    let mut at = 1;
    loop {
        let quote = text[at..].find('\'').map_or(text.len(), |found| at + found + 1);
        if !text[quote.min(text.len())..].starts_with('\'') {
            return quote;
        }
        at = quote + 1;
    }
}

/// How long statements take that `psql` runs.
pub fn psql(seeded: &Seeded, statements: &str) -> String {
    let mut psql = Command::new("psql");
    psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--set", "ON_ERROR_STOP=1", "--command"]);
    let ran = psql.arg(statements).arg(seeded.url()).output().expect("psql is installed");
    assert!(ran.status.success(), "{statements}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8_lossy(&ran.stdout).trim().to_owned()
}

/// Runs statements in the filled database.
pub fn execute(seeded: &Seeded, statements: &str) {
    seeded.world.tamper(|connection| connection.batch_execute(statements)).unwrap();
}
