//! Terms in the database: numbered versions, one open offer at a time.

mod parts;

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::json;

use super::{Collector, Offer, ShareBasis, ShareRule, Side, TermsState, TermsVersion};
use crate::audit::{self, Event};
use crate::books;
use crate::db::schema::{bundles, channels, resellers, terms_versions};
use crate::db::{AnyConnection, Failure};
use crate::jobs;
use crate::values::{Act, BundleId, ChannelId, Month, Percent, RequestId, ResellerId, TermsId, Timestamp};
use parts::Parts;

crate::text_columns!(ShareBasis, Collector, Side, TermsState);

/// Why an answer to an offer is refused; `Display` is the message for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("Version {newest} arrived while you read version {read}; look at it before you answer")]
    Outdated { read: i64, newest: i64 },
    #[error("This offer was answered already")]
    Answered,
    #[error("An offer is answered by the other side")]
    OwnOffer,
    #[error("The statement of {} is closed; terms begin in a later month", .0.first_day().format("%B %Y"))]
    Closed(Month),
}

type Outcome<T> = Result<T, Failure<Refusal>>;

type Row = (
    (TermsId, RequestId, i64, TermsState, Side, ShareBasis, Percent, Collector),
    (i64, Month, Option<Month>, String, Timestamp, String, Option<Timestamp>, Option<String>),
);

/// A request's versions, the newest first.
pub fn of_request(connection: &mut AnyConnection, request: RequestId) -> QueryResult<Vec<TermsVersion>> {
    use terms_versions as t;
    let rows: Vec<Row> = t::table
        .filter(t::request_id.eq(request))
        .order(t::number.desc())
        .select((
            (t::id, t::request_id, t::number, t::state, t::proposed_by, t::basis, t::share, t::collects),
            (
                t::payment_days,
                t::valid_from,
                t::valid_until,
                t::note,
                t::created_at,
                t::created_by,
                t::answered_at,
                t::answered_by,
            ),
        ))
        .load(connection)?;
    let ids: Vec<TermsId> = rows.iter().map(|row| row.0.0).collect();
    let mut own = parts::of(connection, &ids)?;
    Ok(rows.into_iter().map(|row| read_version(row, &mut own)).collect())
}

fn read_version(row: Row, own: &mut HashMap<TermsId, Parts>) -> TermsVersion {
    let (
        (id, request, number, state, proposed_by, basis, general, collects),
        (payment_days, valid_from, valid_until, note, created_at, created_by, answered_at, answered_by),
    ) = row;
    let Parts { tiers, by_category, by_bundle, commitments, caps } = own.remove(&id).unwrap_or_default();
    let rule = ShareRule { basis, general, tiers, by_category, by_bundle, commitments, caps };
    let payment_days = u32::try_from(payment_days).unwrap_or_default();
    let offer = Offer { rule, collects, payment_days, valid_from, valid_until, note };
    TermsVersion {
        id,
        request,
        number,
        state,
        proposed_by,
        offer,
        created_at,
        created_by,
        answered_at,
        answered_by,
    }
}

/// The agreed terms of a re-seller in a month: those with the latest first month, and of these the newest.
pub fn in_effect(
    connection: &mut AnyConnection,
    reseller: ResellerId,
    month: Month,
) -> QueryResult<Option<TermsVersion>> {
    let request: RequestId =
        resellers::table.find(reseller).select(resellers::request_id).first(connection)?;
    Ok(current(of_request(connection, request)?, month))
}

/// A version of a re-seller's terms.
pub fn version(
    connection: &mut AnyConnection,
    reseller: ResellerId,
    id: Option<TermsId>,
) -> QueryResult<Option<TermsVersion>> {
    let request: RequestId =
        resellers::table.find(reseller).select(resellers::request_id).first(connection)?;
    Ok(of_request(connection, request)?.into_iter().find(|version| Some(version.id) == id))
}

/// Of several versions the one that applies in a month.
pub fn current(versions: Vec<TermsVersion>, month: Month) -> Option<TermsVersion> {
    versions
        .into_iter()
        .filter(|version| version.state == TermsState::Agreed && version.offer.valid_from <= month)
        .max_by_key(|version| (version.offer.valid_from, version.number))
}

/// Makes an offer; one that is open becomes countered. It begins in a month without a closed statement. `NotFound`
/// when it has a rate for a bundle that is none.
pub fn propose(
    connection: &mut AnyConnection,
    request: RequestId,
    side: Side,
    offer: &Offer,
    act: &Act,
) -> Outcome<i64> {
    use terms_versions as t;
    begins_in_an_open_month(connection, request, offer)?;
    for bundle in offer.rule.by_bundle.keys() {
        bundles::table.find(bundle).select(bundles::id).first::<BundleId>(connection)?;
    }
    let number = of_request(connection, request)?.first().map_or(1, |newest| newest.number + 1);
    diesel::update(t::table.filter(t::request_id.eq(request)).filter(t::state.eq(TermsState::Proposed)))
        .set((
            t::state.eq(TermsState::Countered),
            t::answered_at.eq(act.at),
            t::answered_by.eq(&act.who.name),
        ))
        .execute(connection)?;
    let id = TermsId::generate();
    diesel::insert_into(t::table)
        .values((
            (
                t::id.eq(id),
                t::request_id.eq(request),
                t::number.eq(number),
                t::state.eq(TermsState::Proposed),
                t::proposed_by.eq(side),
                t::basis.eq(offer.rule.basis),
                t::share.eq(offer.rule.general),
                t::collects.eq(offer.collects),
            ),
            (
                t::payment_days.eq(i64::from(offer.payment_days)),
                t::valid_from.eq(offer.valid_from),
                t::valid_until.eq(offer.valid_until),
                t::note.eq(&offer.note),
                t::created_at.eq(act.at),
                t::created_by.eq(&act.who.name),
            ),
        ))
        .execute(connection)?;
    parts::put(connection, id, &offer.rule)?;
    let summary = format!("Terms version {number} offered, share {}%", offer.rule.general);
    record(connection, request, "terms.offered", summary, offer, act)?;
    Ok(number)
}

/// Agrees to the other side's open offer, as version `number` that was read. A running re-seller's months from its
/// first one on are rated again. Returns what was agreed to.
pub fn agree(
    connection: &mut AnyConnection,
    request: RequestId,
    side: Side,
    number: i64,
    act: &Act,
) -> Outcome<TermsVersion> {
    let open = open_offer(connection, request, side, number)?;
    begins_in_an_open_month(connection, request, &open.offer)?;
    answer(connection, open.id, TermsState::Agreed, act)?;
    let summary = format!("Terms version {number} agreed, share {}%", open.offer.rule.general);
    record(connection, request, "terms.agreed", summary, &open.offer, act)?;
    let channel = channel_of(connection, request)?;
    if let Some(channel) = channel {
        jobs::store::rate_months(connection, channel, open.offer.valid_from, Month::of(act.today()), act.at)?;
    }
    Ok(open)
}

/// The channel of a running re-seller.
fn channel_of(connection: &mut AnyConnection, request: RequestId) -> QueryResult<Option<ChannelId>> {
    channels::table
        .inner_join(resellers::table.on(resellers::id.eq(channels::reseller_id)))
        .filter(resellers::request_id.eq(request))
        .select(channels::id)
        .first(connection)
        .optional()
}

/// What was settled stays as it is: terms begin after the last closed month.
fn begins_in_an_open_month(connection: &mut AnyConnection, request: RequestId, offer: &Offer) -> Outcome<()> {
    let Some(channel) = channel_of(connection, request)? else { return Ok(()) };
    match books::closed_through(connection, channel)? {
        Some(closed) if offer.valid_from <= closed => Err(Failure::Refused(Refusal::Closed(closed))),
        _ => Ok(()),
    }
}

/// Declines the other side's open offer, which it returns.
pub fn decline(
    connection: &mut AnyConnection,
    request: RequestId,
    side: Side,
    number: i64,
    act: &Act,
) -> Outcome<TermsVersion> {
    let open = open_offer(connection, request, side, number)?;
    answer(connection, open.id, TermsState::Declined, act)?;
    record(
        connection,
        request,
        "terms.declined",
        format!("Terms version {number} declined"),
        &open.offer,
        act,
    )?;
    Ok(open)
}

fn open_offer(
    connection: &mut AnyConnection,
    request: RequestId,
    side: Side,
    number: i64,
) -> Outcome<TermsVersion> {
    let newest =
        of_request(connection, request)?.into_iter().next().ok_or(diesel::result::Error::NotFound)?;
    if newest.number != number {
        return Err(Failure::Refused(Refusal::Outdated { read: number, newest: newest.number }));
    }
    match newest.state {
        TermsState::Proposed if newest.proposed_by == side => Err(Failure::Refused(Refusal::OwnOffer)),
        TermsState::Proposed => Ok(newest),
        _ => Err(Failure::Refused(Refusal::Answered)),
    }
}

fn answer(connection: &mut AnyConnection, id: TermsId, state: TermsState, act: &Act) -> Outcome<()> {
    use terms_versions as t;
    let answered = diesel::update(t::table.find(id).filter(t::state.eq(TermsState::Proposed)))
        .set((t::state.eq(state), t::answered_at.eq(act.at), t::answered_by.eq(&act.who.name)))
        .execute(connection)?;
    if answered == 1 { Ok(()) } else { Err(Failure::Refused(Refusal::Answered)) }
}

fn record(
    connection: &mut AnyConnection,
    request: RequestId,
    action: &'static str,
    summary: String,
    offer: &Offer,
    act: &Act,
) -> QueryResult<()> {
    let reseller: Option<ResellerId> = resellers::table
        .filter(resellers::request_id.eq(request))
        .select(resellers::id)
        .first(connection)
        .optional()?;
    let event = Event::on("terms", request, action, summary).of_reseller(reseller).after(json!({
        "share": offer.rule.general,
        "tiers": parts::told(&offer.rule),
        "basis": offer.rule.basis,
        "valid_from": offer.valid_from,
        "payment_days": offer.payment_days,
    }));
    audit::record(connection, act, event)
}
