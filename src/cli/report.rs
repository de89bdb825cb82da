//! `report`: the rows of a report as CSV or JSON, the same as the page's export.

use std::io::Write;
use std::process::ExitCode;

use anyhow::bail;
use clap::ValueEnum;

use super::rate::chosen;
use crate::app::Parts;
use crate::reports::{Filter, Group, export, store};
use crate::values::{Month, Scope};
use crate::web::sheet::FileKind;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Report {
    /// How much of each product was used
    Usage,
    /// What was charged, and both sides' shares
    Revenue,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Format {
    Csv,
    Json,
}

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    report: Report,
    /// The month, such as 2026-11
    #[arg(long)]
    month: Month,
    /// Only this channel, by its code
    #[arg(long)]
    channel: Option<String>,
    /// product, bundle, customer, charge-type, day, week or month [default: product for usage, bundle for revenue]
    #[arg(long)]
    group_by: Option<Group>,
    #[arg(long, value_enum)]
    format: Format,
}

pub(super) fn run(parts: &Parts, options: &Options) -> anyhow::Result<ExitCode> {
    let (default, allowed) = match options.report {
        Report::Usage => (Group::Product, Group::OF_USAGE),
        Report::Revenue => (Group::Bundle, Group::OF_REVENUE),
    };
    let group = options.group_by.unwrap_or(default);
    if !allowed.contains(&group) {
        let words: Vec<&str> = allowed.iter().map(|group| group.as_str()).collect();
        bail!("this report is not grouped by {group}; choose one of {}", words.join(", "));
    }
    let mut filter = Filter::month(options.month, group);
    if options.channel.is_some() {
        filter.channel = chosen(parts, options.channel.as_deref())?.first().map(|channel| channel.id);
    }
    let made = parts.clock.now();
    let text = match options.report {
        Report::Usage => {
            let rows = parts.db.read_blocking(|connection| {
                let within = store::within(connection, Scope::Root, &filter)?;
                store::usage(connection, &within, &filter)
            })?;
            match options.format {
                Format::Csv => export::usage(FileKind::Csv, &rows, made)?,
                Format::Json => export::usage_json(&rows)?.into_bytes(),
            }
        }
        Report::Revenue => {
            let rows = parts.db.read_blocking(|connection| {
                let within = store::within(connection, Scope::Root, &filter)?;
                store::revenue(connection, &within, &filter)
            })?;
            match options.format {
                Format::Csv => export::revenue(FileKind::Csv, &rows, made)?,
                Format::Json => export::revenue_json(&rows)?.into_bytes(),
            }
        }
    };
    let mut out = std::io::stdout().lock();
    out.write_all(&text)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
