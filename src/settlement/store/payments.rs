//! Payments of posted statements.

use chrono::NaiveDate;
use diesel::dsl::max;
use diesel::prelude::*;

use super::read::{any, last_posted, last_posted_of_all, payments_of};
use super::{note, out_of_range};
use crate::db::schema::payments as p;
use crate::db::{AnyConnection, Failure};
use crate::settlement::state::Refusal;
use crate::settlement::{Posted, Statement};
use crate::values::{Act, Amount, PaymentId, StatementId};

type Outcome<T> = Result<T, Failure<Refusal>>;

/// What is told of a payment.
#[derive(Debug, Clone)]
pub struct NewPayment {
    /// Above zero; the direction is that of the statement's balance.
    pub amount: Amount,
    pub paid_on: NaiveDate,
    pub reference: String,
}

/// What a posted statement's balance still lacks, signed towards the re-seller.
pub fn due(connection: &mut AnyConnection, statement: &Statement, posted: &Posted) -> QueryResult<Amount> {
    let paid = payments_of(connection, statement.id)?;
    let paid = Amount::sum(paid.iter().map(|payment| payment.amount)).map_err(super::read::too_large)?;
    posted.balance.closing.checked_sub(paid).map_err(super::read::too_large)
}

/// The posted statements that are due by a day and not paid, the longest due first, at most `limit`; with what they lack.
pub fn overdue(
    connection: &mut AnyConnection,
    today: NaiveDate,
    limit: usize,
) -> QueryResult<Vec<(Statement, Posted, Amount)>> {
    let mut found = Vec::new();
    for statement in last_posted_of_all(connection, today)? {
        let Some(posted) = statement.posted.clone() else { continue };
        let due = due(connection, &statement, &posted)?;
        if !due.is_zero() && found.len() < limit {
            found.push((statement, posted, due));
        }
    }
    Ok(found)
}

/// Records that all or some of a statement's balance was paid. The last posted statement of a channel's currency
/// takes payments; it carries what earlier ones lacked. One reference counts once, however often the form is sent.
pub fn record(
    connection: &mut AnyConnection,
    id: StatementId,
    payment: &NewPayment,
    act: &Act,
) -> Outcome<PaymentId> {
    let (statement, posted) = payable(connection, id)?;
    if payments_of(connection, id)?.iter().any(|known| known.reference == payment.reference) {
        return Err(Failure::Refused(Refusal::SameReference));
    }
    let due = due(connection, &statement, &posted)?;
    let size = Amount::from_micros(due.micros().abs());
    if payment.amount <= Amount::ZERO || payment.amount > size {
        return Err(Failure::Refused(Refusal::NotDue { due: size }));
    }
    let signed = if due.is_negative() { negative(payment.amount) } else { payment.amount };
    let number = insert(connection, &statement, signed, payment.paid_on, &payment.reference, act)?;
    let summary = format!("{} {} paid for {}", statement.currency, payment.amount, statement.name());
    note(connection, &statement, "statement.paid", summary, act)?;
    Ok(number)
}

/// Takes the last payment of a statement back, by one of the opposite amount.
pub fn reverse(
    connection: &mut AnyConnection,
    id: StatementId,
    payment: PaymentId,
    act: &Act,
) -> Outcome<Amount> {
    let (statement, _) = payable(connection, id)?;
    let all = payments_of(connection, id)?;
    let last =
        all.last().filter(|last| last.id == payment).ok_or(Failure::Refused(Refusal::NotReversible))?;
    if last.reference.starts_with(REVERSAL) {
        return Err(Failure::Refused(Refusal::NotReversible));
    }
    insert(connection, &statement, negative(last.amount), act.today(), &reversal_of(last.number), act)?;
    let summary = format!("Payment {} of {} taken back", last.number, statement.name());
    note(connection, &statement, "statement.payment_reversed", summary, act)?;
    Ok(last.amount)
}

/// How the reference of a payment that takes another back begins.
pub const REVERSAL: &str = "Reversal of payment";

fn reversal_of(number: i64) -> String {
    format!("{REVERSAL} {number}")
}

fn negative(amount: Amount) -> Amount {
    Amount::from_micros(-amount.micros())
}

fn payable(connection: &mut AnyConnection, id: StatementId) -> Outcome<(Statement, Posted)> {
    let statement = any(connection, id)?;
    let Some(posted) = statement.posted.clone() else {
        return Err(Failure::Refused(Refusal::State(statement.state)));
    };
    let last = last_posted(connection, statement.channel, statement.currency)?;
    if last.is_none_or(|last| last.id != id) {
        return Err(Failure::Refused(Refusal::Carried));
    }
    Ok((statement, posted))
}

fn insert(
    connection: &mut AnyConnection,
    statement: &Statement,
    amount: Amount,
    paid_on: NaiveDate,
    reference: &str,
    act: &Act,
) -> Outcome<PaymentId> {
    let last: Option<i64> = p::table
        .filter(p::channel_id.eq(statement.channel))
        .filter(p::currency.eq(statement.currency))
        .select(max(p::number))
        .first(connection)?;
    let number = last.unwrap_or(0).checked_add(1).ok_or_else(|| out_of_range(crate::values::OutOfRange))?;
    let id = PaymentId::generate();
    diesel::insert_into(p::table)
        .values((
            p::id.eq(id),
            p::channel_id.eq(statement.channel),
            p::currency.eq(statement.currency),
            p::number.eq(number),
            p::statement_id.eq(statement.id),
            p::amount.eq(amount),
            p::paid_on.eq(paid_on),
            p::reference.eq(reference),
            p::recorded_at.eq(act.at),
            p::recorded_by.eq(&act.who.name),
        ))
        .execute(connection)?;
    Ok(id)
}
