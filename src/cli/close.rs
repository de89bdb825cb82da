//! `close`: closes a month of one channel or of all.

use std::io::Write;
use std::process::ExitCode;

use super::rate;
use crate::app::Parts;
use crate::db::{Decided, Failure};
use crate::settlement::state::Refusal;
use crate::settlement::{Statement, notices, store};
use crate::values::{Act, Actor, ActorKind, Scope, StatementId};

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    which: rate::Which,
    /// Send each statement whose checklist is clear to its re-seller
    #[arg(long)]
    send: bool,
}

pub(super) fn run(parts: &Parts, options: &Options) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    let which = &options.which;
    let mut closed_any = false;
    for channel in rate::chosen(parts, which.channel.as_deref())? {
        let act = act(parts);
        let closed = parts
            .db
            .write_blocking(|connection| store::close(connection, channel.id, which.month, &act))
            .decided()?;
        match closed {
            Ok(statements) => {
                closed_any = true;
                for id in statements {
                    tell(parts, options, id, &mut out)?;
                }
            }
            Err(refusal) => writeln!(out, "{} {}: {refusal}", channel.code, which.month)?,
        }
    }
    Ok(if closed_any { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What the command line does.
pub(super) fn act(parts: &Parts) -> Act {
    let who = Actor { kind: ActorKind::System, id: None, name: "Command line".into(), address: None };
    Act { who, at: parts.clock.now() }
}

/// One statement: its net, what its checklist says, and whether it was sent.
fn tell(parts: &Parts, options: &Options, id: StatementId, out: &mut impl Write) -> anyhow::Result<()> {
    let (statement, totals, items) = parts.db.read_blocking(|connection| {
        let statement = store::find(connection, Scope::Root, id)?;
        let totals = store::totals(connection, &statement)?;
        let items = store::checklist::of(connection, &statement)?;
        Ok((statement, totals, items))
    })?;
    let Statement { currency, .. } = statement;
    writeln!(out, "{}: closed, net {}", statement.name(), totals.net()?.plain(currency))?;
    for item in items.iter().filter(|item| !item.is_clear()) {
        let word = if item.stops() { "blocks" } else { "look at" };
        writeln!(out, "  {word}: {}", item.text)?;
    }
    if options.send && !items.iter().any(|item| item.stops()) {
        send(parts, id)?;
        writeln!(out, "  sent to {}", statement.reseller_name)?;
    }
    Ok(())
}

fn send(parts: &Parts, id: StatementId) -> anyhow::Result<()> {
    let (letterhead, act) = (parts.config.letterhead(), act(parts));
    parts.db.write_blocking::<_, Refusal>(|connection| {
        let statement = store::send(connection, id, &act)?;
        let days = parts.config.agree_after_days;
        notices::sent(connection, &statement, &letterhead, days, &act).map_err(Failure::Query)
    })?;
    Ok(())
}
