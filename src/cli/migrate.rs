//! `migrate`: brings the schema up to date, which every other command does as well.

use std::process::ExitCode;

use crate::app::Parts;

pub(super) fn run(parts: &Parts) -> anyhow::Result<ExitCode> {
    let kind = if parts.config.database_url.starts_with("postgres") { "PostgreSQL" } else { "SQLite" };
    println!("The {kind} database's schema is up to date.");
    Ok(ExitCode::SUCCESS)
}
