//! Mails about statements, through the outbox in the change's own transaction.

use diesel::prelude::*;

use super::store::silent_on;
use super::{Dispute, Statement};
use crate::db::AnyConnection;
use crate::mail::{self, Letterhead, News, Occasion, people};
use crate::values::{Act, Amount, ChargeLineId};
use crate::web::filters::group_digits;

/// Tells the re-seller that a statement waits for its answer.
pub fn sent(
    connection: &mut AnyConnection,
    statement: &Statement,
    letterhead: &Letterhead,
    days: u32,
    act: &Act,
) -> QueryResult<()> {
    let last = silent_on(act.at, days).format("%-d %B %Y").to_string();
    let news = about(statement, Some(("Counts as agreed from", last)));
    tell_reseller(connection, statement, Occasion::StatementSent, &news, letterhead, act)
}

/// Tells the provider that the re-seller agrees.
pub fn agreed(
    connection: &mut AnyConnection,
    statement: &Statement,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    tell_root(connection, Occasion::StatementAgreed, &about(statement, None), letterhead, act)
}

/// Tells both sides that silence was taken as agreement.
pub fn silent(
    connection: &mut AnyConnection,
    statement: &Statement,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let news = about(statement, None);
    tell_root(connection, Occasion::StatementSilent, &news, letterhead, act)?;
    tell_reseller(connection, statement, Occasion::StatementSilent, &news, letterhead, act)
}

/// Tells the re-seller that what it was sent is open again. What was not sent yet, it has not seen.
pub fn reopened(
    connection: &mut AnyConnection,
    before: &Statement,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    if before.sent_at.is_none() {
        return Ok(());
    }
    let news = about(before, None);
    tell_reseller(connection, before, Occasion::StatementReopened, &news, letterhead, act)
}

/// Tells the re-seller that a statement was posted.
pub fn posted(
    connection: &mut AnyConnection,
    statement: &Statement,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let due = statement.posted.as_ref().map(|posted| posted.due_on.format("%-d %B %Y").to_string());
    let news = about(statement, due.map(|due| ("Due on", due)));
    tell_reseller(connection, statement, Occasion::StatementPosted, &news, letterhead, act)
}

/// Tells the re-seller that a payment was recorded.
pub fn paid(
    connection: &mut AnyConnection,
    statement: &Statement,
    amount: Amount,
    reference: &str,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let mut news = about(statement, Some(("Amount", size(statement, amount))));
    news.facts.push(("Reference", reference.to_owned()));
    tell_reseller(connection, statement, Occasion::StatementPaid, &news, letterhead, act)
}

/// Tells the re-seller that a payment was taken back.
pub fn payment_reversed(
    connection: &mut AnyConnection,
    statement: &Statement,
    amount: Amount,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let news = about(statement, Some(("Amount", size(statement, amount))));
    tell_reseller(connection, statement, Occasion::PaymentReversed, &news, letterhead, act)
}

/// Tells the re-seller that a credit is issued for a line of a statement, without its having disputed the line.
pub fn credited(
    connection: &mut AnyConnection,
    statement: &Statement,
    line: ChargeLineId,
    amount: Amount,
    reason: &str,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let news = News {
        quote: reason.to_owned(),
        path: format!("/lines/{line}"),
        ..about(statement, Some(("Credit", size(statement, amount))))
    };
    tell_reseller(connection, statement, Occasion::CreditIssued, &news, letterhead, act)
}

/// Tells the re-seller what root answered to a dispute.
pub fn answered(
    connection: &mut AnyConnection,
    statement: &Statement,
    dispute: &Dispute,
    answer: &str,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let news = about(statement, Some(("Line", dispute.line_text.clone())));
    let news = News { quote: answer.to_owned(), ..news };
    tell_reseller(connection, statement, Occasion::DisputeAnswered, &news, letterhead, act)
}

/// Tells the provider that a line is disputed.
pub fn disputed(
    connection: &mut AnyConnection,
    statement: &Statement,
    line: &str,
    reason: &str,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let news = about(statement, Some(("Line", line.to_owned())));
    let news = News { quote: reason.to_owned(), ..news };
    tell_root(connection, Occasion::LineDisputed, &news, letterhead, act)
}

/// Tells the provider that a dispute was taken back.
pub fn dispute_withdrawn(
    connection: &mut AnyConnection,
    statement: &Statement,
    dispute: &Dispute,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let news = about(statement, Some(("Line", dispute.line_text.clone())));
    tell_root(connection, Occasion::DisputeWithdrawn, &news, letterhead, act)
}

/// An amount without its sign, with the currency's code.
fn size(statement: &Statement, amount: Amount) -> String {
    let size = Amount::from_micros(amount.micros().abs()).plain(statement.currency);
    format!("{} {}", statement.currency, group_digits(&size))
}

fn about(statement: &Statement, more: Option<(&'static str, String)>) -> News {
    let mut facts = vec![
        ("Statement", statement.name()),
        ("Month", statement.month.first_day().format("%B %Y").to_string()),
    ];
    facts.extend(more);
    News {
        about: statement.name(),
        who: statement.reseller_name.clone(),
        facts,
        path: format!("/statements/{}", statement.id),
        ..News::default()
    }
}

fn tell_root(
    connection: &mut AnyConnection,
    occasion: Occasion,
    news: &News,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let people = people::roots(connection, occasion, act)?;
    mail::tell(connection, occasion, &people, news, letterhead, act.at)
}

fn tell_reseller(
    connection: &mut AnyConnection,
    statement: &Statement,
    occasion: Occasion,
    news: &News,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let people = people::of_reseller(connection, statement.reseller, occasion, act)?;
    mail::tell(connection, occasion, &people, news, letterhead, act.at)
}
