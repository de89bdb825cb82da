//! `archive`: takes a settled month's usage records out of PostgreSQL's whole.

use std::io::Write;
use std::process::ExitCode;

use anyhow::bail;

use super::close::act;
use crate::app::Parts;
use crate::db::Decided;
use crate::settlement::store;
use crate::values::Month;
use crate::web::filters::counted;

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The month, such as 2024-12; all of its statements must be posted
    month: Month,
}

pub(super) fn run(parts: &Parts, options: &Options) -> anyhow::Result<ExitCode> {
    let Options { month } = *options;
    let act = act(parts);
    let archived = parts.db.write_blocking(|connection| store::archive_usage(connection, month, &act));
    let mut out = std::io::stdout().lock();
    match archived.decided()? {
        Ok(0) => writeln!(out, "no usage records of {month} are kept")?,
        Ok(records) => {
            let table = month.first_day().format("archived_usage_%Y_%m");
            let records = counted(records, "usage record");
            writeln!(out, "archived {records} of {month}: the table {table}, which nothing reads")?;
        }
        Err(refusal) => bail!("{month} is not archived: {refusal}"),
    }
    Ok(ExitCode::SUCCESS)
}
