//! The statements in the work queue.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::tasks::Task;
use crate::db::AnyConnection;
use crate::db::schema::{channels, disputes, resellers, statements as s};
use crate::settlement::store::payments;
use crate::settlement::{DisputeState, StatementState};
use crate::values::{Amount, Currency, Month, ResellerId, StatementId, Timestamp};
use crate::web::filters::money_text;

const SHOWN: i64 = 8;
const OVERDUE: usize = 4;

type Row = (StatementId, String, Currency, Month, StatementState, Option<Timestamp>, Option<Timestamp>);

fn rows(
    connection: &mut AnyConnection,
    reseller: Option<ResellerId>,
    states: &[StatementState],
) -> QueryResult<Vec<Row>> {
    let mut query = s::table
        .inner_join(channels::table.on(channels::id.eq(s::channel_id)))
        .inner_join(resellers::table.on(resellers::id.eq(channels::reseller_id)))
        .filter(s::state.eq_any(states.to_vec()))
        .order((s::month, s::id))
        .limit(SHOWN)
        .select((s::id, resellers::name, s::currency, s::month, s::state, s::closed_at, s::sent_at))
        .into_boxed();
    if let Some(reseller) = reseller {
        query = query.filter(resellers::id.eq(reseller));
    }
    query.load(connection)
}

fn named(month: Month, currency: Currency) -> String {
    format!("{} in {currency}", month.first_day().format("%B %Y"))
}

/// Statements that root takes a step further.
pub(super) fn for_root(connection: &mut AnyConnection) -> QueryResult<Vec<Task>> {
    let states = [StatementState::Disputed, StatementState::Agreed, StatementState::Closing];
    let shown = rows(connection, None, &states)?;
    let open: Vec<StatementId> = disputes::table
        .filter(disputes::statement_id.eq_any(shown.iter().map(|row| row.0)))
        .filter(disputes::state.eq(DisputeState::Open))
        .select(disputes::statement_id)
        .load(connection)?;
    let waits = |id: &StatementId| open.contains(id);
    let tasks = shown.into_iter().map(|(id, name, currency, month, state, closed, sent)| {
        let (icon, tone, text, action) = match state {
            StatementState::Disputed if waits(&id) => {
                ("message-square", "warn", "A line is disputed.", "See disputes")
            }
            StatementState::Disputed => {
                ("receipt-text", "ok", "Every dispute is answered; it can be posted.", "Post")
            }
            StatementState::Agreed => ("receipt-text", "ok", "It is agreed and can be posted.", "Post"),
            _ => ("receipt-text", "plain", "It is closed; go through the checklist and send it.", "Open"),
        };
        Task {
            icon,
            tone,
            href: format!("/statements/{id}"),
            title: format!("Statement of {name}: {}", named(month, currency)),
            text: text.into(),
            since: sent.or(closed),
            action,
        }
    });
    Ok(tasks.collect())
}

/// Posted statements whose balance is due and not paid.
pub(super) fn overdue(connection: &mut AnyConnection, today: NaiveDate) -> QueryResult<Vec<Task>> {
    let all = payments::overdue(connection, today, OVERDUE)?;
    let tasks = all.into_iter().map(|(statement, posted, due)| {
        let (who, amount) = (&statement.reseller_name, money_text(size(due), statement.currency));
        let text = match due.is_negative() {
            true => format!("{who} owes {amount} since {}.", day_text(posted.due_on)),
            false => format!("{amount} is owed to {who} since {}.", day_text(posted.due_on)),
        };
        Task {
            icon: "wallet",
            tone: "bad",
            href: format!("/statements/{}", statement.id),
            title: format!("{} is overdue", posted.number),
            text,
            since: Some(Timestamp::start_of(posted.due_on)),
            action: "Record payment",
        }
    });
    Ok(tasks.collect())
}

fn size(amount: Amount) -> Amount {
    Amount::from_micros(amount.micros().abs())
}

fn day_text(day: NaiveDate) -> String {
    day.format("%-d %b %Y").to_string()
}

/// Statements that wait for the re-seller's answer.
pub(super) fn for_reseller(connection: &mut AnyConnection, reseller: ResellerId) -> QueryResult<Vec<Task>> {
    let rows = rows(connection, Some(reseller), &[StatementState::Sent])?;
    let tasks = rows.into_iter().map(|(id, _, currency, month, _, _, sent)| Task {
        icon: "receipt-text",
        tone: "accent",
        href: format!("/statements/{id}"),
        title: format!("Your statement of {} is ready", named(month, currency)),
        text: "Agree to it, or dispute the lines that are wrong.".into(),
        since: sent,
        action: "Check",
    });
    Ok(tasks.collect())
}
