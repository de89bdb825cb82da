//! `/requests/{id}`: everything about a request and what root can do with it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use super::{Table, conflict};
use crate::access;
use crate::db::{Db, Decided};
use crate::mail::Letterhead;
use crate::requests::duplicates::Likeness;
use crate::requests::notices;
use crate::requests::{
    Assessment, CHECKLIST, ContactKind, EntryKind, Recommendation, Request, RequestState, TimelineEntry,
    store,
};
use crate::terms::Side;
use crate::values::{RequestId, UserId, parse_day};
use crate::web::{
    Answer, Error, Errors, Fields, Form, Go, RootStaff, Shell, Site, optional_text, page, page_with,
};

#[derive(Template)]
#[template(path = "requests/review.html")]
struct ReviewPage {
    shell: Shell,
    request: Request,
    table: Table,
    assessment: Assessment,
    timeline: Vec<TimelineEntry>,
    duplicates: Vec<(Likeness, &'static str)>,
    roots: Vec<(String, String)>,
    form: Fields,
    errors: Errors,
}

const RATINGS: [(u8, &str); 5] = [(1, "1"), (2, "2"), (3, "3"), (4, "4"), (5, "5")];
const RECOMMENDATIONS: &[(&str, &str)] =
    &[("accept", "Accept"), ("negotiate", "Negotiate"), ("reject", "Reject")];
const CONTACTS: &[(&str, &str)] = &[("call", "Call"), ("meeting", "Meeting"), ("email", "E-mail")];

impl ReviewPage {
    fn side(&self) -> Side {
        Side::Provider
    }

    fn is_contacted(&self) -> bool {
        self.timeline.iter().any(|entry| entry.kind == EntryKind::Contact || entry.kind == EntryKind::Answer)
    }

    /// Whether an assessment was sent that cannot be kept.
    fn is_assessing(&self) -> bool {
        self.form.has("note")
    }

    /// What a field of the assessment holds: what was typed, or else what is kept.
    fn assessed(&self, name: &str) -> String {
        let kept = &self.assessment;
        match name {
            _ if self.is_assessing() => self.form.get(name).to_owned(),
            "interest" => kept.interest.map(|number| number.to_string()).unwrap_or_default(),
            "feasibility" => kept.feasibility.map(|number| number.to_string()).unwrap_or_default(),
            "recommendation" => kept.recommendation.map_or("", Recommendation::as_str).to_owned(),
            "due_on" => kept.due_on.map(|day| day.to_string()).unwrap_or_default(),
            _ => kept.note.clone(),
        }
    }

    fn ticked(&self) -> Vec<String> {
        if self.is_assessing() {
            self.form.all("checklist").map(str::to_owned).collect()
        } else {
            self.assessment.checklist.clone()
        }
    }

    fn owner(&self) -> String {
        self.request.assignee.map(|id| id.to_string()).unwrap_or_default()
    }

    /// What was entered, for who only reads it.
    fn told(&self, entered: impl std::fmt::Display) -> String {
        let told = entered.to_string();
        if told.is_empty() { "–".into() } else { told }
    }

    fn owner_name(&self) -> &str {
        let owner = self.owner();
        let found = self.roots.iter().find(|(id, _)| *id == owner);
        found.map_or("Nobody", |(_, name)| name)
    }

    fn track(&self) -> Vec<(&'static str, &'static str)> {
        track(self.request.state, self.is_contacted(), self.assessment.is_complete())
    }
}

/// The stages of a request: `done`, `now`, `todo` or `stopped`, and what each is called.
pub(super) fn track(
    state: RequestState,
    contacted: bool,
    assessed: bool,
) -> Vec<(&'static str, &'static str)> {
    use RequestState as S;
    let reached = match state {
        S::Draft => 0,
        S::Submitted => 1,
        S::InReview | S::InfoRequested => 2 + usize::from(contacted) + usize::from(contacted && assessed),
        S::Negotiating => 4,
        S::Accepted => 6,
        S::Rejected | S::Withdrawn => 1,
    };
    let is_stopped = matches!(state, S::Rejected | S::Withdrawn);
    ["Submitted", "Contacted", "Assessed", "Terms", "Accepted"]
        .into_iter()
        .enumerate()
        .map(|(index, label)| {
            let place = index + 1;
            let step = match place {
                _ if place < reached => "done",
                _ if place == reached && is_stopped => "stopped",
                _ if place == reached => {
                    if state == S::Submitted {
                        "done"
                    } else {
                        "now"
                    }
                }
                _ => "todo",
            };
            (step, label)
        })
        .collect()
}

async fn review_page(shell: Shell, db: &Db, id: RequestId) -> Result<ReviewPage, Error> {
    let page = db.read(move |connection| {
        let request = store::find(connection, id)?;
        let roots = access::store::roots(connection)?;
        Ok(ReviewPage {
            shell,
            table: Table::load(connection, &request)?,
            assessment: store::assessment(connection, id)?,
            timeline: store::timeline(connection, id)?,
            duplicates: store::duplicates(connection, &request)?,
            request,
            roots: roots.into_iter().map(|user| (user.id.to_string(), user.full_name)).collect(),
            form: Fields::default(),
            errors: Errors::default(),
        })
    });
    Ok(page.await?)
}

pub async fn show(_root: RootStaff, shell: Shell, db: Data<Db>, id: Path<String>) -> Answer {
    let id: RequestId = id.parse().map_err(|_| Error::NotFound)?;
    page(&review_page(shell, &db, id).await?)
}

/// The page again with what was typed and its messages.
async fn refused(shell: Shell, db: &Db, id: RequestId, form: Fields, errors: Errors) -> Answer {
    let mut again = review_page(shell, db, id).await?;
    again.form = form;
    again.errors = errors;
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &again)
}

pub async fn assess(
    root: RootStaff,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    id: Path<String>,
    form: Form<Fields>,
) -> Answer {
    let id: RequestId = id.parse().map_err(|_| Error::NotFound)?;
    let Form(form) = form;
    let mut errors = Errors::default();
    let rating = |name: &str, errors: &mut Errors| match form.get(name) {
        "" => None,
        typed => {
            let number = typed.parse::<i64>().ok().filter(|number| (1..=5).contains(number));
            errors.take(name, number.ok_or("Choose from 1 to 5"))
        }
    };
    let recommendation = match form.get("recommendation") {
        "" => None,
        typed => errors
            .take("recommendation", typed.parse::<Recommendation>().map_err(|_| "Choose one of the three")),
    };
    let due_on = match form.get("due_on") {
        "" => None,
        typed => errors.take("due_on", parse_day(typed).map_err(|_| "Enter a day")),
    };
    let assessment = Assessment {
        interest: rating("interest", &mut errors),
        feasibility: rating("feasibility", &mut errors),
        checklist: CHECKLIST
            .iter()
            .filter(|(key, _)| form.all("checklist").any(|ticked| ticked == *key))
            .map(|(key, _)| (*key).to_owned())
            .collect(),
        due_on,
        recommendation,
        note: optional_text(form.get("note"), 4000, "note", &mut errors).unwrap_or_default(),
    };
    let act = root.act();
    if !errors.is_empty() {
        return refused(shell, &db, id, form, errors).await;
    }
    let saved = db.write(move |connection| store::assess(connection, id, &assessment, &act));
    saved.await.decided()?.map_err(conflict)?;
    go.to(format!("/requests/{id}"), "The assessment is saved")
}

pub async fn assign(
    root: RootStaff,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    id: Path<String>,
    form: Form<Fields>,
) -> Answer {
    let id: RequestId = id.parse().map_err(|_| Error::NotFound)?;
    let to = match form.0.get("assignee") {
        "" => None,
        typed => Some(typed.parse::<UserId>().map_err(|_| Error::NotFound)?),
    };
    let (act, letterhead) = (root.act(), Letterhead::from(&**site));
    let saved = db.write(move |connection| {
        store::assign(connection, id, to, &act)?;
        if let Some(to) = to {
            let request = store::find(connection, id)?;
            notices::assigned(connection, &request, to, &letterhead, &act)?;
        }
        Ok(())
    });
    saved.await.decided()?.map_err(conflict)?;
    go.to(format!("/requests/{id}"), "The request has a new owner")
}

pub async fn log_contact(
    root: RootStaff,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    id: Path<String>,
    form: Form<Fields>,
) -> Answer {
    let id: RequestId = id.parse().map_err(|_| Error::NotFound)?;
    let Form(form) = form;
    let act = root.act();
    let mut errors = Errors::default();
    let kind = errors
        .take("contact_kind", form.get("contact_kind").parse::<ContactKind>().map_err(|_| "Choose one"));
    let on = errors.take("contact_on", parse_day(form.get("contact_on")).map_err(|_| "Enter the day"));
    let (people, summary) = (form.get("people").trim().to_owned(), form.get("summary").trim().to_owned());
    if summary.is_empty() || summary.chars().count() > 4000 {
        errors.add("summary", "Say in 1 to 4,000 characters what was said");
    }
    let (Some(kind), Some(on), true) = (kind, on, errors.is_empty()) else {
        return refused(shell, &db, id, form, errors).await;
    };
    let saved =
        db.write(move |connection| store::log_contact(connection, id, (kind, on, &people), &summary, &act));
    saved.await.decided()?.map_err(conflict)?;
    go.to(format!("/requests/{id}"), "The contact is logged")
}
