//! From open to agreed, and back to open while nothing is posted.

use chrono::{Days, NaiveDate};
use diesel::prelude::*;

use super::read::{any, find, of_month};
use super::{checklist, disputes, note, rate_month};
use crate::db::schema::{
    channels, charge_lines as l, credits, disputes as d, statement_waivers, statements as s,
};
use crate::db::{AnyConnection, Failure};
use crate::mail::Letterhead;
use crate::rating::LineRole;
use crate::settlement::state::{Refusal, Step, after};
use crate::settlement::{DisputeState, Statement, StatementState, notices};
use crate::terms;
use crate::values::{Act, Actor, ChannelId, ChargeLineId, Month, Scope, StatementId, Timestamp};

type Outcome<T> = Result<T, Failure<Refusal>>;

/// Closes a channel's month in every currency: rates it once more, pins the terms and freezes the content. Two who
/// close at once make one statement each currency; the later one finds it closed.
pub fn close(
    connection: &mut AnyConnection,
    channel: ChannelId,
    month: Month,
    act: &Act,
) -> Outcome<Vec<StatementId>> {
    if act.today() < month.end() {
        return Err(Failure::Refused(Refusal::NotOver));
    }
    rate_month(connection, channel, month, act.at)?;
    let all = of_month(connection, channel, month)?;
    let open: Vec<&Statement> = all.iter().filter(|one| one.state == StatementState::Open).collect();
    match (open.first(), all.first()) {
        (None, None) => return Err(Failure::Refused(Refusal::NothingRated)),
        (None, Some(closed)) => return Err(Failure::Refused(Refusal::State(closed.state))),
        (Some(_), _) => {}
    }
    let reseller = channels::table.find(channel).select(channels::reseller_id).first(connection)?;
    let terms = terms::store::in_effect(connection, reseller, month)?;
    let offer = terms.as_ref().map(|terms| &terms.offer);
    for statement in &open {
        diesel::update(s::table.find(statement.id))
            .set((
                s::state.eq(StatementState::Closing),
                s::terms_id.eq(terms.as_ref().map(|terms| terms.id)),
                s::collects.eq(offer.map(|offer| offer.collects)),
                s::payment_days.eq(offer.map(|offer| i64::from(offer.payment_days))),
                s::closed_at.eq(act.at),
                s::closed_by.eq(&act.who.name),
            ))
            .execute(connection)?;
        note(connection, statement, "statement.closed", format!("{} closed", statement.name()), act)?;
    }
    Ok(open.iter().map(|statement| statement.id).collect())
}

/// Sends a closed statement to the re-seller, when its checklist is clear.
pub fn send(connection: &mut AnyConnection, id: StatementId, act: &Act) -> Outcome<Statement> {
    let statement = any(connection, id)?;
    let next = after(statement.state, Step::Send, true).map_err(Failure::Refused)?;
    if checklist::of(connection, &statement)?.iter().any(|item| item.stops()) {
        return Err(Failure::Refused(Refusal::Checklist));
    }
    diesel::update(s::table.find(id)).set((s::state.eq(next), s::sent_at.eq(act.at))).execute(connection)?;
    note(connection, &statement, "statement.sent", format!("{} sent", statement.name()), act)?;
    Ok(statement)
}

/// The re-seller agrees to what it was sent.
pub fn agree(connection: &mut AnyConnection, scope: Scope, id: StatementId, act: &Act) -> Outcome<Statement> {
    let statement = find(connection, scope, id)?;
    let answered = disputes::all_answered(connection, id)?;
    let next = after(statement.state, Step::Agree, answered).map_err(Failure::Refused)?;
    agreed(connection, &statement, next, act)?;
    Ok(statement)
}

fn agreed(
    connection: &mut AnyConnection,
    statement: &Statement,
    next: StatementState,
    act: &Act,
) -> QueryResult<()> {
    diesel::update(s::table.find(statement.id))
        .set((s::state.eq(next), s::agreed_at.eq(act.at), s::agreed_by.eq(&act.who.name)))
        .execute(connection)?;
    note(connection, statement, "statement.agreed", format!("{} agreed", statement.name()), act)
}

/// The first day on which silence is agreement.
pub fn silent_on(sent_at: Timestamp, days: u32) -> NaiveDate {
    sent_at.day() + Days::new(u64::from(days) + 1)
}

/// Takes silence of more than `days` full days since sending as agreement; how many statements it agreed.
pub fn agree_by_silence<R>(
    connection: &mut AnyConnection,
    days: u32,
    letterhead: &Letterhead,
    now: Timestamp,
) -> Result<usize, Failure<R>> {
    let sent: Vec<(StatementId, Option<Timestamp>)> =
        s::table.filter(s::state.eq(StatementState::Sent)).select((s::id, s::sent_at)).load(connection)?;
    let act = Act { who: Actor::system("Silence"), at: now };
    let mut agreed_count = 0;
    for (id, sent_at) in sent {
        if sent_at.is_some_and(|at| now.day() >= silent_on(at, days)) {
            let statement = any(connection, id)?;
            agreed(connection, &statement, StatementState::Agreed, &act)?;
            notices::silent(connection, &statement, letterhead, &act)?;
            agreed_count += 1;
        }
    }
    Ok(agreed_count)
}

/// Opens a closed statement again, and rates its month anew: its waivers, its disputes and the credits of its own lines
/// go, and so do corrections of it that wait in a later open month. Credits of earlier statements' lines stay in it.
pub fn reopen(
    connection: &mut AnyConnection,
    id: StatementId,
    reason: &str,
    act: &Act,
) -> Outcome<Statement> {
    let statement = any(connection, id)?;
    let next = after(statement.state, Step::Reopen, true).map_err(Failure::Refused)?;
    if let Some(later) = later_closed(connection, &statement)? {
        return Err(Failure::Refused(Refusal::LaterClosed(later)));
    }
    take_back(connection, &statement)?;
    diesel::update(s::table.find(id))
        .set((
            s::state.eq(next),
            s::terms_id.eq(None::<crate::values::TermsId>),
            s::collects.eq(None::<terms::Collector>),
            s::payment_days.eq(None::<i64>),
            s::closed_at.eq(None::<Timestamp>),
            s::closed_by.eq(None::<String>),
            s::sent_at.eq(None::<Timestamp>),
            s::agreed_at.eq(None::<Timestamp>),
            s::agreed_by.eq(None::<String>),
        ))
        .execute(connection)?;
    let summary = format!("{} reopened: {reason}", statement.name());
    note(connection, &statement, "statement.reopened", summary, act)?;
    rate_month(connection, statement.channel, statement.month, act.at)?;
    Ok(statement)
}

fn later_closed(connection: &mut AnyConnection, statement: &Statement) -> QueryResult<Option<Month>> {
    s::table
        .filter(s::channel_id.eq(statement.channel))
        .filter(s::currency.eq(statement.currency))
        .filter(s::month.gt(statement.month))
        .filter(s::state.ne(StatementState::Open))
        .select(diesel::dsl::max(s::month))
        .first(connection)
}

fn take_back(connection: &mut AnyConnection, statement: &Statement) -> QueryResult<()> {
    let own = l::table.filter(l::channel_id.eq(statement.channel)).filter(l::currency.eq(statement.currency));
    let lines: Vec<ChargeLineId> = own.filter(l::month.eq(statement.month)).select(l::id).load(connection)?;
    let issued: Vec<ChargeLineId> = own
        .filter(l::month.eq(statement.month))
        .filter(l::role.eq(LineRole::Credit))
        .filter(l::corrects_id.eq_any(lines))
        .select(l::id)
        .load(connection)?;
    diesel::delete(credits::table.filter(credits::line_id.eq_any(&issued))).execute(connection)?;
    diesel::delete(l::table.filter(l::id.eq_any(&issued))).execute(connection)?;
    let waiting: Vec<ChargeLineId> = own
        .filter(l::origin_month.eq(statement.month))
        .filter(l::month.gt(statement.month))
        .filter(l::role.eq(LineRole::Correction))
        .select(l::id)
        .load(connection)?;
    diesel::delete(l::table.filter(l::id.eq_any(&waiting))).execute(connection)?;
    diesel::delete(statement_waivers::table.filter(statement_waivers::statement_id.eq(statement.id)))
        .execute(connection)?;
    diesel::update(d::table.filter(d::statement_id.eq(statement.id)))
        .set(d::state.eq(DisputeState::Withdrawn))
        .execute(connection)?;
    Ok(())
}
