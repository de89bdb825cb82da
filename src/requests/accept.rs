//! Acceptance: a request with agreed terms becomes a re-seller account, once.

use diesel::prelude::*;
use serde_json::json;

use super::state::Step;
use super::store::{self, Outcome, Refusal};
use crate::access::{self, NewUser, tokens};
use crate::audit::{self, Event};
use crate::db::schema::resellers;
use crate::db::{AnyConnection, Failure};
use crate::mail::{self, Letterhead, NewMail};
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
    let Letterhead { portal, .. } = letterhead;
    let body = format!(
        "{portal} has accepted {}. Your channel is being set up; you get another mail with the link to set your \
         password once it is open.\n",
        request.name()
    );
    let mail =
        NewMail { recipient: request.email, subject: format!("{portal}: welcome as a re-seller"), body };
    mail::store::post(connection, &mail, act.at)?;
    Ok(reseller)
}

fn not_a_name(error: crate::values::TextError) -> Failure<Refusal> {
    Failure::Query(diesel::result::Error::SerializationError(error.into()))
}

/// Tells a re-seller's administrators that their channel is open: user name, and a one-use link to set the password.
pub fn activation_mail(
    connection: &mut AnyConnection,
    reseller: ResellerId,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let Letterhead { portal, public_url } = letterhead;
    for user in access::store::of_reseller(connection, reseller)? {
        let path = tokens::set_password_path(connection, user.id, act.at)?;
        let body = format!(
            "Your channel at {portal} is open. Your user name is {}.\n\nSet your password with this link; it works \
             once, for 14 days:\n\n{public_url}{path}\n",
            user.user_name
        );
        let mail =
            NewMail { recipient: user.email, subject: format!("{portal}: your channel is open"), body };
        mail::store::post(connection, &mail, act.at)?;
    }
    Ok(())
}

/// Tells the applicant that something waits, with a link that lets them in.
pub fn tell_applicant(
    connection: &mut AnyConnection,
    id: RequestId,
    letterhead: &Letterhead,
    subject: &str,
    text: &str,
    act: &Act,
) -> QueryResult<()> {
    let request = store::find(connection, id)?;
    let path = tokens::applicant_path(connection, request.applicant, act.at)?;
    let Letterhead { portal, public_url } = letterhead;
    let body = format!(
        "{text}\n\nOpen your request with this link; it works once, for 14 days:\n\n{public_url}{path}\n"
    );
    let subject = format!("{portal}: {subject} ({})", request.reference);
    mail::store::post(connection, &NewMail { recipient: request.email, subject, body }, act.at)?;
    Ok(())
}
