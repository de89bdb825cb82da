//! Moves an installation from one database into another, of either kind.

use super::load::fill;
use super::walk::{Part, snapshot, walk};
use super::{Moved, Tell};
use crate::keyring::Keyring;

/// Copies everything as it is at this moment into a database that is new or empty.
pub fn copy(from: &str, to: &str, keys: &Keyring, tell: Tell<'_>) -> anyhow::Result<Moved> {
    let mut source = snapshot(from)?;
    fill(to, keys, tell, |loader, tell| {
        walk(&mut source, &mut |part| {
            if let Part::End(digest) = &part {
                tell(&format!("{}: {} rows", digest.table, digest.rows));
            }
            loader.take(&part)
        })
    })
}
