//! `rate`: rates a month of one channel or of all.

use std::io::Write;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};

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
    let channels = chosen(parts, options.channel.as_deref())?;
    let (next, ended) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (tell, told) = mpsc::channel();
    let work = |tell: Sender<_>| {
        while let Some(channel) = channels.get(next.fetch_add(1, Ordering::Relaxed)) {
            // Nobody hears any more once one has failed.
            if ended.load(Ordering::Relaxed) || tell.send(rate(parts, channel, options.month)).is_err() {
                return;
            }
        }
    };
    let mut out = std::io::stdout().lock();
    std::thread::scope(|scope| {
        for _ in 0..parts.db.writers_at_once() {
            let (work, tell) = (&work, tell.clone());
            scope.spawn(move || work(tell));
        }
        drop(tell);
        told.iter()
            .try_for_each(|line| Ok(writeln!(out, "{}", line?)?))
            .inspect_err(|_: &anyhow::Error| ended.store(true, Ordering::Relaxed))
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Rates a month of a channel; what came of it, in a line.
fn rate(parts: &Parts, channel: &Channel, month: Month) -> anyhow::Result<String> {
    let now = parts.clock.now();
    let rated = parts.db.write_blocking::<_, Never>(|connection| {
        usage::store::retry_unrated(connection, channel.id, now)?;
        settlement::store::rate_month(connection, channel.id, month, now)
    })?;
    let gross: Vec<String> =
        rated.gross.iter().map(|(currency, amount)| format!("{currency} {amount}")).collect();
    let gross = if gross.is_empty() { "nothing".to_owned() } else { gross.join(", ") };
    Ok(format!("{} {month}: {} charge lines, {gross}", channel.code, rated.lines))
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
