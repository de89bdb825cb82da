//! Writes a backup while the portal goes on working.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use super::file::{Head, Writer};
use super::walk::{Part, snapshot, walk};
use super::{Moved, Tell};
use crate::db;
use crate::values::Timestamp;

/// A file that appears under its name when it is whole.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Gone already when it was whole.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Saves the database at an address as it is at this moment.
pub fn backup(url: &str, path: &Path, now: Timestamp, tell: Tell<'_>) -> anyhow::Result<Moved> {
    ensure!(!path.exists(), "{} is there already", path.display());
    let mut connection = snapshot(url)?;
    let known = db::known()?;
    let migration = known.last().context("the program has no schema")?;
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push("-unfinished");
    let unfinished = Unfinished(unfinished.into());
    let mut writer = Writer::create(&unfinished.0, &Head::new(migration, now))?;
    let digests = walk(&mut connection, &mut |part| {
        if let Part::End(digest) = &part {
            tell(&format!("{}: {} rows", digest.table, digest.rows));
        }
        writer.write(&part)
    })?;
    writer.finish()?;
    std::fs::rename(&unfinished.0, path)?;
    Ok(Moved::of(&digests))
}
