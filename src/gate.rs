//! The first check of each access: the site map says who may enter, and what it does not name is closed.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{HttpMessage, Responder};

use crate::routes;
use crate::web::{Entry, Error, Visitor, proof, see_other};

/// Where somebody goes who must set up a second factor first, and the addresses that are open until then.
const ENROLMENT: &str = "/account/second-factor";
const OPEN_BEFORE_ENROLMENT: [&str; 6] =
    [ENROLMENT, "/sign-out", "/sign-in", "/theme", "/help", "/static/{file:.*}"];

/// Lets a visitor through to the handler, or says why not.
pub async fn gate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    // PostgreSQL does not even compare with a text that has this character.
    if request.query_string().contains("%00") {
        return Ok(request.error_response(Error::BadRequest("The address cannot be read.".into())));
    }
    let method = if *request.method() == Method::HEAD { Method::GET } else { request.method().clone() };
    let line = request.match_pattern().and_then(|pattern| routes::line(&method, &pattern));
    let visitor = request.extensions().get::<Visitor>().cloned();
    let (Some(line), Some(visitor)) = (line, visitor) else {
        return Ok(request.error_response(Error::NotFound));
    };
    match visitor.entry(line.access, line.right) {
        Entry::Enter if visitor.lacks_factor && !OPEN_BEFORE_ENROLMENT.contains(&line.path) => {
            Ok(answer(request, see_other(ENROLMENT)))
        }
        Entry::Enter => {
            if visitor.side().is_some() && !visitor.has_proved(line.proof) {
                request.extensions_mut().insert(proof::Asked(line.proof));
            }
            Ok(next.call(request).await?.map_into_boxed_body())
        }
        Entry::SignIn => {
            let location = sign_in_location(&request);
            Ok(answer(request, see_other(location)))
        }
        Entry::Refuse => Ok(request.error_response(Error::Forbidden)),
    }
}

fn answer(request: ServiceRequest, responder: impl Responder<Body = BoxBody>) -> ServiceResponse<BoxBody> {
    let response = responder.respond_to(request.request());
    request.into_response(response)
}

/// After signing in, a page that was asked for is shown; a form that was sent is not sent again.
fn sign_in_location(request: &ServiceRequest) -> String {
    let wished = request.uri().path_and_query().map_or("/", |path| path.as_str());
    if *request.method() != Method::GET || wished == "/" {
        return "/sign-in".into();
    }
    serde_urlencoded::to_string([("next", wished)])
        .map_or_else(|_| "/sign-in".into(), |query| format!("/sign-in?{query}"))
}
