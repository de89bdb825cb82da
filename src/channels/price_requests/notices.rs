//! Mails about price requests, through the outbox in the change's own transaction.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{PriceRequest, PriceRequestState};
use crate::db::AnyConnection;
use crate::mail::{self, Letterhead, News, Occasion, people};
use crate::values::Act;

/// Tells the provider that a price is asked for.
pub fn asked(
    connection: &mut AnyConnection,
    request: &PriceRequest,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let news = News { quote: request.reason.clone(), ..about(request, request.effective_from) };
    let people = people::roots(connection, Occasion::PriceAsked, act)?;
    mail::tell(connection, Occasion::PriceAsked, &people, &news, letterhead, act.at)
}

/// Tells the provider that a price is no longer asked for.
pub fn withdrawn(
    connection: &mut AnyConnection,
    request: &PriceRequest,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let people = people::roots(connection, Occasion::PriceWithdrawn, act)?;
    let news = about(request, request.effective_from);
    mail::tell(connection, Occasion::PriceWithdrawn, &people, &news, letterhead, act.at)
}

/// Tells the re-seller how its request ended, and from which day on a price is set.
pub fn decided(
    connection: &mut AnyConnection,
    request: &PriceRequest,
    from: NaiveDate,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let occasion = match request.state {
        PriceRequestState::Approved => Occasion::PriceApproved,
        _ => Occasion::PriceDeclined,
    };
    let answer = request.decision.as_ref().map(|decision| decision.answer.clone());
    let news = News { quote: answer.unwrap_or_default(), ..about(request, from) };
    let people = people::of_reseller(connection, request.reseller, occasion, act)?;
    mail::tell(connection, occasion, &people, &news, letterhead, act.at)
}

fn about(request: &PriceRequest, from: NaiveDate) -> News {
    News {
        about: request.reference.clone(),
        who: request.reseller_name.clone(),
        facts: vec![
            ("Price request", request.reference.clone()),
            ("Bundle", request.bundle_name.clone()),
            ("Currency", request.currency.to_string()),
            ("From", from.format("%-d %B %Y").to_string()),
        ],
        path: format!("/price-requests/{}", request.id),
        ..News::default()
    }
}
