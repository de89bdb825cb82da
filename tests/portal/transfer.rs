//! Backups, restored ones, and installations that move from one database to another.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use reseller_portal::audit::chain;
use reseller_portal::db::{AnyConnection, connect};
use reseller_portal::keyring::Keyring;
use reseller_portal::transfer::{self, Moved};
use reseller_portal::values::Timestamp;

use crate::faults::setting::{business, look, number, verifies};
use crate::faults::work::{Work, add_product};
use crate::settlement::setting::kestrel;
use crate::support::catalogue::{columns, rows, texts};
use crate::support::{Database, Place, Program, SECRET, World, command};

fn keys() -> Keyring {
    Keyring::new(SECRET.to_owned(), std::iter::empty())
}

fn now() -> Timestamp {
    use reseller_portal::clock::{Clock, SystemClock};
    SystemClock.now()
}

/// Everything in a database, by its own means.
type Content = BTreeMap<String, Vec<String>>;

fn content(url: &str) -> Content {
    let mut connection = connect(url).unwrap();
    let columns = columns(&mut connection).unwrap();
    let mut content = Content::new();
    for column in &columns {
        if !content.contains_key(&column.in_table) && column.in_table != "leases" {
            let rows = rows(&mut connection, &columns, &column.in_table).unwrap();
            content.insert(column.in_table.clone(), rows);
        }
    }
    content
}

#[track_caller]
fn same(one: &str, other: &str) {
    let (one, other) = (content(one), content(other));
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (table, rows) in &one {
        assert!(rows == &other[table], "{table}: {} rows, {} rows", rows.len(), other[table].len());
    }
    assert!(one.values().filter(|rows| !rows.is_empty()).count() > 10);
}

/// A new database that is not there yet, or has no table yet.
fn new(database: Database) -> Place {
    Place::empty(database)
}

fn backup(place: &Place) -> (PathBuf, Moved) {
    let file = place.folder.path().join("portal.backup");
    let moved = transfer::backup(&place.url, &file, now(), &mut |_| ()).unwrap();
    (file, moved)
}

fn restore(place: &Place, file: &Path) -> anyhow::Result<Moved> {
    transfer::restore(&place.url, file, &keys(), &mut |_| ())
}

/// Nothing is there: no file, or no table.
fn is_untouched(place: &Place) -> bool {
    match reseller_portal::db::sqlite_path(&place.url) {
        Some(path) => {
            let left = std::fs::read_dir(Path::new(path).parent().unwrap()).unwrap();
            left.filter(|entry| {
                entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("portal.db")
            })
            .count()
                == 0
        }
        None => columns(&mut connect(&place.url).unwrap()).unwrap().is_empty(),
    }
}

fn is_restored_as_it_was(database: Database) {
    let (from, to) = (small(database), new(database));
    let (file, saved) = backup(&from);
    let restored = restore(&to, &file).unwrap();
    assert_eq!((restored.rows, &restored.sums), (saved.rows, &saved.sums));
    let (statements, entries) = restored.sealed.unwrap();
    assert!(statements == 2 && entries > 5 && !saved.sums.is_empty());
    same(&from.url, &to.url);
    verifies(&Arc::new(to), "restored");
}

#[test]
fn a_backup_is_restored_as_it_was_on_sqlite() {
    is_restored_as_it_was(Database::Sqlite);
}

#[test]
fn a_backup_is_restored_as_it_was_on_postgres() {
    is_restored_as_it_was(Database::Postgres);
}

fn is_of_one_moment(database: Database) {
    let place = Arc::new(Place::migrated(database));
    let program = Program::serve(&place);
    business(&program.world());
    let (root, work) = (program.root(), Work::default());
    root.token();
    let file = place.folder.path().join("portal.backup");
    std::thread::scope(|scope| {
        let _until_the_end = work.while_kept();
        scope.spawn(|| work.go_on(&root));
        work.wait_for_more();
        let told = command(&place, &["backup", file.to_str().unwrap()]).output().unwrap();
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        assert!(String::from_utf8_lossy(&told.stderr).contains("products: "));
        work.wait_for_more();
    });
    work.is_kept(&program.world());
    let to = Arc::new(new(database));
    let told = command(&to, &["restore", file.to_str().unwrap()]).output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    assert!(String::from_utf8_lossy(&told.stdout).contains("seals of"));
    let count =
        |place, of: &str| look(place, |connection| number(connection, &format!("SELECT count(*) FROM {of}")));
    let (then, after) = (count(&to, "products"), count(&place, "products"));
    assert!(3 < then && then < after, "{then} of {after}");
    // Each product has its entry in the log, of the same moment.
    let logged = count(&to, "audit_events WHERE action = 'product.created'");
    let added = count(&to, "products WHERE sku LIKE 'P-%'");
    assert_eq!(logged, added);
    verifies(&to, "restored");
    // It serves.
    let program = Program::serve(&to);
    add_product(&program.root(), "AFTER").expect(303);
}

#[test]
fn a_backup_under_load_is_of_one_moment_on_sqlite() {
    is_of_one_moment(Database::Sqlite);
}

#[test]
fn a_backup_under_load_is_of_one_moment_on_postgres() {
    is_of_one_moment(Database::Postgres);
}

/// A small installation with posted statements and a sealed log.
fn small(database: Database) -> Place {
    let place = Arc::new(Place::migrated(database));
    let world = World::beside(&place, ([127, 0, 0, 1], 0).into());
    let kestrel = kestrel(&world);
    for (month, day) in [("2026-09", "2026-09-10"), ("2026-10", "2026-10-31")] {
        kestrel.used(&world, day, "12.345678901234567");
        kestrel.rate(&world, month);
        kestrel.posted(&world, month);
    }
    chain::seal_new(world.db(), &keys()).unwrap();
    drop(world);
    Arc::into_inner(place).unwrap()
}

fn a_damaged_one_is_refused(database: Database) {
    let from = small(database);
    let (file, _) = backup(&from);
    let whole = std::fs::read(&file).unwrap();
    let damaged = from.folder.path().join("damaged.backup");
    let to = new(database);
    let refuse = |content: &[u8], what: &str| {
        std::fs::write(&damaged, content).unwrap();
        assert!(restore(&to, &damaged).is_err(), "{what}");
        assert!(is_untouched(&to), "{what}");
    };
    let last = whole.len() - 1;
    let places = (0..20).map(|_| rand::random_range(0..whole.len())).chain([0, 1, 3, 8, 9, last - 31, last]);
    for place in places {
        let mut flipped = whole.clone();
        flipped[place] ^= 1 << rand::random_range(0..8);
        refuse(&flipped, &format!("byte {place} of {}", whole.len()));
    }
    for length in [0, 10, 32, 33, whole.len() / 2, last - 31, last] {
        refuse(&whole[..length], &format!("{length} of {} bytes", whole.len()));
    }
    refuse(&[&whole[..], b"\0"].concat(), "a byte more");
    restore(&to, &file).unwrap();
    same(&from.url, &to.url);
}

#[test]
fn a_damaged_backup_leaves_nothing_behind_on_sqlite() {
    a_damaged_one_is_refused(Database::Sqlite);
}

#[test]
fn a_damaged_backup_leaves_nothing_behind_on_postgres() {
    a_damaged_one_is_refused(Database::Postgres);
}

#[test]
fn only_an_empty_database_is_filled_and_no_file_is_written_over() {
    for database in [Database::Sqlite, Database::Postgres] {
        let (from, full) = (small(database), small(database));
        let (file, _) = backup(&from);
        let before = content(&full.url);
        assert!(restore(&full, &file).is_err());
        assert!(transfer::copy(&from.url, &full.url, &keys(), &mut |_| ()).is_err());
        assert_eq!(content(&full.url), before);
        assert!(transfer::backup(&from.url, &file, now(), &mut |_| ()).is_err());
    }
}

#[test]
fn a_postgres_database_whose_tables_are_there_and_empty_is_filled() {
    let (from, to) = (small(Database::Sqlite), Place::migrated(Database::Postgres));
    let (file, _) = backup(&from);
    restore(&to, &file).unwrap();
    let back = new(Database::Sqlite);
    transfer::copy(&to.url, &back.url, &keys(), &mut |_| ()).unwrap();
    same(&from.url, &back.url);
}

#[test]
fn what_fails_on_the_way_leaves_the_target_empty() {
    for (from, to) in [(Database::Sqlite, Database::Postgres), (Database::Postgres, Database::Sqlite)] {
        let (from, to) = (small(from), new(to));
        let other =
            Keyring::new("another key, as long as it has to be to be taken".to_owned(), std::iter::empty());
        let refused = transfer::copy(&from.url, &to.url, &other, &mut |_| ()).unwrap_err();
        assert!(refused.to_string().contains("secret key"), "{refused:#}");
        assert!(is_untouched(&to));
    }
}

#[test]
fn an_installation_that_moves_to_postgres_and_back_is_the_same() {
    let (first, second, third) =
        (Place::demonstration(Database::Sqlite), new(Database::Postgres), new(Database::Sqlite));
    chain::seal_new(&first.open(), &keys()).unwrap();
    let copy = |from: &Place, to: &Place| {
        let told =
            command(from, &["copy", "--plain", "--from", &from.url, "--to", &to.url]).output().unwrap();
        let (said, log) = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
        assert!(told.status.success() && said.contains("charge_lines.gross adds up"), "{said}{log}");
    };
    copy(&first, &second);
    copy(&second, &third);
    same(&first.url, &third.url);
    verifies(&Arc::new(second), "on PostgreSQL");
    verifies(&Arc::new(third), "back on SQLite");
}

#[test]
fn what_keeps_settled_rows_is_in_force_after_a_move() {
    for (from, to) in [(Database::Sqlite, Database::Postgres), (Database::Postgres, Database::Sqlite)] {
        let (from, to) = (small(from), new(to));
        transfer::copy(&from.url, &to.url, &keys(), &mut |_| ()).unwrap();
        let mut connection = connect(&to.url).unwrap();
        let mut refused = |statement: &str| {
            let done = crate::faults::setting::run(&mut connection, statement);
            assert!(done.is_err(), "{statement}");
        };
        refused("UPDATE statements SET number = 'X' WHERE state = 'posted'");
        refused("DELETE FROM audit_events");
        if let AnyConnection::Postgres(_) = connection {
            let later = "SELECT CAST(conname AS TEXT) AS content FROM pg_constraint WHERE condeferrable";
            assert_eq!(texts(&mut connection, later).unwrap(), Vec::<String>::new());
        }
    }
}

#[test]
fn a_backup_of_another_schema_and_a_database_that_is_none_are_refused() {
    let from = small(Database::Sqlite);
    let file = from.folder.path().join("other.backup");
    let mut connection = connect(&from.url).unwrap();
    crate::faults::setting::run(
        &mut connection,
        "DELETE FROM __diesel_schema_migrations WHERE version > '20261126'",
    )
    .unwrap();
    let refused = transfer::backup(&from.url, &file, now(), &mut |_| ()).unwrap_err();
    assert!(refused.to_string().contains("the schema is of"), "{refused:#}");
    let nothing = new(Database::Postgres);
    assert!(transfer::backup(&nothing.url, &file, now(), &mut |_| ()).is_err());
    assert!(!file.exists());
}
