//! `import`: reads a usage file by the same rules as the pages, and stores its records at once.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use serde::Serialize;

use crate::app::Parts;
use crate::channels::{self, Channel};
use crate::db::Decided;
use crate::jobs::{self, Runner};
use crate::leases;
use crate::usage::check::{Checked, survey};
use crate::usage::formats::recognise;
use crate::usage::importing::{self, Order};
use crate::usage::store::{self, ImportRefusal, NewFile, Origin, Task};
use crate::usage::{Format, RowFault, Tally, digest};
use crate::values::{Act, Actor, UnknownWord, UsageFileId};
use crate::work;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// How the file is written: portal, focus, aws-cur, azure, oci, cloudstack or cloudevents; auto recognises it
    #[arg(long, default_value = "auto")]
    format: Written,
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

/// How a file is said to be written.
#[derive(Debug, Clone, Copy)]
enum Written {
    /// As it turns out to be.
    Auto,
    In(Format),
}

impl std::str::FromStr for Written {
    type Err = UnknownWord;
    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        if word == "auto" { Ok(Self::Auto) } else { word.parse().map(Self::In) }
    }
}

/// A file to be imported, and how it is written.
#[derive(Debug, Clone, Copy)]
struct Given<'a> {
    arguments: &'a Arguments,
    format: Format,
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
    // Said before anything is done, and in words.
    let path = &arguments.file;
    std::fs::File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut told = Told::new(arguments);
    let given = Given { arguments, format: format(arguments)? };
    let checked = survey(&parts.db, channel.id, given.format, path, |rows, faults| {
        faults.iter().for_each(|fault| tell_fault(given.format, fault));
        told.rows(rows, "checked");
        Ok(())
    })?;
    let outcome = settle(parts, given, &channel, checked)?;
    print(&outcome, arguments)?;
    Ok(if outcome.tally.rejected == 0 && outcome.fault.is_none() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// How the file is written.
fn format(arguments: &Arguments) -> anyhow::Result<Format> {
    match arguments.format {
        Written::In(format) => Ok(format),
        Written::Auto => {
            let format = recognise(&arguments.file)?;
            if !arguments.json {
                tell(&format!("the format is {format}"));
            }
            Ok(format)
        }
    }
}

/// Stores the records where that is wished and possible.
fn settle(parts: &Parts, given: Given<'_>, channel: &Channel, checked: Checked) -> anyhow::Result<Outcome> {
    let Given { arguments, format } = given;
    let Checked { tally, fault, rows_before } = checked;
    let fault = fault.map(|fault| fault.to_string());
    if fault.is_some() || (tally.rejected > 0 && !arguments.skip_rejected) {
        let withheld = tally.accepted;
        let tally = Tally { accepted: 0, unrated: 0, ..tally };
        return Ok(Outcome { tally, withheld, fault });
    }
    if arguments.dry_run {
        return Ok(Outcome { tally, withheld: 0, fault });
    }
    let digest = digest(&arguments.file).context("cannot read the file")?;
    let broken_off =
        parts.db.read_blocking(|connection| store::broken_off(connection, channel.id, &digest))?;
    if tally.accepted == 0 && broken_off.is_none() {
        return Ok(Outcome { tally, withheld: 0, fault });
    }
    let name = arguments.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let new = NewFile { name, format };
    let task = Task {
        channel: channel.clone(),
        file: broken_off.unwrap_or_else(UsageFileId::generate),
        origin: Origin::Given { new, digest, skips_rejected: tally.rejected > 0 },
        job: None,
        rows: tally.rows(),
        act: Act { who: Actor::system("Command line"), at: parts.clock.now() },
    };
    let tally = import(parts, given, &task, &tally, rows_before)?;
    let runner = Runner {
        db: parts.db.clone(),
        clock: parts.clock.clone(),
        handler: work::handler(parts.config.office()),
    };
    runner.run_waiting()?;
    Ok(Outcome { tally, withheld: 0, fault })
}

fn import(
    parts: &Parts,
    Given { arguments, format }: Given<'_>,
    task: &Task,
    checked: &Tally,
    rows_before: i64,
) -> anyhow::Result<Tally> {
    let order = Order { task, format, content: &arguments.file, rejected: checked.rejected, rows_before };
    let mut told = Told::new(arguments);
    let _here = leases::arrive(&parts.db)?;
    let waits = || tell("another import into the channel goes on; waiting for its end");
    let lane = jobs::store::lane_of(task.channel.id);
    let imported = leases::holding(&parts.db, &parts.clock, &lane, waits, || {
        importing::import(&parts.db, &order, |tally, faults| {
            if checked.rejected == 0 {
                faults.iter().for_each(|fault| tell_fault(format, fault));
            }
            told.rows(tally.rows(), "imported");
        })
    });
    match imported?.decided()? {
        Ok(tally) => Ok(tally),
        Err(ImportRefusal::Fault(fault)) => bail!("{fault}"),
        Err(refusal) => bail!("{refusal}; run the command again"),
    }
}

/// Says now and then how many rows are done.
struct Told {
    is_silent: bool,
    next: i64,
}

impl Told {
    const EVERY: i64 = 100_000;

    fn new(arguments: &Arguments) -> Self {
        Self { is_silent: arguments.json, next: Self::EVERY }
    }

    fn rows(&mut self, rows: i64, done: &str) {
        if !self.is_silent && rows >= self.next {
            tell(&format!("{rows} rows {done}"));
            self.next = rows - rows % Self::EVERY + Self::EVERY;
        }
    }
}

fn tell_fault(format: Format, RowFault { line, column, value, reason }: &RowFault) {
    let place = if format.is_table() { "line" } else { "record" };
    match (column.as_str(), value.as_str()) {
        ("", _) => tell(&format!("{place} {line}: {reason}")),
        (column, "") => tell(&format!("{place} {line}, {column}: {reason}")),
        (column, value) => tell(&format!("{place} {line}, {column}: {reason} (“{value}”)")),
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
