//! `verify`: recomputes every seal and total of what was posted.

use std::io::Write;
use std::process::ExitCode;

use crate::app::Parts;
use crate::settlement::store;

pub(super) fn run(parts: &Parts) -> anyhow::Result<ExitCode> {
    let verified = parts.db.read_blocking(store::verify)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} posted statements, {} lines", verified.statements, verified.lines)?;
    match verified.differences.first() {
        None => {
            writeln!(out, "everything is as it was posted")?;
            Ok(ExitCode::SUCCESS)
        }
        Some(first) => {
            writeln!(out, "{first}")?;
            let more = verified.differences.len() - 1;
            if more > 0 {
                writeln!(out, "and {more} more")?;
            }
            Ok(ExitCode::FAILURE)
        }
    }
}
