//! A statement with all that belongs to it.

use diesel::QueryResult;

use super::read::{balance, find, last_posted, payments_of, some_lines, totals};
use super::told::{Told, told};
use super::{checklist, disputes, payments};
use crate::audit;
use crate::channels::logo;
use crate::db::AnyConnection;
use crate::rating::ChargeLine;
use crate::settlement::checklist::Item;
use crate::settlement::window::Window;
use crate::settlement::{Balance, Dispute, DisputeState, Payment, Statement, StatementState, Totals, credit};
use crate::values::{Amount, ChargeLineId, Scope, StatementId, Timestamp};

/// Everything that the page shows, loaded in scope.
pub struct Loaded {
    pub statement: Statement,
    pub totals: Totals,
    pub balance: Balance,
    /// One page of the lines.
    pub lines: Vec<Told>,
    pub window: Window,
    pub checklist: Vec<Item>,
    pub disputes: Vec<Dispute>,
    pub payments: Vec<Payment>,
    /// What a posted statement still lacks, signed towards the re-seller; `None` while it is not posted.
    pub due: Option<Amount>,
    pub is_last: bool,
    pub history: Vec<audit::Entry>,
    /// Since when the channel has a logo of its own.
    pub logo: Option<Timestamp>,
}

/// A statement in scope with its lines from after the first `skipped` ones on.
pub fn load(
    connection: &mut AnyConnection,
    scope: Scope,
    id: StatementId,
    skipped: i64,
) -> QueryResult<Loaded> {
    let statement = find(connection, scope, id)?;
    let (own_lines, skipped, count) = some_lines(connection, &statement, skipped)?;
    let shown = i64::try_from(own_lines.len()).unwrap_or(i64::MAX);
    let last = last_posted(connection, statement.channel, statement.currency)?;
    let shows_checklist = scope.reseller().is_none() && statement.posted.is_none();
    let due = match &statement.posted {
        Some(posted) => Some(payments::due(connection, &statement, posted)?),
        None => None,
    };
    Ok(Loaded {
        totals: totals(connection, &statement)?,
        balance: balance(connection, &statement)?,
        lines: told(connection, own_lines)?,
        window: Window { skipped, shown, count, path: format!("/statements/{id}") },
        checklist: if shows_checklist { checklist::of(connection, &statement)? } else { Vec::new() },
        disputes: disputes::of(connection, id)?,
        payments: payments_of(connection, id)?,
        due,
        is_last: last.is_some_and(|last| last.id == id),
        history: audit::of_object(connection, id)?,
        logo: logo::store::changed_at(connection, scope, statement.channel)?,
        statement,
    })
}

impl Loaded {
    /// Whether the lines have something to do beside them.
    pub fn has_line_actions(&self, is_root: &bool) -> bool {
        match self.statement.state {
            StatementState::Sent | StatementState::Disputed => true,
            StatementState::Agreed | StatementState::Posted | StatementState::Closing => *is_root,
            StatementState::Open => false,
        }
    }

    pub fn is_creditable(&self, line: &ChargeLine) -> bool {
        credit::is_creditable(line)
    }

    /// Whether a dispute of the line waits for its answer.
    pub fn is_disputed(&self, line: &ChargeLineId) -> bool {
        self.disputes.iter().any(|one| one.line == *line && one.state == DisputeState::Open)
    }

    /// Whether the payment can be taken back: the last one, when it is no reversal itself.
    pub fn is_reversible(&self, payment: &Payment) -> bool {
        let is_reversal = payment.reference.starts_with(payments::REVERSAL);
        self.is_last && !is_reversal && self.payments.last().is_some_and(|last| last.id == payment.id)
    }
}
