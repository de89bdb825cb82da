//! Posts statements, and verifies what was posted.

use std::collections::{HashMap, HashSet};

use chrono::Days;
use diesel::prelude::*;

use super::read::{all_posted, any, balance, last_posted, lines, payments_after, totals};
use super::{disputes, note};
use crate::db::schema::statements as s;
use crate::db::{AnyConnection, Failure};
use crate::rating::ChargeLine;
use crate::settings::next_number;
use crate::settlement::seal::{Content, seal};
use crate::settlement::state::{Refusal, Step, after};
use crate::settlement::{Balance, Payment, Posted, Statement, StatementState, Totals};
use crate::values::{Act, Amount, ChannelId, Currency, StatementId};

/// Posts a statement, in one transaction: its number is given, the balance carried forward, the content sealed.
/// Balances follow the order of posting, not of months: one month in dispute holds up none after it.
pub fn post(connection: &mut AnyConnection, id: StatementId, act: &Act) -> Result<Posted, Failure<Refusal>> {
    let statement = any(connection, id)?;
    let answered = disputes::all_answered(connection, id)?;
    after(statement.state, Step::Post, answered).map_err(Failure::Refused)?;
    let before = last_posted(connection, statement.channel, statement.currency)?;
    let through = before.as_ref().and_then(|one| one.posted.as_ref()).map_or(0, |one| one.payments_through);
    let payments = payments_after(connection, statement.channel, statement.currency, through)?;
    let posted = Posted {
        number: format!("ST-{}-{:06}", act.today().format("%Y"), next_number(connection, "statement")?),
        at: act.at,
        by: act.who.name.clone(),
        due_on: act.today() + Days::new(u64::try_from(statement.payment_days).unwrap_or_default()),
        totals: totals(connection, &statement)?,
        balance: balance(connection, &statement)?,
        payments_through: payments.last().map_or(through, |payment| payment.number),
        previous: before.as_ref().map(|before| before.id),
        seal: String::new(),
    };
    let own_lines = lines(connection, &statement)?;
    let previous_seal = before.as_ref().and_then(|one| one.posted.as_ref()).map(|one| one.seal.as_str());
    let seal = sealed(&statement, &posted, &own_lines, &payments, previous_seal)?;
    let posted = Posted { seal, ..posted };
    write(connection, id, &posted)?;
    let summary = format!("{} posted as {}", statement.name(), posted.number);
    note(connection, &statement, "statement.posted", summary, act)?;
    Ok(posted)
}

fn write(connection: &mut AnyConnection, id: StatementId, posted: &Posted) -> QueryResult<()> {
    let Posted { totals, balance, .. } = posted;
    diesel::update(s::table.find(id))
        .set((
            (
                s::state.eq(StatementState::Posted),
                s::number.eq(&posted.number),
                s::posted_at.eq(posted.at),
                s::posted_by.eq(&posted.by),
                s::due_on.eq(posted.due_on),
                s::gross.eq(totals.gross),
                s::credits.eq(totals.credits),
                s::reseller_share.eq(totals.reseller_share),
                s::provider_share.eq(totals.provider_share),
            ),
            (
                s::opening.eq(balance.opening),
                s::payments.eq(balance.payments),
                s::payments_through.eq(posted.payments_through),
                s::closing.eq(balance.closing),
                s::previous_id.eq(posted.previous),
                s::seal.eq(&posted.seal),
            ),
        ))
        .execute(connection)?;
    Ok(())
}

fn sealed(
    statement: &Statement,
    posted: &Posted,
    lines: &[ChargeLine],
    payments: &[Payment],
    previous_seal: Option<&str>,
) -> QueryResult<String> {
    let content = Content {
        number: &posted.number,
        channel: statement.channel,
        currency: statement.currency,
        month: statement.month,
        terms: statement.terms,
        collects: statement.collects.as_str(),
        posted_at: posted.at,
        due_on: posted.due_on,
        totals: posted.totals,
        balance: posted.balance,
        payments: payments.iter().map(Into::into).collect(),
        previous_seal,
        lines,
    };
    seal(&content).map_err(|error| diesel::result::Error::SerializationError(error.into()))
}

/// What verifying found: how much was looked at, and every difference, the earliest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    pub statements: usize,
    pub lines: usize,
    pub differences: Vec<String>,
}

/// Recomputes every total, balance and seal of every posted statement.
pub fn verify(connection: &mut AnyConnection) -> QueryResult<Verified> {
    let all = all_posted(connection)?;
    let by_id: HashMap<StatementId, &Statement> = all.iter().map(|one| (one.id, one)).collect();
    let mut followed: HashSet<(ChannelId, Currency, Option<StatementId>)> = HashSet::new();
    let mut verified = Verified { statements: all.len(), ..Verified::default() };
    for statement in &all {
        let Some(posted) = &statement.posted else {
            verified.differences.push(format!("{}: what posting gave is incomplete", statement.name()));
            continue;
        };
        let before = posted.previous.and_then(|id| by_id.get(&id)).and_then(|one| one.posted.as_ref());
        if posted.previous.is_some() != before.is_some()
            || !followed.insert((statement.channel, statement.currency, posted.previous))
        {
            verified.differences.push(format!("{}: the statement before it is not the one", posted.number));
        }
        let own_lines = lines(connection, statement)?;
        verified.lines += own_lines.len();
        let through = before.map_or(0, |before| before.payments_through);
        let payments = payments_after(connection, statement.channel, statement.currency, through)?;
        let payments: Vec<Payment> =
            payments.into_iter().filter(|payment| payment.number <= posted.payments_through).collect();
        let found = differences(statement, posted, before, &own_lines, &payments)?;
        verified.differences.extend(found);
    }
    Ok(verified)
}

fn differences(
    statement: &Statement,
    posted: &Posted,
    before: Option<&Posted>,
    lines: &[ChargeLine],
    payments: &[Payment],
) -> QueryResult<Vec<String>> {
    let mut found = Vec::new();
    let mut check = |is_right: bool, what: &str| {
        if !is_right {
            found.push(format!("{}: {what}", posted.number));
        }
    };
    for line in lines {
        let shares = line.reseller_share.checked_add(line.provider_share).ok();
        check(shares == line.net().ok(), &format!("line {}: the shares are not its net", line.id));
    }
    let sum = |part: fn(&ChargeLine) -> Amount| Amount::sum(lines.iter().map(part)).unwrap_or_default();
    let totals = Totals {
        gross: sum(|line| line.gross),
        credits: sum(|line| line.credited),
        reseller_share: sum(|line| line.reseller_share),
        provider_share: sum(|line| line.provider_share),
    };
    check(totals == posted.totals, "the totals are not the sums of the lines");
    let opening = before.map(|before| before.balance.closing).unwrap_or_default();
    check(opening == posted.balance.opening, "the opening balance is not the closing balance before it");
    let paid = Amount::sum(payments.iter().map(|payment| payment.amount)).unwrap_or_default();
    check(paid == posted.balance.payments, "the payments are not those recorded");
    let carried = Balance::carried(opening, paid, totals.movement(statement.collects)).ok();
    check(carried == Some(posted.balance), "the closing balance does not follow");
    let seal = sealed(statement, posted, lines, payments, before.map(|before| before.seal.as_str()))?;
    check(seal == posted.seal, "the seal is not that of the content");
    Ok(found)
}
