//! A form takes its own fields and no others: sent with the name of every column of every table beside them, it does
//! what it does without.

use std::collections::{BTreeMap, BTreeSet};

use super::forms::{forms, session};
use super::plausible::{completed, extra_value};
use crate::on_both;
use crate::support::catalogue::{self, Column};
use crate::support::{Client, PageForm, World};

/// Who is offered forms: the provider, a re-seller, somebody with a draft, somebody with an offer to answer.
const PEOPLE: [&str; 4] = ["root", "ingrid", "marek@pixelforge.example", "eva@quartzpeak.example"];
/// Texts from this length on are ids, keys and hashes.
const KEY: usize = 32;

/// Tables with JSON, whose names come in any order.
const HOLD_JSON: [&str; 2] = ["audit_events", "sessions"];

/// Tables with tens of thousands of rows that files bring and no form: only their number is compared.
const LARGE: [&str; 3] = ["usage_records", "usage_keys", "usage_daily"];

/// The rows of every table.
type Rows = BTreeMap<String, Vec<String>>;

fn rows(world: &World, columns: &[Column]) -> Rows {
    let tables: BTreeSet<&str> = columns.iter().map(|column| column.in_table.as_str()).collect();
    // The log is sealed whenever the background comes to it.
    let tables = tables.into_iter().filter(|table| *table != "audit_seals");
    let counted = |table: &str| format!("SELECT CAST(count(*) AS TEXT) AS content FROM {table}");
    world.read(|connection| {
        let mut rows = Rows::new();
        for table in tables {
            let of_table = match LARGE.contains(&table) {
                true => catalogue::texts(connection, &counted(table))?,
                false => catalogue::rows(connection, columns, table)?,
            };
            rows.insert(table.to_owned(), of_table);
        }
        Ok(rows)
    })
}

/// The pieces of a text that may be ids, keys or hashes, and what stands between them.
fn pieces(row: &str) -> Vec<&str> {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    let mut pieces = Vec::new();
    let mut rest = row;
    while !rest.is_empty() {
        let is_word = rest.starts_with(is_letter);
        let end = rest.find(|letter| is_letter(letter) != is_word).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        pieces.push(piece);
        rest = after;
    }
    pieces
}

fn keys(rows: &Rows) -> BTreeSet<String> {
    let all = rows.values().flatten().flat_map(|row| pieces(row));
    all.filter(|piece| piece.len() >= KEY).map(str::to_owned).collect()
}

/// What came and what went, by table, without what is new each time: ids, keys, hashes and the port.
fn changes(world: &World, before: &Rows, after: &Rows, known: &BTreeSet<String>) -> Vec<String> {
    let port = world.address().port().to_string();
    let told = |sign: &str, table: &str, row: &str| {
        let piece = |piece: &str| match piece {
            key if key.len() >= KEY && !known.contains(key) => "#".to_owned(),
            number if number == port => "PORT".to_owned(),
            other => other.to_owned(),
        };
        let mut told: Vec<String> = pieces(row).into_iter().map(piece).collect();
        if HOLD_JSON.contains(&table) {
            told.retain(|piece| piece.contains(char::is_alphanumeric) || piece == "#");
            told.sort();
        }
        format!("{sign} {table} {}", told.concat())
    };
    let mut changes = Vec::new();
    for (table, rows) in after {
        let (old, new): (BTreeSet<&String>, BTreeSet<&String>) =
            (before[table].iter().collect(), rows.iter().collect());
        changes.extend(new.difference(&old).map(|row| told("+", table, row)));
        changes.extend(old.difference(&new).map(|row| told("-", table, row)));
    }
    changes.sort();
    changes
}

/// The names of all columns, and what fields call the objects that they refer to, but those of the form itself.
fn extras(form: &PageForm, columns: &[Column]) -> Vec<(String, String)> {
    let all: BTreeSet<&str> = columns.iter().map(|column| column.called.as_str()).collect();
    let objects = all.iter().filter_map(|name| name.strip_suffix("_id"));
    let names: BTreeSet<&str> = all.iter().copied().chain(objects).collect();
    let own = form.names();
    names
        .into_iter()
        .filter(|name| !own.contains(name))
        .map(|name| (name.to_owned(), extra_value(name)))
        .collect()
}

/// Sends a form, and the one that asks whether it is meant; the last answer without what is new each time.
fn send(client: &Client, form: &PageForm, extras: &[(String, String)]) -> (u16, String) {
    let mut form = form.clone();
    loop {
        let fields: Vec<_> = completed(&form).into_iter().chain(extras.iter().cloned()).collect();
        let answer = client.fill(&form, &fields);
        let again = answer
            .posting_forms()
            .into_iter()
            .find(|next| next.action == form.action && next.names() != form.names());
        match again {
            Some(next) if answer.status == 200 => form = next,
            _ => return (answer.status, answer.header("location").to_owned()),
        }
    }
}

on_both! {
    fn a_field_that_a_form_does_not_have_changes_nothing(world) {
        let worlds = [(); 2].map(|()| World::demonstration(world.database()));
        let [plain, laden] = &worlds;
        let columns = plain.read(catalogue::columns);
        worlds.iter().for_each(World::settle);
        let before = worlds.each_ref().map(|world| rows(world, &columns));
        let (mut sent, mut taken) = (0, Vec::new());
        for name in PEOPLE {
            let offered = forms(&session(plain, name));
            // As many sessions in both.
            session(laden, name);
            for (pattern, form) in offered {
                let answer = send(&session(plain, name), &form, &[]);
                let other = send(&session(laden, name), &form, &extras(&form, &columns));
                // What goes on in the background is through before the next form meets it.
                worlds.iter().for_each(World::settle);
                assert_eq!(answer.0, other.0, "{name}: {pattern}");
                sent += 1;
                taken.extend((answer.0 == 303).then_some(pattern));
            }
        }
        worlds.iter().for_each(World::settle);
        let after = worlds.each_ref().map(|world| rows(world, &columns));
        let known: BTreeSet<String> = before.iter().flat_map(keys).collect();
        let [without, with] = [0, 1].map(|at| changes(&worlds[at], &before[at], &after[at], &known));
        let only: Vec<_> = without.iter().filter(|row| !with.contains(row)).collect();
        let more: Vec<_> = with.iter().filter(|row| !without.contains(row)).collect();
        assert!(only.is_empty() && more.is_empty(), "without the fields: {only:#?}\nwith them: {more:#?}");
        assert_eq!(without.len(), with.len());
        assert!(2 * taken.len() > sent, "of {sent} forms only these were taken: {taken:?}");
    }
}
