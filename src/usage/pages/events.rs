//! `POST /api/v1/events`: usage from programs, as CloudEvents. What a message answers is JSON.
//!
//! **Permissions**: whoever has the token of a feed, for the feed's channel alone. There is no session and no cookie.

use actix_web::error::PayloadError;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use crate::db::{Db, Decided};
use crate::usage::store::{self, EventsRefusal, Sender};
use crate::usage::{RowFault, Tally};
use crate::web::{Answer, Error, Site, pace};

/// How a message may be written: an event, a list of them, or one on each line.
const KINDS: [&str; 5] = [
    "application/cloudevents+json",
    "application/cloudevents-batch+json",
    "application/json",
    "application/x-ndjson",
    "application/jsonl",
];

/// The largest message, in bytes: some 10,000 events that say much of themselves.
const LARGEST: usize = 8 * 1024 * 1024;

pub async fn take(request: HttpRequest, db: Data<Db>, site: Data<Site>, body: Payload) -> Answer {
    let Some(sender) = sender(&request, &db).await? else {
        let mut refused =
            problem(StatusCode::UNAUTHORIZED, "The token of a feed is needed, and this is none.");
        refused.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
        return Ok(refused);
    };
    if !is_of_a_kind(&request) {
        let told = format!("Send events as {}.", KINDS.join(", "));
        return Ok(problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, &told));
    }
    // Nothing is read of somebody without a token.
    let content = match body.to_bytes_limited(LARGEST).await {
        Ok(content) => content.map_err(broken_off)?,
        Err(_) => return Ok(problem(StatusCode::PAYLOAD_TOO_LARGE, "A message has at most 8 MiB.")),
    };
    let now = site.clock.now();
    let taken = db.write(move |connection| store::take_events(connection, &sender, &content, now)).await;
    Ok(match taken.decided()? {
        Ok(tally) => HttpResponse::Ok().json(counts(&tally)),
        Err(refusal) => refused(&refusal),
    })
}

fn broken_off(error: actix_web::Error) -> Error {
    match error.as_error::<PayloadError>() {
        Some(error) if pace::is_too_slow(error) => Error::TooSlow,
        _ => Error::BadRequest("The message broke off.".into()),
    }
}

/// Who has the token that the request brings.
async fn sender(request: &HttpRequest, db: &Db) -> Result<Option<Sender>, Error> {
    let told = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some((scheme, token)) = told.and_then(|told| told.split_once(' ')) else { return Ok(None) };
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Ok(None);
    }
    let token = token.trim().to_owned();
    Ok(db.read(move |connection| store::sender(connection, &token)).await?)
}

fn is_of_a_kind(request: &HttpRequest) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    KINDS.iter().any(|known| known.eq_ignore_ascii_case(kind))
}

fn counts(tally: &Tally) -> Value {
    json!({ "accepted": tally.accepted, "duplicate": tally.duplicate, "unrated": tally.unrated })
}

fn problem(status: StatusCode, told: &str) -> HttpResponse {
    HttpResponse::build(status).json(json!({ "error": told }))
}

fn refused(refusal: &EventsRefusal) -> HttpResponse {
    let told = |why: &str| format!("Nothing was taken: {why}.");
    match refusal {
        EventsRefusal::Unreadable(_) | EventsRefusal::Empty => {
            problem(StatusCode::BAD_REQUEST, &told(&refusal.to_string()))
        }
        EventsRefusal::TooMany => problem(StatusCode::PAYLOAD_TOO_LARGE, &told(&refusal.to_string())),
        EventsRefusal::Faulty(faults) => {
            let faults: Vec<Value> = faults.iter().map(fault).collect();
            let told = json!({ "error": told(&refusal.to_string()), "faults": faults });
            HttpResponse::build(StatusCode::UNPROCESSABLE_ENTITY).json(told)
        }
    }
}

fn fault(fault: &RowFault) -> Value {
    json!({ "event": fault.line, "field": fault.column, "value": fault.value, "reason": fault.reason })
}
