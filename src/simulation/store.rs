//! Reads closed months for a simulation.

use diesel::prelude::*;

use super::SettledMonth;
use crate::db::AnyConnection;
use crate::settlement::store;
use crate::settlement::{Statement, StatementState};
use crate::terms;
use crate::values::{ChannelId, Currency, Month, Scope};

/// More months than this are not simulated at once.
pub const MOST_MONTHS: i64 = 36;

/// A channel's closed statements in a currency, the newest first; a re-seller's from when they were sent.
pub fn closed(
    connection: &mut AnyConnection,
    scope: Scope,
    channel: ChannelId,
    currency: Currency,
) -> QueryResult<Vec<Statement>> {
    // A channel has a statement for each currency and month, so some of them are of other currencies.
    let mut statements = store::of_channel(connection, scope, channel, MOST_MONTHS * 8)?;
    statements.retain(|one| one.currency == currency && one.state != StatementState::Open);
    Ok(statements)
}

/// The months of statements from one month to another, in order.
pub fn months(
    connection: &mut AnyConnection,
    statements: &[Statement],
    from: Month,
    to: Month,
) -> QueryResult<Vec<SettledMonth>> {
    let mut months = Vec::new();
    for statement in statements.iter().filter(|one| (from..=to).contains(&one.month)).rev() {
        let mut lines = store::lines(connection, statement)?;
        lines.sort_by_key(|line| line.position);
        let version = terms::store::version(connection, statement.reseller, statement.terms)?;
        months.push(SettledMonth {
            month: statement.month,
            currency: statement.currency,
            lines,
            rule: version.map(|version| version.offer.rule),
            part: store::active_part(connection, statement.channel, statement.month)?,
        });
    }
    Ok(months)
}
