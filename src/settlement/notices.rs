//! Mails about statements, through the outbox in the change's own transaction.

use diesel::prelude::*;

use super::{Dispute, Statement};
use crate::db::AnyConnection;
use crate::mail::{self, Letterhead, people};
use crate::values::{Act, Email};

/// Tells the re-seller that a statement waits for its answer.
pub fn sent(
    connection: &mut AnyConnection,
    statement: &Statement,
    letterhead: &Letterhead,
    days: u32,
    act: &Act,
) -> QueryResult<()> {
    let said = format!(
        "Your statement of {} in {} is ready. Agree to it, or dispute single lines; without an answer it counts as \
         agreed after {days} days.",
        statement.month.first_day().format("%B %Y"),
        statement.currency
    );
    tell_reseller(connection, statement, "Your statement is ready", &said, letterhead, act)
}

/// Tells the re-seller that a statement was posted.
pub fn posted(
    connection: &mut AnyConnection,
    statement: &Statement,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let said = format!("Statement {} was posted. It never changes from now on.", statement.name());
    tell_reseller(connection, statement, "A statement was posted", &said, letterhead, act)
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
    let said = format!("Your dispute of {} was answered: {answer}", dispute.line_text);
    tell_reseller(connection, statement, "Your dispute was answered", &said, letterhead, act)
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
    let roots = people::roots(connection)?;
    let said = format!("{} disputes {line} of {}: {reason}", statement.reseller_name, statement.name());
    post(connection, roots, statement, "A line is disputed", &said, letterhead, act)
}

fn tell_reseller(
    connection: &mut AnyConnection,
    statement: &Statement,
    subject: &str,
    said: &str,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let people = people::of_reseller(connection, statement.reseller)?;
    post(connection, people, statement, subject, said, letterhead, act)
}

fn post(
    connection: &mut AnyConnection,
    people: Vec<Email>,
    statement: &Statement,
    subject: &str,
    said: &str,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let (subject, path) =
        (format!("{subject}: {}", statement.name()), format!("/statements/{}", statement.id));
    mail::store::post_about(connection, people, &subject, (said, &path), letterhead, act.at)
}
