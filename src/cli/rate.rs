//! `rate`: rates a month of one channel or of all.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, bail};

use crate::app::Parts;
use crate::channels::{self, Channel};
use crate::db::Never;
use crate::settlement;
use crate::usage;
use crate::values::{Month, Scope};

/// A month of one channel or of all.
#[derive(Debug, clap::Args)]
pub(super) struct Which {
    /// The month, such as 2026-11
    #[arg(long)]
    pub month: Month,
    /// Only this channel, by its code
    #[arg(long)]
    pub channel: Option<String>,
}

pub(super) fn run(parts: &Parts, options: &Which) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    for channel in chosen(parts, options.channel.as_deref())? {
        let now = parts.clock.now();
        let rated = parts.db.write_blocking::<_, Never>(|connection| {
            usage::store::retry_unrated(connection, channel.id, now)?;
            settlement::store::rate_month(connection, channel.id, options.month, now)
        })?;
        let gross: Vec<String> =
            rated.gross.iter().map(|(currency, amount)| format!("{currency} {amount}")).collect();
        let gross = if gross.is_empty() { "nothing".to_owned() } else { gross.join(", ") };
        writeln!(out, "{} {}: {} charge lines, {gross}", channel.code, options.month, rated.lines)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The channel with the code, or every channel.
pub(super) fn chosen(parts: &Parts, code: Option<&str>) -> anyhow::Result<Vec<Channel>> {
    let all = parts.db.read_blocking(|connection| channels::store::list(connection, Scope::Root))?;
    let Some(code) = code else { return Ok(all) };
    let known: Vec<String> = all.iter().map(|channel| channel.code.to_string()).collect();
    let found = all.into_iter().find(|channel| channel.code.as_str().eq_ignore_ascii_case(code.trim()));
    match found.with_context(|| format!("no channel has the code {code}; known are {}", known.join(", "))) {
        Ok(channel) => Ok(vec![channel]),
        Err(error) => bail!(error),
    }
}
