//! What goes wrong at a page's edge, as a page with a way back.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;

use super::again::{self, Again, Why};
use super::frame::frame;
use super::proof::{self, Carried};
use super::{Shell, Visitor, csrf, request_id};

/// Everything a page can end in but itself. Internal text goes to the log only, under the id that the page shows.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Absent, or another re-seller's: nobody can tell which.
    #[error("not found")]
    NotFound,
    #[error("forbidden")]
    Forbidden,
    /// A form that another site sent.
    #[error("from another site")]
    Foreign,
    /// More requests than one person makes.
    #[error("too many requests")]
    TooMany,
    /// The form's token is missing or of another session; comes back with the question whether it is meant.
    #[error("form out of date")]
    StaleForm(Option<Again>),
    /// The session ended before the form came; comes back to be sent after signing in.
    #[error("session over")]
    SignedOut(Again),
    /// The visitor must prove again who they are; what was sent comes back with the question.
    #[error("proof needed")]
    Unproved(Carried),
    /// The form did its work before; another content under it comes back with the question whether to do that too.
    #[error("form sent before")]
    SentBefore(Option<Again>),
    /// The request cannot be read, such as a form that is too large.
    #[error("bad request: {0}")]
    BadRequest(String),
    /// What was sent came so slowly that it was cut off.
    #[error("too slow")]
    TooSlow,
    /// More was sent than is read.
    #[error("too large: {0}")]
    TooLarge(String),
    /// Somebody else was faster, or the state no longer allows it; says what happened.
    #[error("conflict: {0}")]
    Conflict(String),
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// The database cannot grow.
    #[error("no space: {0}")]
    NoSpace(String),
    #[error("internal: {0}")]
    Internal(String),
}

/// What the error page says; travels with the response until the page can be framed.
#[derive(Debug, Clone)]
struct Said {
    status: StatusCode,
    title: String,
    message: String,
    reference: String,
    /// The form that comes back with a question.
    waiting: Option<Waiting>,
}

/// A form that waits for an answer.
#[derive(Debug, Clone)]
enum Waiting {
    Proof(Carried),
    Again(Again),
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    shell: Shell,
    status: u16,
    title: String,
    message: String,
    back_href: &'static str,
    back_label: &'static str,
    reference: String,
}

/// The same for a signed-in person, inside the frame of their pages.
#[derive(Template)]
#[template(path = "error_framed.html")]
struct FramedErrorPage<'a> {
    shell: &'a Shell,
    page: &'a ErrorPage,
}

impl ErrorPage {
    fn framed(&self) -> askama::Result<String> {
        match self.shell.person {
            Some(_) => FramedErrorPage { shell: &self.shell, page: self }.render(),
            None => self.render(),
        }
    }
}

impl Error {
    /// For a NUL: PostgreSQL keeps every character but this one.
    pub fn unkept() -> Self {
        Self::BadRequest("A field has a character that cannot be kept.".into())
    }

    fn words(&self) -> (&str, &str) {
        match self {
            Self::NotFound => ("Page not found", "Nothing is at this address, or it is not yours to see."),
            Self::Forbidden => (
                "Not permitted",
                "Your role does not open this page. A root administrator can tell you who has access.",
            ),
            Self::Foreign => {
                ("Not taken from another site", "Open the form in the portal itself and send it from there.")
            }
            Self::TooMany => (
                "Too many requests",
                "More came from you than the portal answers in a minute. Wait a little and go on.",
            ),
            Self::StaleForm(_) => (
                "This form is out of date",
                "You signed in or out since it was opened. Go back, reload the page and send it again.",
            ),
            Self::SignedOut(_) => ("Your session is over", "Sign in again and send it once more."),
            Self::Unproved(_) => {
                ("Confirm that it is you", "This asks for your second factor or password again.")
            }
            Self::SentBefore(_) => (
                "This was done already",
                "The form was sent before and did its work then. To send another, open its page anew.",
            ),
            Self::BadRequest(why) => ("The request cannot be read", why),
            Self::TooSlow => (
                "This came too slowly",
                "The connection was so slow that the rest was not waited for. Nothing was changed; send it again.",
            ),
            Self::TooLarge(what) => ("This is too large", what),
            Self::Conflict(what) => ("This changed in the meantime", what),
            Self::Unavailable(_) => {
                ("The portal is busy", "The database did not answer in time. Try again in a moment.")
            }
            Self::NoSpace(_) => (
                "Nothing can be saved now",
                "The database has no space left. Nothing was changed; reading goes on. Tell root the reference below.",
            ),
            Self::Internal(_) => (
                "Something failed here",
                "It was recorded and nothing was changed. Tell root the reference below.",
            ),
        }
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden | Self::Foreign | Self::StaleForm(_) | Self::SignedOut(_) | Self::Unproved(_) => {
                StatusCode::FORBIDDEN
            }
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Conflict(_) | Self::SentBefore(_) => StatusCode::CONFLICT,
            Self::Unavailable(_) | Self::NoSpace(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let (title, message) = self.words();
        let reference = match self {
            Self::Internal(why) | Self::Unavailable(why) | Self::NoSpace(why) => {
                let id = request_id::current();
                tracing::error!(reference = %id, "{why}");
                id
            }
            _ => String::new(),
        };
        let mut response = HttpResponse::build(self.status_code());
        let retry_after = match self {
            Self::Unavailable(_) | Self::TooMany => Some("2"),
            Self::NoSpace(_) => Some("60"),
            _ => None,
        };
        if let Some(seconds) = retry_after {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        if matches!(self, Self::TooSlow) {
            response.force_close();
        }
        let mut response = response
            .content_type("text/plain; charset=utf-8")
            .body(format!("{title}. {message} {reference}").trim_end().to_owned());
        let waiting = match self {
            Self::Unproved(carried) => Some(Waiting::Proof(carried.clone())),
            Self::SignedOut(again) => Some(Waiting::Again(again.clone())),
            Self::SentBefore(again) | Self::StaleForm(again) => again.clone().map(Waiting::Again),
            _ => None,
        };
        let said = Said {
            status: self.status_code(),
            title: title.into(),
            message: message.into(),
            reference,
            waiting,
        };
        response.extensions_mut().insert(said);
        response
    }
}

/// Tells the log of what was refused, so that who tries doors one after the other is seen.
fn note(request: &HttpRequest, said: &Said) {
    // An address that nothing has is no door.
    let Some(line) = request.match_pattern() else { return };
    let is_expected = match &said.waiting {
        Some(Waiting::Again(again)) => again.why != Why::OtherSession,
        Some(Waiting::Proof(_)) => true,
        None => false,
    };
    if is_expected || !said.status.is_client_error() {
        return;
    }
    let visitor = Visitor::of(request);
    let (account, address) = (csrf::identity(&visitor), visitor.address.unwrap_or_default());
    let (status, method) = (said.status.as_u16(), request.method());
    tracing::warn!(%account, %address, %method, line, status, "refused: {}", said.title);
}

/// Where programs send to: what goes wrong there is told as JSON.
const FOR_PROGRAMS: &str = "/api/";

/// An object with `error`, and with the `reference` of what the log tells more of.
fn for_programs(said: &Said) -> String {
    let mut told = serde_json::json!({ "error": format!("{}. {}", said.title, said.message) });
    if !said.reference.is_empty() {
        told["reference"] = said.reference.as_str().into();
    }
    told.to_string()
}

fn with_body(response: ServiceResponse, kind: &'static str, body: String) -> ServiceResponse {
    response.map_body(|head, _| {
        head.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        BoxBody::new(body)
    })
}

/// Puts the frame of the visitor's pages around what went wrong.
pub async fn error_pages(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let response = next.call(request).await?.map_into_boxed_body();
    let said = response.response().extensions().get::<Said>().cloned();
    let Some(said) = said else { return Ok(response) };
    note(response.request(), &said);
    if response.request().path().starts_with(FOR_PROGRAMS) {
        return Ok(with_body(response, "application/json", for_programs(&said)));
    }
    // Only now: framing takes the sentence that the next page is to show.
    let Ok(shell) = frame(response.request()) else { return Ok(response) };
    let (back_href, back_label) = ("/", "Go to the overview");
    let Said { status, title, message, reference, waiting } = said;
    let page = ErrorPage { shell, status: status.as_u16(), title, message, back_href, back_label, reference };
    let body = match waiting {
        Some(Waiting::Proof(carried)) => proof::page(page.shell, carried, String::new()),
        Some(Waiting::Again(form)) => again::page(page.shell, form),
        None => page.framed(),
    };
    let Ok(body) = body else { return Ok(response) };
    Ok(with_body(response, "text/html; charset=utf-8", body))
}
