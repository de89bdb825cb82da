//! Disputes of single lines, and what root answers.

use diesel::prelude::*;

use super::read::{any, find, lines};
use super::{credits, note};
use crate::db::schema::{disputes as d, statements as s};
use crate::db::{AnyConnection, Failure};
use crate::settlement::state::{Refusal, Step, after};
use crate::settlement::{Dispute, DisputeState, Statement};
use crate::values::{Act, Amount, ChargeLineId, DisputeId, Scope, StatementId, Timestamp};

type Outcome<T> = Result<T, Failure<Refusal>>;

type Row = (
    (DisputeId, StatementId, ChargeLineId, String, String, Option<Amount>, DisputeState),
    (Timestamp, String, String, Option<Timestamp>, Option<String>),
);
type Columns = (
    (d::id, d::statement_id, d::line_id, d::line_text, d::reason, d::claimed, d::state),
    (d::raised_at, d::raised_by, d::answer, d::answered_at, d::answered_by),
);
const DISPUTE: Columns = (
    (d::id, d::statement_id, d::line_id, d::line_text, d::reason, d::claimed, d::state),
    (d::raised_at, d::raised_by, d::answer, d::answered_at, d::answered_by),
);

fn dispute((what, who): Row) -> Dispute {
    let (id, statement, line, line_text, reason, claimed, state) = what;
    let (raised_at, raised_by, answer, answered_at, answered_by) = who;
    Dispute {
        id,
        statement,
        line,
        line_text,
        reason,
        claimed,
        state,
        raised_at,
        raised_by,
        answer,
        answered_at,
        answered_by,
    }
}

/// A statement's disputes, oldest first; the statement was found in scope before.
pub fn of(connection: &mut AnyConnection, statement: StatementId) -> QueryResult<Vec<Dispute>> {
    let rows: Vec<Row> = d::table
        .filter(d::statement_id.eq(statement))
        .order((d::raised_at, d::id))
        .select(DISPUTE)
        .load(connection)?;
    Ok(rows.into_iter().map(dispute).collect())
}

/// Whether no dispute of a statement waits for an answer.
pub fn all_answered(connection: &mut AnyConnection, statement: StatementId) -> QueryResult<bool> {
    let open = d::table.filter(d::statement_id.eq(statement)).filter(d::state.eq(DisputeState::Open));
    let count: i64 = open.count().get_result(connection)?;
    Ok(count == 0)
}

/// What a re-seller says of a line.
#[derive(Debug, Clone)]
pub struct Raised {
    pub line: ChargeLineId,
    /// The line in words.
    pub line_text: String,
    pub reason: String,
    pub claimed: Option<Amount>,
}

/// Disputes a line of a statement that was sent.
pub fn raise(
    connection: &mut AnyConnection,
    scope: Scope,
    id: StatementId,
    raised: &Raised,
    act: &Act,
) -> Outcome<DisputeId> {
    let statement = find(connection, scope, id)?;
    let next = after(statement.state, Step::Dispute, true).map_err(Failure::Refused)?;
    if !lines(connection, &statement)?.iter().any(|line| line.id == raised.line) {
        return Err(Failure::Refused(Refusal::NotItsLine));
    }
    let same = d::table.filter(d::line_id.eq(raised.line)).filter(d::state.eq(DisputeState::Open));
    if same.count().get_result::<i64>(connection)? > 0 {
        return Err(Failure::Refused(Refusal::DisputedAlready));
    }
    let dispute = DisputeId::generate();
    diesel::insert_into(d::table)
        .values((
            d::id.eq(dispute),
            d::statement_id.eq(id),
            d::line_id.eq(raised.line),
            d::line_text.eq(&raised.line_text),
            d::reason.eq(&raised.reason),
            d::claimed.eq(raised.claimed),
            d::state.eq(DisputeState::Open),
            d::raised_at.eq(act.at),
            d::raised_by.eq(&act.who.name),
            d::answer.eq(""),
        ))
        .execute(connection)?;
    diesel::update(s::table.find(id)).set(s::state.eq(next)).execute(connection)?;
    let summary = format!("{} of {} disputed: {}", raised.line_text, statement.name(), raised.reason);
    note(connection, &statement, "statement.disputed", summary, act)?;
    Ok(dispute)
}

/// Root's answer to a dispute.
#[derive(Debug, Clone)]
pub struct Answer {
    pub text: String,
    /// What is credited of the line; `None` keeps it.
    pub credit: Option<Amount>,
}

/// A dispute of a statement in scope.
pub fn one(
    connection: &mut AnyConnection,
    scope: Scope,
    statement: StatementId,
    id: DisputeId,
) -> QueryResult<(Statement, Dispute)> {
    let statement = find(connection, scope, statement)?;
    let dispute = in_statement(connection, &statement, id)?;
    Ok((statement, dispute))
}

fn in_statement(
    connection: &mut AnyConnection,
    statement: &Statement,
    id: DisputeId,
) -> QueryResult<Dispute> {
    let own = d::table.find(id).filter(d::statement_id.eq(statement.id));
    own.select(DISPUTE).first::<Row>(connection).map(dispute)
}

/// Answers a dispute, with or without a credit of its line.
pub fn answer(
    connection: &mut AnyConnection,
    statement: StatementId,
    id: DisputeId,
    answer: &Answer,
    act: &Act,
) -> Outcome<()> {
    let statement = any(connection, statement)?;
    let dispute = in_statement(connection, &statement, id)?;
    if let Some(amount) = answer.credit {
        credits::issue(connection, dispute.line, amount, &answer.text, act)?;
    }
    let state = if answer.credit.is_some() { DisputeState::Credited } else { DisputeState::Kept };
    settle(connection, &dispute, state, &answer.text, act)?;
    let summary = format!("Dispute of {} answered: {}", dispute.line_text, answer.text);
    Ok(note(connection, &statement, "statement.dispute_answered", summary, act)?)
}

/// The re-seller takes a dispute back.
pub fn withdraw(
    connection: &mut AnyConnection,
    scope: Scope,
    statement: StatementId,
    id: DisputeId,
    act: &Act,
) -> Outcome<()> {
    let (statement, dispute) = one(connection, scope, statement, id)?;
    settle(connection, &dispute, DisputeState::Withdrawn, "", act)?;
    let summary = format!("Dispute of {} withdrawn", dispute.line_text);
    Ok(note(connection, &statement, "statement.dispute_withdrawn", summary, act)?)
}

fn settle(
    connection: &mut AnyConnection,
    dispute: &Dispute,
    state: DisputeState,
    text: &str,
    act: &Act,
) -> Outcome<()> {
    let settled = diesel::update(d::table.find(dispute.id).filter(d::state.eq(DisputeState::Open)))
        .set((
            d::state.eq(state),
            d::answer.eq(text),
            d::answered_at.eq(act.at),
            d::answered_by.eq(&act.who.name),
        ))
        .execute(connection)?;
    if settled == 1 {
        Ok(())
    } else {
        Err(Failure::Refused(Refusal::State(crate::settlement::StatementState::Disputed)))
    }
}
