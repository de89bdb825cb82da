//! Re-seller accounts: `awaiting_channel -> active -> suspended <-> active -> closed`.

mod listed;

use diesel::prelude::*;
use serde_json::json;

pub use listed::{ResellerKey, ResellerRow, Resellers};

use super::notices;
use crate::audit::{self, Event};
use crate::db::schema::{channels, resellers, users};
use crate::db::{AnyConnection, Failure};
use crate::mail::Letterhead;
use crate::text_enum;
use crate::values::{Act, ChannelId, RequestId, ResellerId, Timestamp};

text_enum! {
    /// Where an account stands. Suspending it suspends selling, not history.
    pub enum ResellerState {
        AwaitingChannel => "awaiting_channel",
        Active => "active",
        Suspended => "suspended",
        Closed => "closed",
    }
}

crate::text_columns!(ResellerState);

impl ResellerState {
    pub fn words(self) -> &'static str {
        match self {
            Self::AwaitingChannel => "Waits for its channel",
            Self::Active => "Active",
            Self::Suspended => "Suspended",
            Self::Closed => "Closed",
        }
    }

    pub fn tone(self) -> &'static str {
        match self {
            Self::AwaitingChannel => "warn",
            Self::Active => "ok",
            Self::Suspended => "bad",
            Self::Closed => "plain",
        }
    }

    fn leads_to(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Active, Self::Suspended)
                | (Self::Suspended, Self::Active)
                | (Self::AwaitingChannel | Self::Active | Self::Suspended, Self::Closed)
        )
    }
}

/// A re-seller account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reseller {
    pub id: ResellerId,
    pub request: RequestId,
    pub name: String,
    pub country: String,
    pub state: ResellerState,
    pub created_at: Timestamp,
}

/// Why an account's state does not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The account is {}; this cannot be done now", .0.words().to_lowercase())]
pub struct NotFromHere(pub ResellerState);

type Row = (ResellerId, RequestId, String, String, ResellerState, Timestamp);

fn reseller((id, request, name, country, state, created_at): Row) -> Reseller {
    Reseller { id, request, name, country, state, created_at }
}

type Columns = (
    resellers::id,
    resellers::request_id,
    resellers::name,
    resellers::country,
    resellers::state,
    resellers::created_at,
);

const RESELLER: Columns = (
    resellers::id,
    resellers::request_id,
    resellers::name,
    resellers::country,
    resellers::state,
    resellers::created_at,
);

/// Every re-seller, by name.
pub fn list(connection: &mut AnyConnection) -> QueryResult<Vec<Reseller>> {
    let all = resellers::table.order((resellers::name_key, resellers::id)).select(RESELLER);
    Ok(all.load::<Row>(connection)?.into_iter().map(reseller).collect())
}

pub fn find(connection: &mut AnyConnection, id: ResellerId) -> QueryResult<Reseller> {
    resellers::table.find(id).select(RESELLER).first::<Row>(connection).map(reseller)
}

/// The re-seller that a request became.
pub fn of_request(connection: &mut AnyConnection, request: RequestId) -> QueryResult<Option<ResellerId>> {
    let own = resellers::table.filter(resellers::request_id.eq(request)).select(resellers::id);
    own.first(connection).optional()
}

/// The channel of the re-seller that a request became.
pub fn channel_of(connection: &mut AnyConnection, request: RequestId) -> QueryResult<Option<ChannelId>> {
    channels::table
        .inner_join(resellers::table.on(resellers::id.eq(channels::reseller_id)))
        .filter(resellers::request_id.eq(request))
        .select(channels::id)
        .first(connection)
        .optional()
}

/// Suspends, resumes or closes an account, with a reason. Closing it disables its people.
pub fn change_state(
    connection: &mut AnyConnection,
    id: ResellerId,
    next: ResellerState,
    reason: &str,
    letterhead: &Letterhead,
    act: &Act,
) -> Result<(), Failure<NotFromHere>> {
    let before = find(connection, id)?;
    if !before.state.leads_to(next) {
        return Err(Failure::Refused(NotFromHere(before.state)));
    }
    notices::account(connection, &before, next, letterhead, act)?;
    let closed_on = (next == ResellerState::Closed).then(|| act.today());
    diesel::update(resellers::table.find(id))
        .set((resellers::state.eq(next), resellers::closed_on.eq(closed_on)))
        .execute(connection)?;
    if next == ResellerState::Closed {
        diesel::update(users::table.filter(users::reseller_id.eq(id)))
            .set(users::state.eq("disabled"))
            .execute(connection)?;
    }
    let summary = format!("{} is {}", before.name, next.words().to_lowercase());
    let event = Event::on("reseller", id, "reseller.state_changed", summary)
        .of_reseller(id)
        .before(json!({ "state": before.state }))
        .after(json!({ "state": next, "reason": reason }));
    audit::record(connection, act, event)?;
    Ok(())
}
