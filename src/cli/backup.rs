//! `backup`: saves the database into one file while the portal goes on working.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::transfer;

/// Saves the whole database as it is at this moment, with a checksum, into a file that only its owner reads. The portal
/// goes on working meanwhile. The secret key is not in it: keep that as well, or sessions, second factors and the log's
/// seals cannot be read.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The file to write; it must not be there yet
    file: PathBuf,
}

pub(super) fn run(config: &Config, options: &Options) -> anyhow::Result<ExitCode> {
    let now = SystemClock.now();
    let moved = transfer::backup(&config.database_url, &options.file, now, &mut tell)?;
    writeln!(io::stdout(), "saved in {}: {}", options.file.display(), moved.words())?;
    Ok(ExitCode::SUCCESS)
}

/// How far it is, on standard error; nobody may be listening.
pub(super) fn tell(said: &str) {
    let _unheard = writeln!(io::stderr(), "{said}");
}
