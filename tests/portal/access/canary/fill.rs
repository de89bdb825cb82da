//! Puts a canary into every text column of every row that one re-seller may not see.

use std::collections::BTreeMap;

use super::hidden::{HIDDEN, spelled};
use crate::support::catalogue::{self, Column};
use crate::support::{Database, World};

const WORD: &str = "one of a few words, by a CHECK or as the program reads it";
const DAY: &str = "a day or a month; a text on one of the databases only";
const NUMBER: &str = "a number; a text on one of the databases only";
const CODE: &str = "a code of ISO 4217 or 3166, as the program reads it";
const JSON: &str = "JSON that is read whole: a page with another text there is none";
const DIGIT: &str = "a digit of the row's channel, that no page has";
const KEY: &str = "a name by which the program finds a setting or a counter";

/// Columns that keep what they have, and why; `*` stands for every table.
const KEPT: &[(&str, &str)] = &[
    ("*.state", WORD),
    ("*.role", WORD),
    ("*.kind", WORD),
    ("*.concerns", WORD),
    ("*.actor_kind", WORD),
    ("reseller_request_info.resume_state", WORD),
    ("users.side", WORD),
    ("tokens.purpose", WORD),
    ("*.occasion", WORD),
    ("request_events.from_state", WORD),
    ("request_events.to_state", WORD),
    ("request_events.contact_kind", WORD),
    ("request_assessments.recommendation", WORD),
    ("terms_versions.proposed_by", WORD),
    ("terms_versions.basis", WORD),
    ("*.collects", WORD),
    ("settlement_runs.step", WORD),
    ("charges.model", WORD),
    ("channel_bundles.policy", WORD),
    ("subscriptions.price_rule", WORD),
    ("usage_files.format", WORD),
    ("usage_records.unrated_cause", WORD),
    ("statement_waivers.item", WORD),
    ("*.country", CODE),
    ("*.currency", CODE),
    ("reseller_request_info.expected_currency", CODE),
    ("settings.name", KEY),
    ("settings.value", KEY),
    ("counters.name", KEY),
    ("sessions.state", JSON),
    ("price_requests.wished", JSON),
    ("revenue_totals.slot", DIGIT),
    ("usage_totals.slot", DIGIT),
    ("*.month", DAY),
    ("charge_lines.origin_month", DAY),
    ("terms_versions.valid_from", DAY),
    ("terms_versions.valid_until", DAY),
    ("*.effective_from", DAY),
    ("kept_prices.reference_from", DAY),
    ("resellers.closed_on", DAY),
    ("request_events.contact_on", DAY),
    ("request_assessments.due_on", DAY),
    ("subscriptions.start_on", DAY),
    ("subscriptions.end_on", DAY),
    ("usage_files.first_day", DAY),
    ("usage_files.last_day", DAY),
    ("usage_files.months", DAY),
    ("*.day", DAY),
    ("charge_lines.day_from", DAY),
    ("charge_lines.day_until", DAY),
    ("statements.due_on", DAY),
    ("payments.paid_on", DAY),
    ("*.included", NUMBER),
    ("charge_lines.billable", NUMBER),
    ("*.quantity", NUMBER),
    ("*.unit_price", NUMBER),
    ("*.cost", NUMBER),
    ("usage_records.list_cost", NUMBER),
    ("usage_file_totals.total", NUMBER),
    ("charge_tiers.up_to", NUMBER),
    ("charges.package_size", NUMBER),
];

/// The canaries that were put down, by number: `customers.name`.
pub type Canaries = BTreeMap<usize, String>;

fn named(column: &Column) -> String {
    format!("{}.{}", column.in_table, column.called)
}

fn is_kept(column: &Column) -> bool {
    let (name, anywhere) = (named(column), format!("*.{}", column.called));
    KEPT.iter().any(|(kept, _)| *kept == name || *kept == anywhere)
}

/// What a column gets, in the form that its readers expect; each row another text.
fn canary(number: usize, column: &Column, row: &str) -> String {
    let (start, end) = match column.called.as_str() {
        "email" | "recipient" => ("", "@canary.example"),
        "host" => ("", ".canary.example"),
        "website" => ("https://", ".example"),
        "before" | "after" => ("{\"told\":\"", "\"}"),
        "letter" => ("{\"heading\":\"", "\"}"),
        _ => ("", ""),
    };
    let text = format!("'{start}canary{number:03}x' || {row} || '{end}'");
    let called = &column.called;
    format!("{called} = CASE WHEN {called} IS NULL THEN NULL ELSE {text} END")
}

/// Fills the columns of the hidden rows; fails when a text column of any table is neither filled nor kept for a reason.
pub fn fill(world: &World) -> Canaries {
    let columns = world.read(catalogue::columns);
    check_reasons(&columns);
    let texts: Vec<&Column> = columns.iter().filter(|column| column.is_text && !is_kept(column)).collect();
    let statements: Vec<String> = HIDDEN.iter().filter_map(|table| update(world, &texts, table)).collect();
    world
        .tamper(|connection| catalogue::execute_without_triggers(connection, &statements.join(";\n")))
        .unwrap();
    let is_empty = |column: &&&Column| {
        let Column { in_table, called, .. } = column;
        let one =
            format!("SELECT {called} AS content FROM {in_table} WHERE {called} LIKE '%canary%' LIMIT 1");
        world.read(|connection| catalogue::texts(connection, &one)).is_empty()
    };
    let empty: Vec<String> = texts.iter().filter(is_empty).map(|column| named(column)).collect();
    assert!(empty.is_empty(), "no hidden row has a text in {empty:#?}");
    texts.iter().map(|column| named(column)).enumerate().collect()
}

/// The statement that fills a table's hidden rows; `None` when it has nothing to fill.
fn update(world: &World, texts: &[&Column], (table, hidden): &(&str, &str)) -> Option<String> {
    let row = match world.database() {
        // Sums have no row of their own beside their key.
        Database::Sqlite if table.ends_with("_totals") && *table != "usage_file_totals" => "abs(random())",
        Database::Sqlite => "rowid",
        Database::Postgres => "replace(trim(both '()' from ctid::text), ',', 'y')",
    };
    let of_table = texts.iter().enumerate().filter(|(_, column)| column.in_table == *table);
    let sets: Vec<String> = of_table.map(|(number, column)| canary(number, column, row)).collect();
    (!sets.is_empty()).then(|| format!("UPDATE {table} SET {} WHERE {}", sets.join(", "), spelled(hidden)))
}

/// A reason for a column that there is not says nothing.
fn check_reasons(columns: &[Column]) {
    let known: Vec<String> = columns.iter().map(named).collect();
    for (kept, _) in KEPT {
        let fits =
            |name: &String| name == kept || kept.strip_prefix('*').is_some_and(|end| name.ends_with(end));
        assert!(known.iter().any(fits), "no column is called {kept}");
    }
}
