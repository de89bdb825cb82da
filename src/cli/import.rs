//! `import`: reads a usage file by the same rules as the pages, and stores its records at once.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use serde::Serialize;

use crate::app::Parts;
use crate::channels::{self, Channel};
use crate::db::{AnyConnection, Decided, Failure};
use crate::jobs::Runner;
use crate::usage::check::{Checked, survey};
use crate::usage::formats::LARGEST_FILE;
use crate::usage::store::{self, Import, ImportRefusal, NewFile};
use crate::usage::{Format, RowFault, Tally};
use crate::values::{Act, Actor};
use crate::work;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// How the file is written: portal or focus
    #[arg(long)]
    format: Format,
    /// The code of the channel whose usage it is
    #[arg(long, value_name = "CODE")]
    channel: String,
    /// Count only; import nothing
    #[arg(long)]
    dry_run: bool,
    /// Print the counts as one line of JSON
    #[arg(long)]
    json: bool,
    /// Import the good rows although others are rejected
    #[arg(long)]
    skip_rejected: bool,
    /// The usage file
    file: PathBuf,
}

/// What became of the file.
struct Outcome {
    tally: Tally,
    /// Good rows that were not imported because others are rejected.
    withheld: i64,
    /// Why the file as a whole cannot be read.
    fault: Option<String>,
}

pub(super) fn run(parts: &Parts, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let channel = parts
        .db
        .read_blocking(|connection| channels::store::by_code(connection, &arguments.channel))?
        .ok_or_else(|| anyhow!("no channel has the code {}", arguments.channel))?;
    let content = read_file(&arguments.file)?;
    let mut next_note = 100_000;
    let checked = survey(&parts.db, channel.id, arguments.format, &content, |rows, faults| {
        faults.iter().for_each(tell_fault);
        if !arguments.json && rows >= next_note {
            tell(&format!("{rows} rows read"));
            next_note += 100_000;
        }
        Ok(())
    })?;
    let outcome = settle(parts, arguments, &channel, &content, checked)?;
    print(&outcome, arguments)?;
    Ok(if outcome.tally.rejected == 0 && outcome.fault.is_none() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Stores the records where that is wished and possible.
fn settle(
    parts: &Parts,
    arguments: &Arguments,
    channel: &Channel,
    content: &[u8],
    checked: Checked,
) -> anyhow::Result<Outcome> {
    let Checked { tally, fault } = checked;
    let fault = fault.map(|fault| fault.to_string());
    if fault.is_some() || (tally.rejected > 0 && !arguments.skip_rejected) {
        let withheld = tally.accepted;
        let tally = Tally { accepted: 0, unrated: 0, ..tally };
        return Ok(Outcome { tally, withheld, fault });
    }
    if arguments.dry_run || tally.accepted == 0 {
        return Ok(Outcome { tally, withheld: 0, fault });
    }
    let act = Act { who: Actor::system("Command line"), at: parts.clock.now() };
    let stored = parts
        .db
        .write_blocking(|connection| import(connection, arguments, channel, content, tally.rejected, &act));
    let tally = match stored.decided()? {
        Ok(tally) => tally,
        Err(ImportRefusal::Fault(fault)) => bail!("{fault}"),
        Err(ImportRefusal::Changed) => bail!("another import came in between; run the command again"),
    };
    let runner = Runner { db: parts.db.clone(), clock: parts.clock.clone(), handler: work::handler() };
    runner.run_waiting()?;
    Ok(Outcome { tally, withheld: 0, fault })
}

fn import(
    connection: &mut AnyConnection,
    arguments: &Arguments,
    channel: &Channel,
    content: &[u8],
    rejected: i64,
    act: &Act,
) -> Result<Tally, Failure<ImportRefusal>> {
    let name = arguments.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let new = NewFile { name, format: arguments.format };
    let file = store::add_file(connection, channel.id, &new, act)?;
    let import = Import { channel: channel.id, file, format: new.format, content, rejected };
    let tally = store::import(connection, &import, act.at)?;
    if tally.accepted == 0 {
        return Err(Failure::Refused(ImportRefusal::Changed));
    }
    store::finish_acceptance(connection, file, &new.name, &tally, channel, act)?;
    store::retry_unrated(connection, channel.id, act.at)?;
    Ok(tally)
}

/// Reads no more than an import takes.
fn read_file(path: &Path) -> anyhow::Result<Vec<u8>> {
    let file = std::fs::File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut content = Vec::new();
    let limit = u64::try_from(LARGEST_FILE)? + 1;
    file.take(limit).read_to_end(&mut content).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(content)
}

fn tell_fault(fault: &RowFault) {
    let RowFault { line, column, value, reason } = fault;
    match (column.as_str(), value.as_str()) {
        ("", _) => tell(&format!("line {line}: {reason}")),
        (column, "") => tell(&format!("line {line}, {column}: {reason}")),
        (column, value) => tell(&format!("line {line}, {column}: {reason} (“{value}”)")),
    }
}

/// Says it on standard error; nobody may be listening.
fn tell(said: &str) {
    let _unheard = writeln!(io::stderr(), "{said}");
}

fn print(outcome: &Outcome, arguments: &Arguments) -> anyhow::Result<()> {
    if let Some(fault) = &outcome.fault {
        tell(&format!("the file is rejected: {fault}"));
    }
    let said = if arguments.json { in_json(outcome)? } else { in_words(outcome, arguments) };
    let _unheard = writeln!(io::stdout(), "{said}");
    Ok(())
}

/// The one line of `--json`.
#[derive(Serialize)]
struct Counts<'a> {
    rows: i64,
    accepted: i64,
    duplicate: i64,
    rejected: i64,
    unrated: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    withheld: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<&'a str>,
}

fn in_json(outcome: &Outcome) -> serde_json::Result<String> {
    let Outcome { tally, withheld, fault } = outcome;
    serde_json::to_string(&Counts {
        rows: tally.rows() + withheld,
        accepted: tally.accepted,
        duplicate: tally.duplicate,
        rejected: tally.rejected,
        unrated: tally.unrated,
        withheld: (*withheld > 0).then_some(*withheld),
        fault: fault.as_deref(),
    })
}

fn in_words(outcome: &Outcome, arguments: &Arguments) -> String {
    let Outcome { tally, withheld, .. } = outcome;
    let verb = if arguments.dry_run { "would be imported" } else { "imported" };
    let mut lines = vec![
        format!("{} rows", tally.rows() + withheld),
        format!("{:>10} {verb}, {} of them not rated yet", tally.accepted, tally.unrated),
        format!("{:>10} duplicate", tally.duplicate),
        format!("{:>10} rejected", tally.rejected),
    ];
    if *withheld > 0 {
        lines.push(format!(
            "{withheld:>10} good, not imported; --skip-rejected imports them without the others"
        ));
    }
    lines.join("\n")
}
