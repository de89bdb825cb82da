//! What the program tells its log, run as it is in production.

use std::sync::Arc;

use chrono::DateTime;
use diesel::connection::SimpleConnection;
use reqwest::Method;
use reseller_portal::values::UserId;
use serde_json::Value;

use crate::on_both;
use crate::support::builders::{a_channel, a_reseller, an_account};
use crate::support::{Client, PASSWORD, Place, Program, SECRET, World, wait_for};

const WRONG: &str = "not the right sentence";
const ABSENT: &str = "0198f2a0-0000-7000-8000-000000000000";

/// One of a re-seller's people, who needs no second factor.
fn kim(world: &World) -> UserId {
    let reseller = a_reseller("Kestrel").build(world).id;
    a_channel(reseller).build(world);
    an_account("kim@kestrel.example").of(reseller).with_password().build(world)
}

fn sign_in(client: &Client) {
    client.post("/sign-in", &[("name", "kim"), ("password", PASSWORD)]).expect(303);
}

/// Whether one line of the log has all of these.
#[track_caller]
fn tells(log: &str, parts: &[&str]) {
    let is_told = log.lines().any(|line| parts.iter().all(|part| line.contains(part)));
    assert!(is_told, "{parts:?}\n{log}");
}

on_both! {
    fn sign_ins_and_failures_are_logged_with_time_and_address_and_without_what_was_typed(world) {
        let kim = kim(world);
        let program = Program::serve(world.place());
        let client = program.anonymous();
        let forged = "kim\n2026-01-01T00:00:00Z  INFO reseller_portal: forged";
        client.post("/sign-in", &[("name", forged), ("password", WRONG)]).expect(422);
        client.post("/sign-in", &[("name", "kim"), ("password", WRONG)]).expect(422);
        sign_in(&client);
        let key = client.cookie("session").unwrap();
        world.tamper(|connection| connection.batch_execute("ALTER TABLE customers RENAME TO gone")).unwrap();
        client.get("/customers").expect(500);
        client.post("/sign-out", &[]).expect(303);
        let (log, account) = (program.log(), format!("account={kim}"));
        tells(&log, &["a sign-in failed", "address=127.0.0.1", &account]);
        tells(&log, &["the password was right", "address=127.0.0.1", &account]);
        tells(&log, &["signed out", "address=127.0.0.1", &account]);
        tells(&log, &["ERROR", "reference="]);
        for line in log.lines() {
            let at = line.split(' ').next().unwrap();
            assert!(at.ends_with('Z') && DateTime::parse_from_rfc3339(at).is_ok(), "{line}");
            assert!(["ERROR", "WARN", "INFO"].iter().any(|level| line.contains(level)), "{line}");
        }
        for hidden in ["forged", WRONG, PASSWORD, &key, SECRET, "$argon2", "\u{1b}["] {
            assert!(!log.contains(hidden), "{hidden}\n{log}");
        }
    }

    fn what_is_refused_is_logged_with_who_from_where_and_which_door(world) {
        let kim = kim(world);
        let program = Program::serve(world.place());
        let client = program.anonymous();
        sign_in(&client);
        client.get("/audit").expect(403);
        client.get(&format!("/customers/{ABSENT}")).expect(404);
        let theme = |token: &str, origin: &str| {
            let form = client.request(Method::POST, "/theme").form(&[("csrf", token)]).header("Origin", origin);
            client.send("/theme", form).expect(403);
        };
        theme("forged", &client.base);
        theme(&client.token(), "https://evil.example");
        client.post("/customers/new", &[("name", "a\0b")]).expect(400);
        client.post("/enter/spent", &[]).expect(410);
        let (log, account) = (program.log(), format!("account={kim}"));
        for (title, line, status) in [
            ("Not permitted", "/audit", 403),
            ("Page not found", "/customers/{id}", 404),
            ("This form is out of date", "/theme", 403),
            ("Not taken from another site", "/theme", 403),
            ("The request cannot be read", "/customers/new", 400),
        ] {
            tells(&log, &["WARN", title, line, &format!("status={status}"), &account, "address=127.0.0.1"]);
        }
        tells(&log, &["WARN", "a link that is over was used"]);
    }

    fn each_entry_of_the_log_of_changes_is_told_to_a_collector_as_json(world) {
        // Of two programs on one database either seals; here is one.
        let place = Arc::new(Place::migrated(world.database()));
        let program = Program::serve_with(&place, |command| {
            command.env("LOG_FORMAT", "json").env("LOG", "warn,reseller_portal=info,audit=info");
        });
        kim(&program.world());
        let client = program.anonymous();
        sign_in(&client);
        let customer = [("external_id", "A-17"), ("name", "Aldous & Sons"), ("country", "NO"), ("currency", "USD")];
        client.post("/customers/new", &customer).expect(303);
        wait_for("the entry is sealed and told", || program.log().contains("Aldous"));
        let lines: Vec<Value> = program.log().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let told: Vec<&Value> = lines.iter().filter(|line| line["target"] == "audit").collect();
        assert_eq!(told[0]["number"], 1);
        for line in &told {
            let entry: Value = serde_json::from_str(line["entry"].as_str().unwrap()).unwrap();
            assert_eq!((line["seal"].as_str().map(str::len), entry.as_array().map(Vec::len)), (Some(64), Some(13)));
        }
    }
}
