//! Fills a new database from a backup.

use std::path::Path;

use anyhow::{Context, ensure};

use super::file::Reader;
use super::load::fill;
use super::{Moved, Tell};
use crate::db;
use crate::keyring::Keyring;

/// Loads a backup into the database at an address. A backup that is not whole, of another schema, or whose seals are not
/// right leaves nothing behind.
pub fn restore(url: &str, path: &Path, keys: &Keyring, tell: Tell<'_>) -> anyhow::Result<Moved> {
    let mut reader = Reader::open(path)?;
    let (known, head) = (db::known()?, reader.head.clone());
    let own = known.last().context("the program has no schema")?;
    ensure!(
        head.migration == *own,
        "the backup's schema is of {}, made by version {}; this program's is of {own}: restore it with the version that \
         made it, then start the newer one",
        head.migration,
        head.version,
    );
    tell(&format!("a backup of {}", head.made_at));
    fill(url, keys, tell, |loader, tell| reader.pour(loader, tell))
}
