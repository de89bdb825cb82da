//! Fills an empty database, or leaves it as it was.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};

use super::walk::{Part, walk};
use super::{Digest, Moved, Tell};
use crate::audit::chain;
use crate::db::tables::{self, Table};
use crate::db::{self, AnyConnection, transaction};
use crate::keyring::Keyring;
use crate::settlement;
use crate::usage;
use crate::values::Timestamp;

/// Rows that are added with one statement: so many, or so many bytes.
const ROWS: usize = 1000;
const BYTES: usize = 4 * 1024 * 1024;

/// Takes rows, some at a time.
pub struct Loader<'c> {
    connection: &'c mut AnyConnection,
    table: Option<&'c Table>,
    rows: String,
    waiting: usize,
}

impl Loader<'_> {
    /// The next part of what is loaded.
    pub fn take(&mut self, part: &Part<'_>) -> anyhow::Result<()> {
        match part {
            Part::Table(table) => self.begin(&table.name),
            Part::Row(row) => self.add(row),
            Part::End(_) => self.flush(),
        }
    }

    fn begin(&mut self, name: &str) -> anyhow::Result<()> {
        let table = tables::all().iter().find(|table| table.name == name);
        self.table = Some(table.with_context(|| format!("there is no table {name}"))?);
        Ok(())
    }

    fn add(&mut self, row: &str) -> anyhow::Result<()> {
        self.rows.push(if self.waiting == 0 { '[' } else { ',' });
        self.rows.push_str(row);
        self.waiting += 1;
        if self.waiting >= ROWS || self.rows.len() >= BYTES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        let (Some(table), 1..) = (self.table, self.waiting) else { return Ok(()) };
        self.rows.push(']');
        let added = table.add(self.connection, &self.rows);
        let added = added.with_context(|| format!("the table {}", table.name))?;
        ensure!(added == self.waiting, "{added} of {} rows of {} were added", self.waiting, table.name);
        self.rows.clear();
        self.waiting = 0;
        Ok(())
    }
}

/// An SQLite file that is moved to its place when it is whole.
struct Unfinished<'p> {
    path: &'p Path,
    place: PathBuf,
    is_whole: bool,
}

impl<'p> Unfinished<'p> {
    fn begin(path: &'p Path) -> anyhow::Result<Self> {
        ensure!(!path.exists(), "{} is there already; only a new database is filled", path.display());
        let mut place = path.as_os_str().to_owned();
        place.push("-unfinished");
        let unfinished = Self { path, place: place.into(), is_whole: false };
        unfinished.clear();
        Ok(unfinished)
    }

    fn clear(&self) {
        for end in ["", "-wal", "-shm"] {
            let mut file = self.place.as_os_str().to_owned();
            file.push(end);
            // Most often there is none.
            let _ = std::fs::remove_file(file);
        }
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if !self.is_whole {
            self.clear();
        }
    }
}

/// Fills the database at an address, which must be new or without any row, with what `pour` gives; then compares.
pub fn fill(
    url: &str,
    keys: &Keyring,
    tell: Tell<'_>,
    pour: impl FnOnce(&mut Loader<'_>, Tell<'_>) -> anyhow::Result<Vec<Digest>>,
) -> anyhow::Result<Moved> {
    let Some(path) = db::sqlite_path(url) else {
        return fill_open(&mut db::connect(url)?, keys, tell, pour);
    };
    let path = Path::new(path);
    if let Some(folder) = path.parent() {
        crate::private::folder(folder)?;
    }
    let mut unfinished = Unfinished::begin(path)?;
    let mut connection = db::connect(&format!("sqlite://{}", unfinished.place.display()))?;
    let moved = fill_open(&mut connection, keys, tell, pour)?;
    db::close(connection)?;
    std::fs::rename(&unfinished.place, unfinished.path)?;
    unfinished.is_whole = true;
    Ok(moved)
}

/// One transaction: when anything is amiss, nothing was done.
fn fill_open(
    connection: &mut AnyConnection,
    keys: &Keyring,
    tell: Tell<'_>,
    pour: impl FnOnce(&mut Loader<'_>, Tell<'_>) -> anyhow::Result<Vec<Digest>>,
) -> anyhow::Result<Moved> {
    transaction::alone(connection, |connection| fill_begun(connection, keys, tell, pour))
}

fn fill_begun(
    connection: &mut AnyConnection,
    keys: &Keyring,
    tell: Tell<'_>,
    pour: impl FnOnce(&mut Loader<'_>, Tell<'_>) -> anyhow::Result<Vec<Digest>>,
) -> anyhow::Result<Moved> {
    db::migrate_within(connection)?;
    for table in tables::all() {
        ensure!(
            table.is_empty(connection)?,
            "the database has rows in {}; only an empty one is filled",
            table.name
        );
    }
    let later = tables::check_itself_later(connection)?;
    let mut loader = Loader { connection: &mut *connection, table: None, rows: String::new(), waiting: 0 };
    let expected = pour(&mut loader, tell)?;
    tables::check_itself_now(connection, &later)?;
    usage::store::sort_into_months(connection)?;
    tell("comparing");
    let found = walk(connection, &mut |_| Ok(()))?;
    compare(&expected, &found)?;
    tell("checking the seals");
    let sealed = check_seals(connection, keys)?;
    Ok(Moved { sealed: Some(sealed), ..Moved::of(&found) })
}

fn compare(expected: &[Digest], found: &[Digest]) -> anyhow::Result<()> {
    ensure!(expected.len() == found.len(), "{} tables came, {} are there", expected.len(), found.len());
    for expected in expected {
        let found = found.iter().find(|found| found.table == expected.table);
        let found = found.with_context(|| format!("the table {} did not come", expected.table))?;
        ensure!(
            found == expected,
            "{} is not what it was: {} rows where {} were, or another content",
            expected.table,
            found.rows,
            expected.rows
        );
    }
    Ok(())
}

/// What was not sealed yet in the log is sealed at the next start: no entry is too old for that.
fn check_seals(connection: &mut AnyConnection, keys: &Keyring) -> anyhow::Result<(usize, i64)> {
    let first = Timestamp::from_micros(0).context("time begins")?;
    let statements = settlement::store::verify(connection)?;
    let log = chain::verify(connection, keys, None, first)?;
    if let Some(fault) = statements.differences.iter().chain(&log.faults).next() {
        bail!("a seal is not right, or the secret key is another than where the data comes from: {fault}");
    }
    Ok((statements.statements, log.entries))
}
