//! Mails about price requests, through the outbox in the change's own transaction.

use diesel::prelude::*;

use super::{PriceRequest, PriceRequestState};
use crate::db::AnyConnection;
use crate::mail::{self, Letterhead, people};
use crate::values::{Act, Email};

/// Tells the provider that a price is asked for.
pub fn asked(
    connection: &mut AnyConnection,
    request: &PriceRequest,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let said = format!(
        "{} asks for a price of {} in {} outside its limits, from {}: {}",
        request.reseller_name,
        request.bundle_name,
        request.currency,
        request.effective_from.format("%-d %B %Y"),
        request.reason
    );
    let people = people::roots(connection)?;
    post(connection, people, request, "A price is asked for", &said, letterhead, act)
}

/// Tells the re-seller how its request ended.
pub fn decided(
    connection: &mut AnyConnection,
    request: &PriceRequest,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let verb = if request.state == PriceRequestState::Approved { "approved" } else { "declined" };
    let answer = request.decision.as_ref().map_or("", |decision| decision.answer.as_str());
    let said =
        format!("Your price request for {} in {} is {verb}. {answer}", request.bundle_name, request.currency);
    let people = people::of_reseller(connection, request.reseller)?;
    let subject = format!("Your price request is {verb}");
    post(connection, people, request, &subject, said.trim_end(), letterhead, act)
}

fn post(
    connection: &mut AnyConnection,
    people: Vec<Email>,
    request: &PriceRequest,
    subject: &str,
    said: &str,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let (subject, path) =
        (format!("{subject}: {}", request.reference), format!("/price-requests/{}", request.id));
    mail::store::post_about(connection, people, &subject, (said, &path), letterhead, act.at)
}
