//! Acceptance: a request with agreed terms becomes a re-seller account, once.

use diesel::prelude::*;
use serde_json::json;

use super::notices;
use super::state::Step;
use super::store::{self, Outcome, Refusal};
use crate::access::{self, NewUser};
use crate::audit::{self, Event};
use crate::db::schema::resellers;
use crate::db::{AnyConnection, Failure};
use crate::mail::Letterhead;
use crate::terms::{self, TermsState};
use crate::values::{AccountSide, Act, RequestId, ResellerId, StaffRole, search_key};

/// Accepts the request as it was at `revision`: makes the re-seller, which waits for its channel, and its first
/// administrator under the wished user name, or another when that is taken.
pub fn accept(
    connection: &mut AnyConnection,
    id: RequestId,
    revision: i64,
    letterhead: &Letterhead,
    act: &Act,
) -> Outcome<ResellerId> {
    let versions = terms::store::of_request(connection, id)?;
    if versions.first().is_some_and(|newest| newest.state == TermsState::Proposed) {
        return Err(Failure::Refused(Refusal::OpenOffer));
    }
    if !versions.iter().any(|version| version.state == TermsState::Agreed) {
        return Err(Failure::Refused(Refusal::NoAgreedTerms));
    }
    let request = store::take_step(connection, id, Some(revision), Step::Accept, "", act)?;
    if access::store::has_account(connection, &request.email)? {
        return Err(Failure::Refused(Refusal::HasAccount));
    }
    let reseller = ResellerId::generate();
    diesel::insert_into(resellers::table)
        .values((
            resellers::id.eq(reseller),
            resellers::request_id.eq(id),
            resellers::name.eq(request.name()),
            resellers::name_key.eq(search_key(request.name())),
            resellers::country.eq(&request.company.country),
            resellers::state.eq("awaiting_channel"),
            resellers::created_at.eq(act.at),
        ))
        .execute(connection)?;
    let new = NewUser {
        side: AccountSide::Reseller,
        role: StaffRole::Administrator,
        reseller: Some(reseller),
        email: request.email.clone(),
        user_name: request.contact.user_name.parse().or_else(|_| "reseller".parse()).map_err(not_a_name)?,
        full_name: request.contact.name.clone(),
    };
    access::store::create(connection, &new, act)?;
    let event =
        Event::on("reseller", reseller, "reseller.created", format!("{} is a re-seller", request.name()))
            .of_reseller(reseller)
            .after(json!({ "request": request.reference }));
    audit::record(connection, act, event)?;
    notices::accepted(connection, &request, letterhead, act)?;
    Ok(reseller)
}

fn not_a_name(error: crate::values::TextError) -> Failure<Refusal> {
    Failure::Query(diesel::result::Error::SerializationError(error.into()))
}
