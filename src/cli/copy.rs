//! `copy`: moves an installation from one database into another.

use std::io::{self, Write};
use std::process::ExitCode;

use super::backup::tell;
use crate::config::Config;
use crate::encryption;
use crate::transfer;

/// Copies a whole installation from SQLite to PostgreSQL, back, or between two of a kind, as it is at this moment. The
/// target must be new or without rows. Row counts, contents, sums of amounts and seals are compared; when anything is
/// amiss, the target is left empty. Stop the portal first, so that nothing is written to the old database afterwards.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The database to read, such as sqlite://data/portal.db
    #[arg(long, value_name = "ADDRESS")]
    from: String,
    /// The database to fill, such as postgres://user:password@host/name
    #[arg(long, value_name = "ADDRESS")]
    to: String,
    /// Reach a database on another host unencrypted
    #[arg(long)]
    plain: bool,
}

pub(super) fn run(config: &Config, options: &Options) -> anyhow::Result<ExitCode> {
    if !options.plain {
        encryption::of_database(&options.from)?;
        encryption::of_database(&options.to)?;
    }
    let moved = transfer::copy(&options.from, &options.to, &config.keys, &mut tell)?;
    let mut out = io::stdout().lock();
    writeln!(out, "copied: {}", moved.words())?;
    for (column, sum) in &moved.sums {
        writeln!(out, "{column} adds up to the same on both sides: {sum} millionths")?;
    }
    Ok(ExitCode::SUCCESS)
}
