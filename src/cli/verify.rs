//! `verify`: recomputes every seal and total of what was posted, the chain over the log, and the sums that are kept.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;

use crate::app::Parts;
use crate::audit::chain;
use crate::kept;
use crate::settlement::store;

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// A seal of the log that an earlier run printed, as NUMBER:SEAL; it must still be in the chain
    #[arg(long, value_name = "NUMBER:SEAL")]
    noted: Option<String>,
}

pub(super) fn run(parts: &Parts, options: &Options) -> anyhow::Result<ExitCode> {
    let noted = options.noted.as_deref().map(parse).transpose()?;
    chain::seal_new(&parts.db, &parts.config.keys)?;
    let verified = parts.db.read_blocking(store::verify)?;
    let log = parts.db.read_blocking(|connection| {
        chain::verify(connection, &parts.config.keys, noted.as_ref(), parts.clock.now())
    })?;
    let kept = parts.db.read_blocking(kept::verify)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} posted statements, {} lines", verified.statements, verified.lines)?;
    writeln!(out, "{} log entries", log.entries)?;
    if let Some(head) = &log.head {
        writeln!(out, "newest seal {}:{}", head.number, head.seal)?;
    }
    let faults: Vec<&String> = verified.differences.iter().chain(&log.faults).chain(&kept).collect();
    let Some((first, more)) = faults.split_first() else {
        writeln!(out, "everything is as it was posted and logged")?;
        return Ok(ExitCode::SUCCESS);
    };
    writeln!(out, "{first}")?;
    if !more.is_empty() {
        writeln!(out, "and {} more", more.len())?;
    }
    Ok(ExitCode::FAILURE)
}

fn parse(noted: &str) -> anyhow::Result<(i64, String)> {
    let (number, seal) = noted.split_once(':').context("the noted seal is written NUMBER:SEAL")?;
    Ok((number.parse().context("the noted seal begins with its number")?, seal.to_owned()))
}
