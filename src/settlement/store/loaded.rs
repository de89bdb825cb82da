//! A statement with all that belongs to it.

use diesel::QueryResult;

use super::read::{balance, find, last_posted, lines, payments_of, totals};
use super::told::{Told, told};
use super::{checklist, disputes, payments};
use crate::audit;
use crate::channels::logo;
use crate::db::AnyConnection;
use crate::rating::ChargeLine;
use crate::settlement::checklist::Item;
use crate::settlement::{Balance, Dispute, DisputeState, Payment, Statement, StatementState, Totals, credit};
use crate::values::{Amount, ChargeLineId, Scope, StatementId, Timestamp};

/// Everything that the page shows, loaded in scope.
pub struct Loaded {
    pub statement: Statement,
    pub totals: Totals,
    pub balance: Balance,
    /// One page of the lines.
    pub lines: Vec<Told>,
    /// How many lines come before that page.
    pub skipped: usize,
    pub line_count: usize,
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

/// How many lines a page shows; the downloads have all of them.
const LINES: usize = 500;

/// A statement in scope with its lines from after the first `skipped` ones on.
pub fn load(
    connection: &mut AnyConnection,
    scope: Scope,
    id: StatementId,
    skipped: usize,
) -> QueryResult<Loaded> {
    let statement = find(connection, scope, id)?;
    let all = lines(connection, &statement)?;
    let line_count = all.len();
    let own_lines = all.into_iter().skip(skipped).take(LINES).collect();
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
        skipped,
        line_count,
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
    /// `Lines 501 to 1000 of 1204`; empty when one page has them all.
    pub fn line_range(&self) -> String {
        let last = self.skipped + self.lines.len();
        match last - self.skipped == self.line_count {
            true => String::new(),
            false => format!("Lines {} to {last} of {}", self.skipped + 1, self.line_count),
        }
    }

    /// The address of the lines before these; empty when there are none.
    pub fn earlier_lines(&self) -> String {
        if self.skipped == 0 { String::new() } else { self.lines_from(self.skipped.saturating_sub(LINES)) }
    }

    /// The address of the lines after these; empty when there are none.
    pub fn later_lines(&self) -> String {
        let last = self.skipped + self.lines.len();
        if last >= self.line_count { String::new() } else { self.lines_from(last) }
    }

    fn lines_from(&self, skipped: usize) -> String {
        format!("/statements/{}?skipped={skipped}#lines", self.statement.id)
    }

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
