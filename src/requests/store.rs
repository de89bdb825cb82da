//! Requests in the database.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::json;

use super::state::{self, NotFromHere, Step};
use super::{
    Assessment, Company, Contact, ContactKind, EntryKind, Interest, Recommendation, Request, RequestState,
    TimelineEntry,
};
use crate::audit::{self, Event};
use crate::db::schema::{request_assessments, request_events, reseller_request_info as r};
use crate::db::{AnyConnection, Failure};
use crate::settings;
use crate::values::{
    Act, ActorKind, Amount, ApplicantId, Currency, Email, EventId, RequestId, Timestamp, UserId, search_key,
};

crate::text_columns!(RequestState, EntryKind, ContactKind, Recommendation);

/// Why a change of a request is refused; `Display` is the message for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    NotFromHere(#[from] NotFromHere),
    #[error("Somebody changed this request since you opened it; look at what happened before you decide")]
    Outdated,
    #[error("Accepting needs terms that both sides have agreed")]
    NoAgreedTerms,
    #[error("Only a draft can be changed")]
    NotADraft,
    #[error(transparent)]
    Terms(crate::terms::store::Refusal),
    #[error("An account with this e-mail address exists already")]
    HasAccount,
}

pub type Outcome<T> = Result<T, Failure<Refusal>>;

type Row = (
    (RequestId, String, ApplicantId, RequestState, Option<RequestState>, i64, Timestamp, Option<Timestamp>),
    (String, String, String, String, String, String, String),
    (String, String, Email, String, String, Option<String>, Option<Timestamp>, Option<UserId>),
    (String, String, Option<i64>, Option<Amount>, Option<Currency>, String, String),
);

macro_rules! columns {
    () => {
        (
            (
                r::id,
                r::reference,
                r::applicant_id,
                r::state,
                r::resume_state,
                r::revision,
                r::created_at,
                r::submitted_at,
            ),
            (
                r::legal_name,
                r::trading_name,
                r::registration_number,
                r::tax_id,
                r::website,
                r::country,
                r::address,
            ),
            (
                r::contact_name,
                r::job_title,
                r::email,
                r::phone,
                r::user_name,
                r::conditions_version,
                r::conditions_accepted_at,
                r::assignee_id,
            ),
            (
                r::sells_today,
                r::target_market,
                r::expected_customers,
                r::expected_revenue,
                r::expected_currency,
                r::bundles_of_interest,
                r::message,
            ),
        )
    };
}

fn request(row: Row) -> Request {
    let (head, company, contact, interest) = row;
    let (id, reference, applicant, state, resume_state, revision, created_at, submitted_at) = head;
    let (legal_name, trading_name, registration_number, tax_id, website, country, address) = company;
    let (name, job_title, email, phone, user_name, conditions, accepted_at, assignee) = contact;
    let (
        sells_today,
        target_market,
        expected_customers,
        expected_revenue,
        expected_currency,
        bundles,
        message,
    ) = interest;
    Request {
        id,
        reference,
        applicant,
        state,
        resume_state,
        company: Company { legal_name, trading_name, registration_number, tax_id, website, country, address },
        contact: Contact { name, job_title, phone, user_name },
        email,
        interest: Interest {
            sells_today,
            target_market,
            expected_customers,
            expected_revenue,
            expected_currency,
            bundles,
            message,
        },
        conditions: conditions.zip(accepted_at),
        assignee,
        revision,
        created_at,
        submitted_at,
    }
}

pub fn find(connection: &mut AnyConnection, id: RequestId) -> QueryResult<Request> {
    r::table.find(id).select(columns!()).first::<Row>(connection).map(request)
}

/// An applicant's newest request.
pub fn newest_of(connection: &mut AnyConnection, applicant: ApplicantId) -> QueryResult<Option<Request>> {
    let newest = r::table.filter(r::applicant_id.eq(applicant)).order(r::id.desc()).select(columns!());
    Ok(newest.first::<Row>(connection).optional()?.map(request))
}

/// Every request that was submitted; for lists and the search for duplicates.
pub fn submitted(connection: &mut AnyConnection) -> QueryResult<Vec<Request>> {
    let all = r::table.filter(r::state.ne(RequestState::Draft)).order(r::id.desc()).select(columns!());
    Ok(all.load::<Row>(connection)?.into_iter().map(request).collect())
}

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

/// Takes a step: one transaction that asks the rule, changes the state, and writes timeline and audit. `revision` is
/// what the person saw; applicants act on their own request and give none.
pub fn take_step(
    connection: &mut AnyConnection,
    id: RequestId,
    revision: Option<i64>,
    step: Step,
    text: &str,
    act: &Act,
) -> Outcome<Request> {
    let before = find(connection, id)?;
    if revision.is_some_and(|seen| seen != before.revision) {
        return Err(Failure::Refused(Refusal::Outdated));
    }
    let next = state::after(before.state, before.resume_state, step)
        .map_err(|refusal| Failure::Refused(Refusal::NotFromHere(refusal)))?;
    let resume = if step == Step::AskInformation { Some(before.state) } else { None };
    let changed = diesel::update(r::table.find(id).filter(r::revision.eq(before.revision)))
        .set((r::state.eq(next), r::resume_state.eq(resume), r::revision.eq(before.revision + 1)))
        .execute(connection)?;
    if changed == 0 {
        return Err(Failure::Refused(Refusal::Outdated));
    }
    if step == Step::Submit {
        diesel::update(r::table.find(id)).set(r::submitted_at.eq(act.at)).execute(connection)?;
    }
    let kind = match step {
        Step::AskInformation => EntryKind::Question,
        Step::AnswerQuestion => EntryKind::Answer,
        _ => EntryKind::State,
    };
    note(connection, id, kind, Some((before.state, next)), text, act)?;
    let summary =
        format!("Request {} of {} is {}", before.reference, before.name(), next.words().to_lowercase());
    let event = Event::on("request", id, "request.state_changed", summary)
        .before(json!({ "state": before.state }))
        .after(json!({ "state": next, "text": text }));
    audit::record(connection, act, event)?;
    find(connection, id).map_err(Failure::from)
}

/// Adds an entry to the timeline.
pub fn note(
    connection: &mut AnyConnection,
    id: RequestId,
    kind: EntryKind,
    states: Option<(RequestState, RequestState)>,
    text: &str,
    act: &Act,
) -> QueryResult<()> {
    insert_entry(connection, id, kind, states, text, None, act)
}

/// Writes down a call, a meeting or a mail.
pub fn log_contact(
    connection: &mut AnyConnection,
    id: RequestId,
    contact: (ContactKind, NaiveDate, &str),
    summary: &str,
    act: &Act,
) -> Outcome<()> {
    find(connection, id)?;
    insert_entry(connection, id, EntryKind::Contact, None, summary, Some(contact), act)?;
    let event = Event::on("request", id, "request.contacted", format!("Contact logged: {}", contact.0));
    audit::record(connection, act, event)?;
    Ok(())
}

fn insert_entry(
    connection: &mut AnyConnection,
    id: RequestId,
    kind: EntryKind,
    states: Option<(RequestState, RequestState)>,
    text: &str,
    contact: Option<(ContactKind, NaiveDate, &str)>,
    act: &Act,
) -> QueryResult<()> {
    use request_events as e;
    diesel::insert_into(e::table)
        .values((
            e::id.eq(EventId::generate()),
            e::request_id.eq(id),
            e::at.eq(act.at),
            e::actor_kind.eq(act.who.kind),
            e::actor_name.eq(&act.who.name),
            e::kind.eq(kind),
            e::from_state.eq(states.map(|(from, _)| from)),
            e::to_state.eq(states.map(|(_, to)| to)),
            e::text.eq(text),
            e::contact_kind.eq(contact.map(|(kind, _, _)| kind)),
            e::contact_on.eq(contact.map(|(_, on, _)| on)),
            e::people.eq(contact.map(|(_, _, people)| people)),
        ))
        .execute(connection)?;
    Ok(())
}

/// A request's timeline, the newest first.
pub fn timeline(connection: &mut AnyConnection, id: RequestId) -> QueryResult<Vec<TimelineEntry>> {
    use request_events as e;
    type Row = (
        (EventId, Timestamp, ActorKind, String, EntryKind, Option<RequestState>, String),
        (Option<ContactKind>, Option<NaiveDate>, Option<String>),
    );
    let rows: Vec<Row> = e::table
        .filter(e::request_id.eq(id))
        .order(e::at.desc())
        .then_order_by(e::id.desc())
        .select((
            (e::id, e::at, e::actor_kind, e::actor_name, e::kind, e::to_state, e::text),
            (e::contact_kind, e::contact_on, e::people),
        ))
        .load(connection)?;
    Ok(rows
        .into_iter()
        .map(|((id, at, actor_kind, actor_name, kind, to_state, text), (contact_kind, on, people))| {
            let contact = contact_kind.zip(on).map(|(kind, on)| (kind, on, people.unwrap_or_default()));
            TimelineEntry { id, at, actor_kind, actor_name, kind, to_state, text, contact }
        })
        .collect())
}

/// Gives a request to a root administrator, or to nobody.
pub fn assign(connection: &mut AnyConnection, id: RequestId, to: Option<UserId>, act: &Act) -> Outcome<()> {
    let before = find(connection, id)?;
    diesel::update(r::table.find(id)).set(r::assignee_id.eq(to)).execute(connection)?;
    let event = Event::on(
        "request",
        id,
        "request.assigned",
        format!("Request {} given to somebody", before.reference),
    )
    .before(json!({ "assignee": before.assignee }))
    .after(json!({ "assignee": to }));
    audit::record(connection, act, event)?;
    Ok(())
}

/// A request's assessment; empty when there is none yet.
pub fn assessment(connection: &mut AnyConnection, id: RequestId) -> QueryResult<Assessment> {
    use request_assessments as a;
    type Row = (Option<i64>, Option<i64>, String, Option<NaiveDate>, Option<Recommendation>, String);
    let row: Option<Row> = a::table
        .find(id)
        .select((a::interest, a::feasibility, a::checklist, a::due_on, a::recommendation, a::note))
        .first(connection)
        .optional()?;
    Ok(row
        .map(|(interest, feasibility, checklist, due_on, recommendation, note)| Assessment {
            interest,
            feasibility,
            checklist: checklist.split_whitespace().map(str::to_owned).collect(),
            due_on,
            recommendation,
            note,
        })
        .unwrap_or_default())
}

/// Keeps what root thinks of a request.
pub fn assess(
    connection: &mut AnyConnection,
    id: RequestId,
    assessment: &Assessment,
    act: &Act,
) -> Outcome<()> {
    use request_assessments as a;
    let request = find(connection, id)?;
    diesel::delete(a::table.find(id)).execute(connection)?;
    diesel::insert_into(a::table)
        .values((
            a::request_id.eq(id),
            a::interest.eq(assessment.interest),
            a::feasibility.eq(assessment.feasibility),
            a::checklist.eq(assessment.checklist.join(" ")),
            a::due_on.eq(assessment.due_on),
            a::recommendation.eq(assessment.recommendation),
            a::note.eq(&assessment.note),
            a::updated_at.eq(act.at),
            a::updated_by.eq(&act.who.name),
        ))
        .execute(connection)?;
    let event =
        Event::on("request", id, "request.assessed", format!("Request {} assessed", request.reference))
            .after(json!({ "interest": assessment.interest, "feasibility": assessment.feasibility,
                       "recommendation": assessment.recommendation }));
    audit::record(connection, act, event)?;
    Ok(())
}
