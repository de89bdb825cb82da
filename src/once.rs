//! A form that is sent twice, or fifty times at once, is answered as it was the first time; see [`crate::db::once`].
//!
//! The rules: what a form says is part of which one it is, and another text under the same key is asked about, not
//! done; an answer is kept for two days; a form that was refused keeps nothing and may be sent again.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest};

use crate::db::once::{self, Before};
use crate::db::{Db, Failure};
use crate::values::{Sending, SentForm};
use crate::web::{Error, form};

/// How long the answers are kept.
pub const KEPT: chrono::Duration = chrono::Duration::days(2);
/// How long an equal request waits for the answer of the one that does the work.
const PATIENCE: Duration = Duration::from_secs(2);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// Lets the form's work be done once, and answers each repetition like the first.
pub async fn answer(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let db = request.app_data::<Data<Db>>().filter(|_| *request.method() == Method::POST).cloned();
    let Some(db) = db else { return Ok(next.call(request).await?.map_into_boxed_body()) };
    let sending = Sending::default();
    request.extensions_mut().insert(sending.clone());
    let response = once::within(sending.clone(), next.call(request)).await?.map_into_boxed_body();
    let Some(form) = sending.form() else { return Ok(response) };
    if sending.is_done() {
        keep(&db, form, &response).await;
        return Ok(response);
    }
    let is_refused = response.status().is_client_error() || response.status().is_server_error();
    match is_refused.then_some(earlier(&db, form)) {
        Some(earlier) => Ok(match earlier.await {
            Some(before) => like_the_first(response, form, before),
            None => response,
        }),
        None => Ok(response),
    }
}

/// Keeps the answer; after a refusal the form may be sent again.
async fn keep(db: &Db, form: &SentForm, response: &ServiceResponse<BoxBody>) {
    let (key, status) = (form.key.clone(), response.status());
    let location = response.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
    let location = location.map(str::to_owned);
    let kept = db.write_each_time(move |connection| -> Result<(), Failure> {
        if status.is_client_error() {
            return Ok(once::forget(connection, &key)?);
        }
        Ok(once::keep_answer(connection, &key, i64::from(status.as_u16()), location.as_deref())?)
    });
    // The work is done; who sends it again is told so, if not where it led.
    if let Err(error) = kept.await {
        tracing::error!("an answer was not kept: {error}");
    }
}

/// The request that did the form's work, once it has its answer; `None` when there was none.
async fn earlier(db: &Db, form: &SentForm) -> Option<Before> {
    let look = || {
        let key = form.key.clone();
        db.read(move |connection| once::before(connection, &key))
    };
    let mut found = look().await.ok().flatten();
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while found.as_ref().is_some_and(|before| before.status.is_none())
        && tokio::time::Instant::now() < deadline
    {
        tokio::time::sleep(BETWEEN_LOOKS).await;
        found = look().await.ok().flatten();
    }
    found
}

fn like_the_first(
    response: ServiceResponse<BoxBody>,
    form: &SentForm,
    before: Before,
) -> ServiceResponse<BoxBody> {
    let request = response.request().clone();
    if before.content != form.content {
        return refused(response, Error::SentBefore(form::sent(&request)));
    }
    match redirect(&before) {
        Some(redirect) => response.into_response(redirect),
        None => refused(response, Error::SentBefore(None)),
    }
}

fn redirect(before: &Before) -> Option<HttpResponse> {
    let status = u16::try_from(before.status?).ok().and_then(|status| StatusCode::from_u16(status).ok())?;
    let location = before.location.as_deref()?;
    Some(HttpResponse::build(status).insert_header((header::LOCATION, location)).finish())
}

fn refused(response: ServiceResponse<BoxBody>, error: Error) -> ServiceResponse<BoxBody> {
    let request: HttpRequest = response.request().clone();
    ServiceResponse::from_err(error, request)
}
