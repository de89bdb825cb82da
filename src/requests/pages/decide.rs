//! `/requests/{id}/...`: root's decisions, each a small page or button of its own.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;

use super::conflict;
use crate::db::{AnyConnection, Db, Decided};
use crate::mail::Letterhead;
use crate::requests::state::Step;
use crate::requests::{Request, accept, notices, store};
use crate::values::RequestId;
use crate::web::{Answer, Error, Errors, Form, Go, RootStaff, Shell, Site, page, page_with};

/// A decision that asks for words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    Question,
    Rejection,
    Reopening,
}

impl Asked {
    fn step(self) -> Step {
        match self {
            Self::Question => Step::AskInformation,
            Self::Rejection => Step::Reject,
            Self::Reopening => Step::Reopen,
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Question => "question",
            Self::Rejection => "rejection",
            Self::Reopening => "reopening",
        }
    }

    /// Title, hint, button, and what is said afterwards.
    fn words(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Question => (
                "Ask for information",
                "Sent to the applicant by mail",
                "Send the question",
                "The question is sent",
            ),
            Self::Rejection => (
                "Reject the request",
                "The reason is sent to the applicant",
                "Reject request",
                "The request is rejected",
            ),
            Self::Reopening => (
                "Reopen the request",
                "Why it is looked at again",
                "Reopen request",
                "The request is in review again",
            ),
        }
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Decision {
    revision: i64,
    text: String,
}

#[derive(Template)]
#[template(path = "requests/decide.html")]
struct DecidePage {
    shell: Shell,
    request: Request,
    asked: Asked,
    form: Decision,
    errors: Errors,
}

impl DecidePage {
    fn label(&self) -> &'static str {
        if self.asked == Asked::Question { "Question" } else { "Reason" }
    }

    fn is_rejection(&self) -> bool {
        self.asked == Asked::Rejection
    }

    fn title(&self) -> &'static str {
        self.asked.words().0
    }
}

async fn find(db: &Db, id: &str) -> Result<Request, Error> {
    let id: RequestId = id.parse().map_err(|_| Error::NotFound)?;
    Ok(db.read(move |connection| store::find(connection, id)).await?)
}

async fn ask(shell: Shell, db: &Db, id: &str, asked: Asked) -> Answer {
    let request = find(db, id).await?;
    let form = Decision { revision: request.revision, text: String::new() };
    page(&DecidePage { shell, request, asked, form, errors: Errors::default() })
}

struct Said {
    asked: Asked,
    form: Decision,
    letterhead: Letterhead,
}

async fn decide(root: RootStaff, shell: Shell, go: Go, db: &Db, id: &str, said: Said) -> Answer {
    let Said { asked, form, letterhead } = said;
    let request = find(db, id).await?;
    if form.text.trim().is_empty() || form.text.chars().count() > 4000 {
        let mut errors = Errors::default();
        errors.add("text", "Enter 1 to 4,000 characters");
        let refused = DecidePage { shell, request, asked, form, errors };
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &refused);
    }
    let (id, act, text, revision) = (request.id, root.act(), form.text.trim().to_owned(), form.revision);
    let taken = db.write(move |connection: &mut AnyConnection| {
        let request = store::take_step(connection, id, Some(revision), asked.step(), &text, &act)?;
        notices::step(connection, &request, asked.step(), &text, &letterhead, &act)?;
        Ok(())
    });
    taken.await.decided()?.map_err(conflict)?;
    go.to(format!("/requests/{id}"), asked.words().3)
}

macro_rules! asked {
    ($show:ident, $submit:ident, $asked:expr) => {
        pub async fn $show(_root: RootStaff, shell: Shell, db: Data<Db>, id: Path<String>) -> Answer {
            ask(shell, &db, &id, $asked).await
        }

        pub async fn $submit(
            root: RootStaff,
            shell: Shell,
            go: Go,
            db: Data<Db>,
            site: Data<Site>,
            id: Path<String>,
            form: Form<Decision>,
        ) -> Answer {
            let said = Said { asked: $asked, form: form.0, letterhead: Letterhead::from(site.get_ref()) };
            decide(root, shell, go, &db, &id, said).await
        }
    };
}

asked!(question, send_question, Asked::Question);
asked!(rejection, reject, Asked::Rejection);
asked!(reopening, reopen, Asked::Reopening);

pub async fn start_review(
    root: RootStaff,
    go: Go,
    db: Data<Db>,
    id: Path<String>,
    form: Form<Decision>,
) -> Answer {
    let id: RequestId = id.parse().map_err(|_| Error::NotFound)?;
    let (act, revision, owner) = (root.act(), form.0.revision, root.user);
    let taken = db.write(move |connection: &mut AnyConnection| {
        let request = store::take_step(connection, id, Some(revision), Step::StartReview, "", &act)?;
        if request.assignee.is_none() {
            store::assign(connection, id, Some(owner), &act)?;
        }
        Ok(())
    });
    taken.await.decided()?.map_err(conflict)?;
    go.to(format!("/requests/{id}"), "The review has begun and the request is yours")
}

pub async fn accept(
    root: RootStaff,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    id: Path<String>,
    form: Form<Decision>,
) -> Answer {
    let id: RequestId = id.parse().map_err(|_| Error::NotFound)?;
    let (act, revision, letterhead) = (root.act(), form.0.revision, Letterhead::from(site.get_ref()));
    let accepted = db.write(move |connection| accept::accept(connection, id, revision, &letterhead, &act));
    let reseller = accepted.await.decided()?.map_err(conflict)?;
    go.to(format!("/resellers/{reseller}"), "The request is accepted; create the channel next")
}
