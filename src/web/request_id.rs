//! Each request has an id: in the header `x-request-id` of its answer, in every line of the log that it causes, and on
//! an error page as the reference. With `request=info` in `LOG`, each request is a line of the log itself.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use tracing::Instrument;
use uuid::Uuid;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static ID: String;
}

/// The id of the request that is being answered; a new one outside of requests.
pub fn current() -> String {
    ID.try_with(String::clone).unwrap_or_else(|_| new())
}

fn new() -> String {
    Uuid::now_v7().simple().to_string()
}

/// Gives the request its id.
pub async fn assign(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let (id, begun) = (new(), Instant::now());
    // Of the highest level, so that it is there whatever is logged.
    let span = tracing::error_span!("request", id = %id);
    let route = request.match_pattern().unwrap_or_default();
    let method = request.method().clone();
    let value = HeaderValue::from_str(&id);
    let answer = async {
        let answer = next.call(request).await;
        let status = match &answer {
            Ok(response) => response.status(),
            Err(error) => error.as_response_error().status_code(),
        };
        let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        tracing::info!(target: "request", %method, route, status = status.as_u16(), micros, "answered");
        answer
    };
    let mut answer = ID.scope(id, answer.instrument(span)).await;
    if let (Ok(response), Ok(value)) = (&mut answer, value) {
        response.headers_mut().insert(HEADER, value);
    }
    answer
}
