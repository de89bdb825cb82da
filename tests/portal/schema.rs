//! One schema on both databases.

use std::collections::{BTreeMap, BTreeSet};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use reseller_portal::audit::{self, Event};
use reseller_portal::db::schema::audit_events;
use reseller_portal::db::{AnyConnection, migrate, revert_all, tables};
use reseller_portal::values::ResellerId;

use crate::on_both;
use crate::support::catalogue::columns;
use crate::support::{Database, Place};

/// A table's columns and whether each may be empty.
type Tables = BTreeMap<String, BTreeMap<String, bool>>;

fn tables(connection: &mut AnyConnection) -> Tables {
    let mut tables = Tables::new();
    for column in columns(connection).unwrap() {
        tables.entry(column.in_table).or_default().insert(column.called, column.nullable);
    }
    tables
}

/// How many functions of ours PostgreSQL keeps.
fn routines(connection: &mut AnyConnection) -> i64 {
    match connection {
        AnyConnection::Postgres(inner) => diesel::select(diesel::dsl::sql::<BigInt>(
            "(SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace)",
        ))
        .get_result(inner)
        .unwrap(),
        AnyConnection::Sqlite(_) => 0,
    }
}

fn migrated(database: Database) -> Tables {
    Place::migrated(database).open().on_writer(tables).unwrap()
}

/// The tables as the program declares them.
fn declared() -> Tables {
    let source = include_str!("../../src/db/schema.rs");
    let mut declared = Tables::new();
    for table in source.split("diesel::table! {").skip(1) {
        let mut lines =
            table.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("use "));
        let name = lines.next().and_then(|line| line.split(' ').next()).unwrap_or_default().to_owned();
        let columns = lines.map_while(|line| line.trim_end_matches(',').split_once(" -> "));
        let columns =
            columns.map(|(column, kind)| (column.trim().to_owned(), kind.starts_with("Nullable<"))).collect();
        declared.insert(name, columns);
    }
    declared
}

fn run(connection: &mut AnyConnection, statement: &str) -> QueryResult<()> {
    match connection {
        AnyConnection::Postgres(inner) => inner.batch_execute(statement),
        AnyConnection::Sqlite(inner) => inner.batch_execute(statement),
    }
}

fn goes_up_down_and_up(database: Database) {
    let place = Place::empty(database);
    let db = place.open();
    db.on_writer(|connection| {
        let ran = migrate(connection).unwrap();
        let first = tables(connection);
        assert!(ran > 0 && !first.is_empty());
        assert_eq!(migrate(connection).unwrap(), 0);
        assert_eq!(revert_all(connection).unwrap(), ran);
        assert_eq!(tables(connection), Tables::new());
        assert_eq!(routines(connection), 0);
        assert_eq!(migrate(connection).unwrap(), ran);
        assert_eq!(tables(connection), first);
    })
    .unwrap();
}

#[test]
fn the_schema_goes_up_down_and_up_on_sqlite() {
    goes_up_down_and_up(Database::Sqlite);
}

#[test]
fn the_schema_goes_up_down_and_up_on_postgresql() {
    goes_up_down_and_up(Database::Postgres);
}

#[test]
fn both_databases_have_the_tables_that_the_program_declares() {
    let declared = declared();
    assert!(declared.len() > 30);
    assert_eq!(migrated(Database::Sqlite), declared);
    assert_eq!(migrated(Database::Postgres), declared);
}

#[test]
fn what_moves_whole_tables_knows_every_table_and_column() {
    let names = |table: &tables::Table| table.columns.iter().map(|column| column.name.clone()).collect();
    let moved: BTreeMap<String, BTreeSet<String>> =
        tables::all().iter().map(|table| (table.name.clone(), names(table))).collect();
    for database in [Database::Sqlite, Database::Postgres] {
        let kept =
            migrated(database).into_iter().map(|(table, columns)| (table, columns.into_keys().collect()));
        // What each process is at is not part of an installation, and the database keeps counts and sums by itself.
        let left_out = [
            "leases",
            "request_counts",
            "revenue_channels",
            "revenue_totals",
            "usage_totals",
            "usage_unrated",
        ];
        let kept: BTreeMap<String, BTreeSet<String>> =
            kept.filter(|(table, _)| !left_out.contains(&table.as_str())).collect();
        assert_eq!(moved, kept);
    }
}

#[test]
fn tables_come_after_those_that_they_refer_to() {
    for database in [Database::Sqlite, Database::Postgres] {
        let ordered = Place::migrated(database).open().on_writer(tables::in_order).unwrap().unwrap();
        let place = |name: &str| ordered.iter().position(|table| table.name == name).unwrap();
        assert_eq!(ordered.len(), tables::all().len());
        for (first, then) in [
            ("resellers", "channels"),
            ("channels", "customers"),
            ("charge_lines", "statements"),
            ("users", "sessions"),
        ] {
            assert!(place(first) < place(then), "{first} {then}");
        }
    }
}

#[test]
fn both_databases_have_the_same_history() {
    let folders = |database: &str| {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(database);
        let mut names: Vec<_> =
            std::fs::read_dir(root).unwrap().map(|folder| folder.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(folders("sqlite"), folders("postgres"));
}

on_both! {
    fn the_audit_log_takes_no_change_and_no_deletion(world) {
        let event = || Event::on("reseller", ResellerId::generate(), "reseller.test", "Tested".into());
        world.write(|connection| audit::record(connection, &world.act(), event()));
        let count = || world.read(|connection| audit_events::table.count().get_result::<i64>(connection));
        let before = count();
        for statement in ["UPDATE audit_events SET summary = 'other'", "DELETE FROM audit_events"] {
            let done = world.db().on_writer(|connection| run(connection, statement)).unwrap();
            let refusal = done.expect_err(statement).to_string();
            assert!(refusal.contains("append-only"), "{refusal}");
        }
        assert_eq!(count(), before);
    }
}
