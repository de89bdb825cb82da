//! A draft, from its beginning through the steps of the form.

use diesel::prelude::*;

use super::{Outcome, Refusal};
use crate::audit::{self, Event};
use crate::db::schema::reseller_request_info as r;
use crate::db::{AnyConnection, Failure};
use crate::requests::{Company, Contact, Interest, RequestState};
use crate::settings;
use crate::values::{Act, ApplicantId, Email, RequestId, search_key};

/// Begins a request as a draft.
pub fn begin(
    connection: &mut AnyConnection,
    applicant: ApplicantId,
    email: &Email,
    act: &Act,
) -> Outcome<RequestId> {
    let id = RequestId::generate();
    let number = settings::next_number(connection, &format!("request {}", act.today().format("%Y")))?;
    let reference = format!("RR-{}-{number:05}", act.today().format("%Y"));
    let empty = "";
    diesel::insert_into(r::table)
        .values((
            (
                r::id.eq(id),
                r::reference.eq(&reference),
                r::applicant_id.eq(applicant),
                r::state.eq(RequestState::Draft),
                r::email.eq(email),
                r::email_domain.eq(email.domain()),
                r::name_key.eq(empty),
                r::revision.eq(1),
                r::created_at.eq(act.at),
            ),
            (
                r::legal_name.eq(empty),
                r::trading_name.eq(empty),
                r::registration_number.eq(empty),
                r::tax_id.eq(empty),
                r::website.eq(empty),
                r::country.eq(empty),
                r::address.eq(empty),
            ),
            (
                r::contact_name.eq(empty),
                r::job_title.eq(empty),
                r::phone.eq(empty),
                r::user_name.eq(empty),
                r::sells_today.eq(empty),
                r::target_market.eq(empty),
                r::bundles_of_interest.eq(empty),
                r::message.eq(empty),
            ),
        ))
        .execute(connection)?;
    audit::record(
        connection,
        act,
        Event::on("request", id, "request.begun", format!("Request {reference} begun")),
    )?;
    Ok(id)
}

/// Saves the first step of a draft.
pub fn save_company(
    connection: &mut AnyConnection,
    id: RequestId,
    company: &Company,
    act: &Act,
) -> Outcome<()> {
    let values = (
        r::legal_name.eq(&company.legal_name),
        r::trading_name.eq(&company.trading_name),
        r::registration_number.eq(&company.registration_number),
        r::tax_id.eq(&company.tax_id),
        r::website.eq(&company.website),
        r::country.eq(&company.country),
        r::address.eq(&company.address),
        r::name_key.eq(search_key(&company.legal_name)),
    );
    let saved = diesel::update(r::table.find(id).filter(r::state.eq(RequestState::Draft))).set(values);
    let changed = saved.execute(connection)?;
    draft_saved(connection, id, changed, "company", act)
}

/// Saves the second step of a draft.
pub fn save_contact(
    connection: &mut AnyConnection,
    id: RequestId,
    contact: &Contact,
    act: &Act,
) -> Outcome<()> {
    let values = (
        r::contact_name.eq(&contact.name),
        r::job_title.eq(&contact.job_title),
        r::phone.eq(&contact.phone),
        r::user_name.eq(&contact.user_name),
    );
    let saved = diesel::update(r::table.find(id).filter(r::state.eq(RequestState::Draft))).set(values);
    let changed = saved.execute(connection)?;
    draft_saved(connection, id, changed, "contact", act)
}

/// Saves the third step of a draft; `conditions` when they were accepted with it.
pub fn save_interest(
    connection: &mut AnyConnection,
    id: RequestId,
    interest: &Interest,
    conditions: Option<&str>,
    act: &Act,
) -> Outcome<()> {
    let values = (
        r::sells_today.eq(&interest.sells_today),
        r::target_market.eq(&interest.target_market),
        r::expected_customers.eq(interest.expected_customers),
        r::expected_revenue.eq(interest.expected_revenue),
        r::expected_currency.eq(interest.expected_currency),
        r::bundles_of_interest.eq(&interest.bundles),
        r::message.eq(&interest.message),
        r::conditions_version.eq(conditions),
        r::conditions_accepted_at.eq(conditions.map(|_| act.at)),
    );
    let saved = diesel::update(r::table.find(id).filter(r::state.eq(RequestState::Draft))).set(values);
    let changed = saved.execute(connection)?;
    draft_saved(connection, id, changed, "business interest", act)
}

fn draft_saved(
    connection: &mut AnyConnection,
    id: RequestId,
    changed: usize,
    part: &str,
    act: &Act,
) -> Outcome<()> {
    if changed == 0 {
        return Err(Failure::Refused(Refusal::NotADraft));
    }
    audit::record(
        connection,
        act,
        Event::on("request", id, "request.drafted", format!("Draft saved: {part}")),
    )?;
    Ok(())
}
