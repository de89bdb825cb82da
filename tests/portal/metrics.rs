//! What operators are told: figures for Prometheus, and ids by which a request is found in the log.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::sync::Arc;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use reseller_portal::clock::{Clock, SystemClock};
use reseller_portal::db::schema::mails;
use reseller_portal::jobs::{JobKind, NewJob, store};
use reseller_portal::leases;
use reseller_portal::values::{ChannelId, MailId, ObjectId, ProcessId};
use serde_json::Value;

use crate::on_both;
use crate::support::{Client, Place, Program, World, wait_for};

/// Served with a listener for figures; the second client asks there.
fn served(place: &Arc<Place>) -> (Program, Client) {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let program = Program::serve_with(place, |command| {
        command.env("METRICS_LISTEN", free.to_string());
        command.env("LOG_FORMAT", "json").env("LOG", "warn,reseller_portal=info,request=info");
    });
    (program, Client::at(format!("http://{free}")))
}

/// The value of a series, by the beginning of its line.
#[track_caller]
fn value(text: &str, series: &str) -> i64 {
    let line = text.lines().find_map(|line| line.strip_prefix(series));
    let line = line.unwrap_or_else(|| panic!("{series}\n{text}"));
    line.trim().parse().unwrap_or_else(|error| panic!("{series}{line}: {error}"))
}

/// A job of an hour ago, in a lane that somebody else has.
fn a_job_that_waits(world: &World) {
    let (subject, now) = (ObjectId::derived("channel"), SystemClock.now());
    let (lane, other) = (format!("job {}", subject.as_uuid().simple()), ProcessId::generate());
    world.write(|connection| {
        assert!(leases::take(connection, &lane, other, now, now.plus(chrono::Duration::hours(1)))?);
        let new = NewJob { kind: JobKind::RateMonth, subject, month: None };
        store::enqueue(connection, &new, now.plus(-chrono::Duration::hours(1)))
    });
}

on_both! {
    fn figures_are_told_on_their_own_listener_and_nowhere_else(world) {
        let (program, operators) = served(world.place());
        let root = program.root();
        root.get("/products").expect(200);
        root.get(&format!("/customers/{}", ChannelId::generate())).expect(404);
        assert_eq!(root.get("/metrics").status, 404);
        assert_eq!(operators.get("/products").status, 404);
        world.write(|connection| {
            let row = (
                (mails::id.eq(MailId::generate()), mails::recipient.eq("a@b.example"), mails::subject.eq("s")),
                (mails::body.eq("b"), mails::created_at.eq(world.now()), mails::attempts.eq(10)),
            );
            diesel::insert_into(mails::table).values(row).execute(connection)
        });
        a_job_that_waits(world);
        let text = operators.get("/metrics").expect(200).html();
        assert_eq!(value(&text, "portal_jobs{kind=\"rate_month\",state=\"queued\"}"), 1);
        assert!(value(&text, "portal_oldest_job_seconds") >= 3600, "{text}");
        assert!(value(&text, "portal_request_seconds_count{method=\"GET\",route=\"/products\",status=\"200\"}") >= 1);
        let absent = "portal_request_seconds_count{method=\"GET\",route=\"/customers/{id}\",status=\"404\"}";
        assert_eq!(value(&text, absent), 1);
        assert_eq!(value(&text, "portal_mails{state=\"failed\"}"), 1);
        assert_eq!(value(&text, "portal_database_up"), 1);
        assert!(value(&text, "process_resident_memory_bytes") > 10_000_000);
        let build = format!("portal_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"));
        assert_eq!(value(&text, &build), 1);
        for pool in ["readers", "writers"] {
            let of = |state: &str| {
                value(&text, &format!("portal_database_connections{{pool=\"{pool}\",state=\"{state}\"}}"))
            };
            assert!(of("in_use") + of("idle") >= 1 && of("waiting") == 0, "{text}");
        }
        for known in ["portal_requests_in_flight", "portal_imported_rows_total"] {
            assert!(value(&text, known) >= 0);
        }
        assert!(!text.contains("/customers/0"), "an id is told: {text}");
    }

    fn each_request_has_an_id_in_its_answer_its_log_and_its_error_page(world) {
        let (program, _) = served(world.place());
        let root = program.root();
        let ids: Vec<String> = ["/products", "/static/icon.svg", "/nowhere", "/healthz"]
            .iter()
            .map(|path| root.get(path).header("x-request-id").to_owned())
            .collect();
        assert!(ids.iter().all(|id| id.len() == 32) && ids.iter().collect::<BTreeSet<_>>().len() == 4, "{ids:?}");
        world.tamper(|connection| connection.batch_execute("ALTER TABLE customers RENAME TO gone")).unwrap();
        let failed = root.get("/customers").expect(500);
        let id = failed.header("x-request-id").to_owned();
        assert!(failed.html().contains(&id), "{}", failed.describe());
        let line = |id: &str, has: &str| {
            program.log().lines().any(|line| {
                let line: Value = serde_json::from_str(line).unwrap();
                line["span"]["id"] == id && line.to_string().contains(has)
            })
        };
        wait_for("the failure is in the log", || line(&id, "\"reference\""));
        wait_for("the answer is in the log", || line(&id, "\"status\":500"));
        wait_for("the first answer is in the log", || line(&ids[0], "\"route\":\"/products\""));
    }
}
