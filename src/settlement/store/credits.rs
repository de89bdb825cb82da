//! Credits that root issues against a line.

use diesel::dsl::max;
use diesel::prelude::*;

use super::rate::open_statement;
use super::read::of_month;
use super::{note, out_of_range};
use crate::books;
use crate::db::schema::{charge_lines as l, credits as c};
use crate::db::{AnyConnection, Failure};
use crate::rating::{self, ChargeLine, LineRole};
use crate::settlement::credit::{Left, is_creditable, left, share};
use crate::settlement::state::Refusal;
use crate::settlement::{Statement, StatementState};
use crate::values::{Act, Amount, ChargeLineId, Month, Quantity};

/// What is left of a line, from all that was corrected and credited of it.
pub fn left_of(connection: &mut AnyConnection, line: &ChargeLine) -> QueryResult<Left> {
    let about: Vec<ChargeLine> = l::table.filter(l::corrects_id.eq(line.id)).load(connection)?;
    left(line, &about).map_err(super::read::too_large)
}

/// Credits `amount` of a line, with a reason. While its statement is not agreed to, the credit stands in the same
/// statement; afterwards in the next open one.
pub fn issue(
    connection: &mut AnyConnection,
    id: ChargeLineId,
    amount: Amount,
    reason: &str,
    act: &Act,
) -> Result<ChargeLineId, Failure<Refusal>> {
    let line: ChargeLine = l::table.find(id).first(connection)?;
    let statement = statement_of(connection, &line)?;
    if !is_creditable(&line) || statement.state == StatementState::Open {
        return Err(Failure::Refused(Refusal::NotCreditable));
    }
    if is_issued(connection, id, amount, reason)? {
        return Err(Failure::Refused(Refusal::SameCredit));
    }
    let left = left_of(connection, &line)?;
    if amount <= Amount::ZERO || amount > left.net {
        return Err(Failure::Refused(Refusal::NotLeft { left: left.net }));
    }
    let month = credit_month(connection, &statement)?;
    let reseller = share(&line, left, amount, line.currency).map_err(out_of_range)?;
    let credit = credit_line(connection, &line, month, amount, reseller).map_err(Failure::Query)?;
    let written = credit.id;
    rating::store::insert(connection, &[credit])?;
    diesel::insert_into(c::table)
        .values((
            c::line_id.eq(written),
            c::reason.eq(reason),
            c::issued_at.eq(act.at),
            c::issued_by.eq(&act.who.name),
        ))
        .execute(connection)?;
    let summary = format!("{} {amount} of a line of {} credited: {reason}", line.currency, statement.name());
    note(connection, &statement, "statement.credited", summary, act)?;
    Ok(written)
}

/// Whether a line has this very credit: a form that is sent twice counts once.
fn is_issued(
    connection: &mut AnyConnection,
    line: ChargeLineId,
    amount: Amount,
    reason: &str,
) -> QueryResult<bool> {
    let same = l::table
        .inner_join(c::table.on(c::line_id.eq(l::id)))
        .filter(l::corrects_id.eq(line))
        .filter(l::credited.eq(amount))
        .filter(c::reason.eq(reason));
    diesel::select(diesel::dsl::exists(same)).get_result(connection)
}

/// The statement that holds a line.
pub fn statement_of(connection: &mut AnyConnection, line: &ChargeLine) -> QueryResult<Statement> {
    let found = of_month(connection, line.channel_id, line.month)?;
    found.into_iter().find(|one| one.currency == line.currency).ok_or(diesel::result::Error::NotFound)
}

fn credit_month(connection: &mut AnyConnection, statement: &Statement) -> QueryResult<Month> {
    if !matches!(statement.state, StatementState::Agreed | StatementState::Posted) {
        return Ok(statement.month);
    }
    let Statement { channel, currency, month, .. } = *statement;
    let open = books::first_open_after(connection, channel, currency, month)?;
    open_statement(connection, channel, currency, open)?;
    Ok(open)
}

fn credit_line(
    connection: &mut AnyConnection,
    line: &ChargeLine,
    month: Month,
    amount: Amount,
    reseller: Amount,
) -> QueryResult<ChargeLine> {
    let last: Option<i64> = l::table
        .filter(l::channel_id.eq(line.channel_id))
        .filter(l::currency.eq(line.currency))
        .filter(l::month.eq(month))
        .filter(l::origin_month.eq(line.origin_month))
        .filter(l::role.eq(LineRole::Credit))
        .select(max(l::position))
        .first(connection)?;
    let provider = amount.checked_sub(reseller).map_err(super::read::too_large)?;
    let negative = |amount: Amount| Amount::from_micros(-amount.micros());
    Ok(ChargeLine {
        id: ChargeLineId::generate(),
        role: LineRole::Credit,
        month,
        corrects_id: Some(line.id),
        position: last.unwrap_or(0) + 1,
        quantity: Quantity::ZERO,
        included: "0".into(),
        billable: "0".into(),
        cost: None,
        gross: Amount::ZERO,
        credited: amount,
        reference: Amount::ZERO,
        reseller_share: negative(reseller),
        provider_share: negative(provider),
        ..line.clone()
    })
}
