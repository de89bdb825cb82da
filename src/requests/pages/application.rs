//! `/application`: the applicant's own page: where the request stands and what is waited for.

use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;

use super::{Table, conflict};
use crate::db::{AnyConnection, Db, Decided, Failure};
use crate::mail::Letterhead;
use crate::requests::notices;
use crate::requests::state::Step;
use crate::requests::store::{self, Refusal};
use crate::requests::{EntryKind, Request, RequestState, TimelineEntry};
use crate::terms::Side;
use crate::values::RequestId;
use crate::web::{
    Answer, Applicant, Error, Errors, Form, Go, NoFields, Shell, Site, page, page_with, see_other,
};

#[derive(Template)]
#[template(path = "requests/application.html")]
struct ApplicationPage {
    shell: Shell,
    request: Request,
    table: Table,
    timeline: Vec<TimelineEntry>,
    answer: String,
    errors: Errors,
}

#[derive(Template)]
#[template(path = "requests/begin.html")]
struct BeginPage {
    shell: Shell,
    /// The request before, when it was declined or withdrawn.
    before: Option<Request>,
    /// Why it was declined; empty when it was withdrawn.
    reason: String,
}

#[derive(Template)]
#[template(path = "requests/withdraw.html")]
struct WithdrawPage {
    shell: Shell,
    request: Request,
}

impl ApplicationPage {
    fn side(&self) -> Side {
        Side::Reseller
    }

    /// What is waited for, and from whom.
    fn waits_for(&self) -> &'static str {
        match self.request.state {
            RequestState::Submitted => "Your request waits for its review by the provider.",
            RequestState::InReview => "The provider reviews your request.",
            RequestState::InfoRequested => "The provider asks you something. Your answer is waited for.",
            RequestState::Negotiating if self.table.to_answer(Side::Reseller).is_some() => {
                "The provider offers you terms. Your answer is waited for."
            }
            RequestState::Negotiating if self.table.awaiting(Side::Reseller).is_some() => {
                "Your offer waits for the provider's answer."
            }
            RequestState::Negotiating => "The terms are on the table; the provider's decision is waited for.",
            RequestState::Accepted => {
                "You are accepted. Your channel is being set up; you get a mail with the link to sign in."
            }
            RequestState::Draft | RequestState::Rejected | RequestState::Withdrawn => {
                "Nothing is waited for."
            }
        }
    }

    /// The open question, the newest one.
    fn question(&self) -> Option<&TimelineEntry> {
        let asks = self.request.state == RequestState::InfoRequested;
        self.timeline.iter().find(|entry| asks && entry.kind == EntryKind::Question)
    }

    /// What applicants see of the timeline: root's notes and contact log are root's.
    fn shown(&self) -> Vec<&TimelineEntry> {
        let is_shown = |entry: &&TimelineEntry| !matches!(entry.kind, EntryKind::Note | EntryKind::Contact);
        self.timeline.iter().filter(is_shown).collect()
    }
}

/// The applicant's request in progress, or `NotFound`.
pub(super) async fn own(db: &Db, applicant: &Applicant) -> Result<Request, Error> {
    let id = applicant.id;
    let newest = db.read(move |connection| store::newest_of(connection, id)).await?;
    newest.ok_or(Error::NotFound)
}

pub async fn show(applicant: Applicant, shell: Shell, db: Data<Db>) -> Answer {
    let id = applicant.id;
    let newest = db.read(move |connection| store::newest_of(connection, id)).await?;
    match newest {
        None => page(&BeginPage { shell, before: None, reason: String::new() }),
        Some(request) => match request.state {
            RequestState::Draft => Ok(see_other(first_open_step(&request))),
            RequestState::Rejected | RequestState::Withdrawn => {
                let (id, state) = (request.id, request.state);
                let timeline = db.read(move |connection| store::timeline(connection, id)).await?;
                let decision = timeline.into_iter().find(|entry| entry.to_state == Some(state));
                let reason = decision.map(|entry| entry.text).unwrap_or_default();
                page(&BeginPage { shell, before: Some(request), reason })
            }
            _ => page(&application_page(shell, &db, request, String::new(), Errors::default()).await?),
        },
    }
}

/// Where a draft goes on.
fn first_open_step(request: &Request) -> &'static str {
    if request.company.legal_name.is_empty() {
        "/application/company"
    } else if request.contact.name.is_empty() {
        "/application/contact"
    } else if request.interest.sells_today.is_empty() {
        "/application/interest"
    } else {
        "/application/review"
    }
}

async fn application_page(
    shell: Shell,
    db: &Db,
    request: Request,
    answer: String,
    errors: Errors,
) -> Result<ApplicationPage, Error> {
    let (table, timeline, request) = db
        .read(move |connection| {
            let table = Table::load(connection, &request)?;
            Ok((table, store::timeline(connection, request.id)?, request))
        })
        .await?;
    Ok(ApplicationPage { shell, request, table, timeline, answer, errors })
}

pub async fn begin(applicant: Applicant, db: Data<Db>, _form: Form<NoFields>) -> Answer {
    let act = applicant.act();
    let (id, email) = (applicant.id, applicant.email);
    let begun = db.write(move |connection| match store::newest_of(connection, id)? {
        Some(open) if !matches!(open.state, RequestState::Rejected | RequestState::Withdrawn) => Ok(open.id),
        _ => store::begin(connection, id, &email, &act),
    });
    begun.await.decided()?.map_err(conflict)?;
    Ok(see_other("/application"))
}

#[derive(Debug, Deserialize)]
pub struct Answered {
    #[serde(default)]
    answer: String,
}

pub async fn answer(
    applicant: Applicant,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    form: Form<Answered>,
) -> Answer {
    let Form(Answered { answer }) = form;
    let request = own(&db, &applicant).await?;
    if answer.trim().is_empty() || answer.chars().count() > 4000 {
        let mut errors = Errors::default();
        errors.add("answer", "Enter an answer of 1 to 4,000 characters");
        let refused = application_page(shell, &db, request, answer, errors).await?;
        return page_with(actix_web::http::StatusCode::UNPROCESSABLE_ENTITY, &refused);
    }
    let (id, act) = (request.id, applicant.act());
    step(&db, &site, id, Step::AnswerQuestion, answer, act).await?.map_err(conflict)?;
    go.to("/application", "Your answer is sent")
}

pub async fn confirm_withdrawal(applicant: Applicant, shell: Shell, db: Data<Db>) -> Answer {
    let request = own(&db, &applicant).await?;
    page(&WithdrawPage { shell, request })
}

pub async fn withdraw(
    applicant: Applicant,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    _form: Form<NoFields>,
) -> Answer {
    let request = own(&db, &applicant).await?;
    let act = applicant.act();
    step(&db, &site, request.id, Step::Withdraw, String::new(), act).await?.map_err(conflict)?;
    go.to("/application", "Your request is withdrawn")
}

pub(super) async fn step(
    db: &Db,
    site: &Site,
    id: RequestId,
    step: Step,
    text: String,
    act: crate::values::Act,
) -> Result<Result<Request, Refusal>, Failure> {
    let letterhead = Letterhead::from(site);
    let take = move |connection: &mut AnyConnection| {
        let request = store::take_step(connection, id, None, step, text.trim(), &act)?;
        notices::step(connection, &request, step, text.trim(), &letterhead, &act)?;
        Ok(request)
    };
    db.write(take).await.decided()
}
