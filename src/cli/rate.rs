//! `rate`: rates a month of one channel or of all.

use std::io::Write;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};

use anyhow::bail;

use crate::app::Parts;
use crate::channels::{self, Channel};
use crate::db::{AnyConnection, Failure, Never};
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
    let mut out = std::io::stdout().lock();
    let (tell, told) = mpsc::channel();
    let next = AtomicUsize::new(0);
    let work = |tell: Sender<_>| {
        let mut place = next.fetch_add(1, Ordering::Relaxed);
        while let Some(channel) = channels.get(place) {
            // Nobody hears any more once one has failed.
            if tell.send((place, rate(parts, channel, options.month))).is_err() {
                return;
            }
            place = next.fetch_add(1, Ordering::Relaxed);
        }
    };
    let again = std::thread::scope(|scope| {
        for _ in 0..parts.db.writers_at_once() {
            let (work, tell) = (&work, tell.clone());
            scope.spawn(move || work(tell));
        }
        drop(tell);
        let mut again: Vec<&Channel> = Vec::new();
        for (place, rated) in told {
            match rated {
                Ok(line) => writeln!(out, "{line}")?,
                Err(failure) if failure.is_passing() => again.extend(channels.get(place)),
                Err(failure) => bail!(failure),
            }
        }
        Ok(again)
    })?;
    // What was in the way of others has the database to itself.
    for channel in again {
        writeln!(out, "{}", rate(parts, channel, options.month)?)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Rates a month of a channel; what came of it, in a line.
fn rate(parts: &Parts, channel: &Channel, month: Month) -> Result<String, Failure> {
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

/// Codes that are named when none is the one that was asked for.
const NAMED: usize = 5;

/// The channel with the code, or every channel.
pub(super) fn chosen(parts: &Parts, code: Option<&str>) -> anyhow::Result<Vec<Channel>> {
    let all = |connection: &mut AnyConnection| channels::store::list(connection, Scope::Root);
    let Some(code) = code else { return Ok(parts.db.read_blocking(all)?) };
    let found = parts.db.read_blocking(|connection| channels::store::by_code(connection, code))?;
    if let Some(channel) = found {
        return Ok(vec![channel]);
    }
    let all = parts.db.read_blocking(all)?;
    let known: Vec<&str> = all.iter().take(NAMED).map(|channel| channel.code.as_str()).collect();
    let more = all.len() - known.len();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    bail!("no channel has the code {code}; known are {}{more}", known.join(", "))
}
