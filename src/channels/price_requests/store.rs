//! Price requests in the database.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::result::Error as QueryError;

use super::{Decision, PriceRequest, PriceRequestState, Refusal, notices};
use crate::audit::{self, Event};
use crate::catalog::{self, PriceConcern, PriceRefusal};
use crate::channels::pricing::{self, Wished};
use crate::channels::{PricePolicy, store};
use crate::db::schema::{bundles, channels, price_requests as p, resellers};
use crate::db::{AnyConnection, Failure};
use crate::mail::Letterhead;
use crate::settings::next_number;
use crate::values::{Act, BundleId, ChannelId, Currency, PriceRequestId, ResellerId, Scope, Timestamp};

crate::text_columns!(PriceRequestState);

type Outcome<T> = Result<T, Failure<Refusal>>;

pub(super) type Row = (
    (PriceRequestId, String, ChannelId, ResellerId, String, BundleId, String, Currency),
    (NaiveDate, PriceConcern, String, String, PriceRequestState, String),
    (Timestamp, String, Option<Timestamp>, Option<String>),
);

/// Requests with the names of what they are about, in the parts that [`request`] reads.
#[diesel::dsl::auto_type]
pub(super) fn joined() -> _ {
    p::table
        .inner_join(channels::table.on(channels::id.eq(p::channel_id)))
        .inner_join(resellers::table.on(resellers::id.eq(channels::reseller_id)))
        .inner_join(bundles::table.on(bundles::id.eq(p::bundle_id)))
        .select((
            (
                p::id,
                p::reference,
                channels::id,
                resellers::id,
                resellers::name,
                bundles::id,
                bundles::name,
                p::currency,
            ),
            (p::effective_from, p::concerns, p::wished, p::reason, p::state, p::answer),
            (p::asked_at, p::asked_by, p::decided_at, p::decided_by),
        ))
}

/// The newest requests in a state, at most `limit`.
pub fn newest(
    connection: &mut AnyConnection,
    scope: Scope,
    state: PriceRequestState,
    limit: i64,
) -> QueryResult<Vec<PriceRequest>> {
    let all = joined().filter(p::state.eq(state)).order((p::asked_at.desc(), p::id.desc())).limit(limit);
    let mut query = all.into_boxed();
    if let Some(reseller) = scope.reseller() {
        query = query.filter(channels::reseller_id.eq(reseller));
    }
    query.load::<Row>(connection)?.into_iter().map(request).collect()
}

/// A request in scope.
pub fn find(connection: &mut AnyConnection, scope: Scope, id: PriceRequestId) -> QueryResult<PriceRequest> {
    let mut query = joined().filter(p::id.eq(id)).into_boxed();
    if let Some(reseller) = scope.reseller() {
        query = query.filter(channels::reseller_id.eq(reseller));
    }
    query.first::<Row>(connection).and_then(request)
}

pub(super) fn request((what, wish, ends): Row) -> QueryResult<PriceRequest> {
    let (id, reference, channel, reseller, reseller_name, bundle, bundle_name, currency) = what;
    let (effective_from, concerns, wished, reason, state, answer) = wish;
    let (asked_at, asked_by, decided_at, decided_by) = ends;
    let values =
        serde_json::from_str(&wished).map_err(|error| QueryError::DeserializationError(error.into()))?;
    Ok(PriceRequest {
        id,
        reference,
        channel,
        reseller,
        reseller_name,
        bundle,
        bundle_name,
        currency,
        effective_from,
        concerns,
        values,
        reason,
        state,
        asked_at,
        asked_by,
        decision: decided_at.map(|at| Decision { at, by: decided_by.unwrap_or_default(), answer }),
    })
}

/// How many of a channel's prices are asked for from a day before `end`, and not decided.
pub fn open_before(connection: &mut AnyConnection, channel: ChannelId, end: NaiveDate) -> QueryResult<i64> {
    let open = p::table.filter(p::channel_id.eq(channel)).filter(p::state.eq(PriceRequestState::Open));
    open.filter(p::effective_from.lt(end)).count().get_result(connection)
}

/// Asks for a price outside the limits.
pub fn ask(
    connection: &mut AnyConnection,
    scope: Scope,
    wished: &Wished,
    letterhead: &Letterhead,
    act: &Act,
) -> Outcome<PriceRequestId> {
    check(connection, scope, wished, act)?;
    let open = p::table
        .filter(p::channel_id.eq(wished.channel))
        .filter(p::bundle_id.eq(wished.bundle))
        .filter(p::currency.eq(wished.currency))
        .filter(p::state.eq(PriceRequestState::Open));
    if let Some(reference) = open.select(p::reference).first(connection).optional()? {
        return Err(Failure::Refused(Refusal::AskedAlready(reference)));
    }
    let id = PriceRequestId::generate();
    let year = act.today().format("%Y").to_string();
    let number = next_number(connection, &format!("price request {year}"))?;
    let values = serde_json::to_string(&wished.values)
        .map_err(|error| QueryError::SerializationError(error.into()))?;
    diesel::insert_into(p::table)
        .values((
            p::id.eq(id),
            p::reference.eq(format!("PR-{year}-{number:05}")),
            p::channel_id.eq(wished.channel),
            p::bundle_id.eq(wished.bundle),
            p::currency.eq(wished.currency),
            p::effective_from.eq(wished.effective_from),
            p::concerns.eq(wished.concerns),
            p::wished.eq(values),
            p::reason.eq(&wished.reason),
            p::state.eq(PriceRequestState::Open),
            p::answer.eq(""),
            p::asked_at.eq(act.at),
            p::asked_by.eq(&act.who.name),
        ))
        .execute(connection)?;
    let request = find(connection, scope, id)?;
    note(connection, &request, "price_request.asked", &request.reason, act)?;
    notices::asked(connection, &request, letterhead, act)?;
    Ok(id)
}

/// Only what the re-seller could set but for its limits can be asked for.
fn check(connection: &mut AnyConnection, scope: Scope, wished: &Wished, act: &Act) -> Outcome<()> {
    let channel = store::find(connection, scope, wished.channel)?;
    let book = pricing::book(connection, scope, wished.channel, wished.bundle, wished.currency)?;
    if !channel.price_editable || book.sold.policy == PricePolicy::Locked {
        return Err(Failure::Refused(Refusal::Price(pricing::Refusal::Policy(Vec::new()))));
    }
    if wished.effective_from < act.today() {
        return Err(Failure::Refused(Refusal::Price(pricing::Refusal::InThePast)));
    }
    catalog::pricing::check(&book.bundle.charges, &wished.values, wished.currency).map_err(|faults| {
        Failure::Refused(Refusal::Price(pricing::Refusal::Price(PriceRefusal::Values(faults))))
    })?;
    match pricing::check(&book, true, scope, wished) {
        Ok(()) => Err(Failure::Refused(Refusal::Allowed)),
        Err(_) => Ok(()),
    }
}

/// How root ends a request.
#[derive(Debug, Clone)]
pub enum Ending {
    /// The wished price is set from this day on.
    Approve {
        from: NaiveDate,
        answer: String,
    },
    Decline {
        answer: String,
    },
}

/// Ends an open request; approving sets the price in root's name.
pub fn decide(
    connection: &mut AnyConnection,
    scope: Scope,
    id: PriceRequestId,
    ending: &Ending,
    letterhead: &Letterhead,
    act: &Act,
) -> Outcome<PriceRequest> {
    let request = find(connection, scope, id)?;
    let (state, action, answer) = match ending {
        Ending::Approve { answer, .. } => (PriceRequestState::Approved, "price_request.approved", answer),
        Ending::Decline { answer } => (PriceRequestState::Declined, "price_request.declined", answer),
    };
    end(connection, &request, state, answer, act)?;
    if let Ending::Approve { from, .. } = ending {
        let reason = format!("{}: {}", request.reference, request.reason);
        let wished = Wished { effective_from: *from, reason, ..request.wished() };
        pricing::set(connection, scope, &wished, act)
            .map_err(|failure| failure.map_refusal(Refusal::Price))?;
    }
    let ended = find(connection, scope, id)?;
    note(connection, &ended, action, answer, act)?;
    let from = match ending {
        Ending::Approve { from, .. } => *from,
        Ending::Decline { .. } => ended.effective_from,
    };
    notices::decided(connection, &ended, from, letterhead, act)?;
    Ok(ended)
}

/// The re-seller takes its request back.
pub fn withdraw(
    connection: &mut AnyConnection,
    scope: Scope,
    id: PriceRequestId,
    letterhead: &Letterhead,
    act: &Act,
) -> Outcome<()> {
    let request = find(connection, scope, id)?;
    end(connection, &request, PriceRequestState::Withdrawn, "", act)?;
    note(connection, &request, "price_request.withdrawn", "", act)?;
    Ok(notices::withdrawn(connection, &request, letterhead, act)?)
}

fn end(
    connection: &mut AnyConnection,
    request: &PriceRequest,
    state: PriceRequestState,
    answer: &str,
    act: &Act,
) -> Outcome<()> {
    let open = p::table.find(request.id).filter(p::state.eq(PriceRequestState::Open));
    let ended = diesel::update(open)
        .set((
            p::state.eq(state),
            p::answer.eq(answer),
            p::decided_at.eq(act.at),
            p::decided_by.eq(&act.who.name),
        ))
        .execute(connection)?;
    if ended == 1 { Ok(()) } else { Err(Failure::Refused(Refusal::Decided(request.state))) }
}

fn note(
    connection: &mut AnyConnection,
    request: &PriceRequest,
    action: &'static str,
    text: &str,
    act: &Act,
) -> QueryResult<()> {
    let colon = if text.is_empty() { "" } else { ": " };
    let summary = format!(
        "Price request {} for {} in {}: {}{colon}{text}",
        request.reference,
        request.bundle_name,
        request.currency,
        action.trim_start_matches("price_request."),
    );
    let event = Event::on("price_request", request.id, action, summary);
    audit::record(connection, act, event.of_reseller(request.reseller))
}
