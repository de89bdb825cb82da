//! Requests in the database.

mod assessment;
mod drafts;
mod funnel;
mod history;
mod listed;
mod rows;

use diesel::prelude::*;
use serde_json::json;

pub use assessment::{assess, assessment};
pub use drafts::{begin, save_company, save_contact, save_interest};
pub use funnel::{newest_event, passages};
pub use history::{log_contact, note, timeline};
pub use listed::{RequestKey, RequestRow, Requests};
use rows::{Row, columns, request};

use super::duplicates::{self, Likeness};
use super::state::{self, NotFromHere, Step};
use super::{ContactKind, EntryKind, Recommendation, Request, RequestState};
use crate::access;
use crate::audit::{self, Event};
use crate::db::schema::reseller_request_info as r;
use crate::db::{AnyConnection, Failure};
use crate::values::{Act, ApplicantId, Email, RequestId, UserId};

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
    #[error("An offer of terms waits for its answer; it comes before the decision")]
    OpenOffer,
    #[error("Choose a root administrator")]
    NotARoot,
    #[error("The applicant has another request in progress; it comes before this one")]
    AnotherInProgress,
    #[error("Only a draft can be changed")]
    NotADraft,
    #[error(transparent)]
    Terms(crate::terms::store::Refusal),
    #[error("An account with this e-mail address exists already")]
    HasAccount,
}

pub type Outcome<T> = Result<T, Failure<Refusal>>;

/// A request.
pub fn find(connection: &mut AnyConnection, id: RequestId) -> QueryResult<Request> {
    r::table.find(id).select(columns!()).first::<Row>(connection).map(request)
}

/// An applicant's request in progress, of which there is one at most; else the newest one.
pub fn newest_of(connection: &mut AnyConnection, applicant: ApplicantId) -> QueryResult<Option<Request>> {
    if let Some(open) = open_of(connection, applicant)? {
        return Ok(Some(open));
    }
    let newest = r::table.filter(r::applicant_id.eq(applicant)).order(r::id.desc()).select(columns!());
    Ok(newest.first::<Row>(connection).optional()?.map(request))
}

fn open_of(connection: &mut AnyConnection, applicant: ApplicantId) -> QueryResult<Option<Request>> {
    let closed = [RequestState::Accepted, RequestState::Rejected, RequestState::Withdrawn];
    let open = r::table.filter(r::applicant_id.eq(applicant)).filter(r::state.ne_all(closed));
    Ok(open.select(columns!()).first::<Row>(connection).optional()?.map(request))
}

/// The other requests that were submitted and may be of the same company, the newest first, each with the reason.
pub fn duplicates(
    connection: &mut AnyConnection,
    request: &Request,
) -> QueryResult<Vec<(Likeness, &'static str)>> {
    let others: Vec<(RequestId, String, String, String, Email)> = r::table
        .filter(r::state.ne(RequestState::Draft))
        .filter(r::id.ne(request.id))
        .order(r::id.desc())
        .select((r::id, r::reference, r::legal_name, r::tax_id, r::email))
        .load(connection)?;
    let own = Likeness::of(request);
    let alike = |(id, reference, legal_name, tax_id, email)| {
        let other = Likeness { id, reference, legal_name, tax_id, email };
        duplicates::reason(&own, &other).map(|reason| (other, reason))
    };
    Ok(others.into_iter().filter_map(alike).collect())
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
    if step == Step::Reopen && open_of(connection, before.applicant)?.is_some() {
        return Err(Failure::Refused(Refusal::AnotherInProgress));
    }
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

/// Gives a request to a root administrator, or to nobody.
pub fn assign(connection: &mut AnyConnection, id: RequestId, to: Option<UserId>, act: &Act) -> Outcome<()> {
    let before = find(connection, id)?;
    let roots = access::store::roots(connection)?;
    if to.is_some_and(|to| !roots.iter().any(|root| root.id == to)) {
        return Err(Failure::Refused(Refusal::NotARoot));
    }
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
