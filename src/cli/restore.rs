//! `restore`: fills a new database from a backup.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use super::backup::tell;
use crate::config::Config;
use crate::transfer;

/// Loads a backup into the database that the settings name: a new SQLite file, or a PostgreSQL database without rows.
/// Everything is compared with the backup and every seal is checked, with the secret key of the portal that was saved;
/// when anything is amiss, nothing is left behind.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The backup to load
    file: PathBuf,
}

pub(super) fn run(config: &Config, options: &Options) -> anyhow::Result<ExitCode> {
    let moved = transfer::restore(&config.database_url, &options.file, &config.keys, &mut tell)?;
    writeln!(io::stdout(), "restored: {}", moved.words())?;
    Ok(ExitCode::SUCCESS)
}
