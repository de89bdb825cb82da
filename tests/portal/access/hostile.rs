//! Hostile values in every field of every form: the answer is never an error of the portal's own, and what was typed
//! comes back beside a message or is taken.

use std::collections::BTreeMap;

use diesel::prelude::*;
use reseller_portal::db::schema::users;
use reseller_portal::demo;
use reseller_portal::values::UserId;

use super::crawl::{crawl, line};
use crate::on_both;
use crate::support::{Client, World};

/// How many values each field gets.
const EACH: usize = 6;
/// Forms that would end the session that sends them.
const SPARED: [&str; 3] = ["/sign-out", "/account/sessions/ending", "/account/sessions/{id}/ending"];

/// What people and attackers send in place of what a field asks for.
fn values() -> Vec<String> {
    let texts = [
        "",
        " ",
        "\u{202e}gnp.exe",
        "a\u{200d}b",
        "e\u{301}",
        "é",
        "👩‍👩‍👧",
        "<script>alert(1)</script>",
        "{{7*7}}",
        "' OR 1=1 --",
        "\"><img src=x onerror=alert(1)>",
        "a\r\nSet-Cookie: x=1",
        "../../etc/passwd",
        "%00",
        "\u{feff}x",
        "=1+1",
        "NULL",
        "true",
        "[]",
        "00000000-0000-0000-0000-000000000000",
    ];
    let numbers = [
        "-0",
        "-1",
        "NaN",
        "Infinity",
        "1e400",
        "1e-400",
        "0x10",
        "1_000",
        "1,5",
        "1.234,56",
        "\u{661}",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551616",
        "0.1234567890123456789",
        "99999999999999999999999999999999999999",
        "-99999999999999999999",
    ];
    let dates = [
        "0000-00-00",
        "0000-01",
        "2023-02-29",
        "9999-12-31",
        "9999-12",
        "-1-01-01",
        "262143-12-31",
        "2026-13",
    ];
    let long = ["x".repeat(100_000), "e\u{301}".repeat(1_000)];
    texts.iter().chain(&numbers).chain(&dates).map(|text| (*text).to_owned()).chain(long).collect()
}

/// The values for one field: each field takes up where the one before it left off, so that all are sent many times;
/// with `HOSTILE=all` each field gets every one.
fn chosen(tried: usize) -> Vec<String> {
    let all = values();
    if std::env::var("HOSTILE").is_ok_and(|asked| asked == "all") {
        return all;
    }
    let count = all.len();
    all.into_iter().cycle().skip(tried % count).take(EACH).collect()
}

type Fields = Vec<(String, String)>;

/// Each form that somebody is offered, once for each kind of address, with its fields as the page fills them.
fn forms(client: &Client) -> BTreeMap<&'static str, (String, Fields)> {
    let mut forms = BTreeMap::new();
    for (_, page) in crawl(client, 3) {
        for (action, fields) in page.posting_forms() {
            let own = page.asked.split(' ').nth(1).unwrap_or_default().split('?').next().unwrap_or_default();
            let action = if action.is_empty() { own.to_owned() } else { action };
            if let Some(route) = line("POST", &action).filter(|route| !SPARED.contains(&route.path)) {
                forms.entry(route.path).or_insert((action, fields));
            }
        }
    }
    forms
}

fn session(world: &World, name: &str) -> Client {
    let user: UserId = world.read(|connection| {
        users::table.filter(users::user_name.eq(name)).select(users::id).first(connection)
    });
    world.session_of(user)
}

/// Sends the form with one field changed.
fn send(client: &Client, action: &str, fields: &Fields, at: usize, value: Option<&str>) -> u16 {
    let mut sent: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    match value {
        Some(value) => sent[at].1 = value,
        None => drop(sent.remove(at)),
    }
    client.post(action, &sent).status
}

on_both! {
    fn no_value_in_any_field_breaks_the_portal(world) {
        let world = &World::with(world.database(), |parts| demo::load(parts, |_| ()).unwrap());
        let (mut faults, mut tried) = (Vec::new(), 0);
        for name in ["root", "ingrid"] {
            let forms = forms(&session(world, name));
            assert!(forms.len() > 8, "{name} is offered only {:?}", forms.keys());
            for (pattern, (action, fields)) in forms {
                // Some forms end what the next one needs.
                let client = session(world, name);
                for at in 0..fields.len() {
                    for value in chosen(tried).iter().map(|value| Some(value.as_str())).chain([None]) {
                        let status = send(&client, &action, &fields, at, value);
                        tried += 1;
                        if status >= 500 {
                            let shown: String = value.unwrap_or("nothing").chars().take(40).collect();
                            faults.push(format!("{name}: {pattern}: {} = {shown:?}: {status}", fields[at].0));
                        }
                    }
                }
            }
        }
        assert!(tried > 1_000, "{tried}");
        assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    }
}
