//! The first check of each access: the site map says who may enter, and what it does not name is closed.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{HttpMessage, Responder};

use crate::routes;
use crate::web::{Entry, Error, Visitor, form, proof, see_other};

/// Where somebody goes who must set up a second factor first, and the addresses that are open until then.
const ENROLMENT: &str = "/account/second-factor";
const OPEN_BEFORE_ENROLMENT: [&str; 6] =
    [ENROLMENT, "/sign-out", "/sign-in", "/theme", "/help", "/static/{file:.*}"];

/// Lets a visitor through to the handler, or says why not.
pub async fn gate(
    mut request: ServiceRequest,
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
            if let Some(form) = form::of_ended_session(&mut request).await {
                return Ok(request.error_response(Error::SignedOut(form)));
            }
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

#[cfg(test)]
mod tests {
    use actix_web::http::{StatusCode, header};
    use actix_web::middleware::from_fn;
    use actix_web::test::{self, TestRequest};
    use actix_web::{App, HttpRequest, web};

    use super::*;
    use crate::values::{StaffRole, Timestamp, UserId};
    use crate::web::Role;

    fn now() -> Timestamp {
        Timestamp::from_micros(0).unwrap()
    }

    fn nobody() -> Visitor {
        Visitor::anonymous(now())
    }

    fn root(staff: StaffRole) -> Visitor {
        Visitor { role: Role::Root { user: UserId::derived("root") }, staff, ..nobody() }
    }

    /// Says whether a proof is asked for.
    async fn inside(request: HttpRequest) -> &'static str {
        if request.extensions().get::<proof::Asked>().is_some() { "asked" } else { "in" }
    }

    /// What somebody is answered at an address: the status, and where to or what was said inside.
    async fn answered(visitor: Option<Visitor>, method: &str, address: &str) -> (u16, String) {
        let inner = ["/audit", "/people/new", "/account/second-factor", "/theme", "/sign-in", "/nowhere"];
        let app = inner.into_iter().fold(App::new(), |app, path| app.route(path, web::to(inside)));
        let app = test::init_service(app.wrap(from_fn(gate))).await;
        let request = TestRequest::default().method(method.parse().unwrap()).uri(address).to_request();
        if let Some(visitor) = visitor {
            request.extensions_mut().insert(visitor);
        }
        let response = test::call_service(&app, request).await;
        let location =
            response.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned());
        let status = response.status();
        let body = test::read_body(response).await;
        let said = if status == StatusCode::OK {
            String::from_utf8_lossy(&body).into_owned()
        } else {
            String::new()
        };
        (status.as_u16(), location.unwrap_or(said))
    }

    fn answer(status: u16, said: &str) -> (u16, String) {
        (status, said.to_owned())
    }

    #[actix_web::test]
    async fn the_site_map_says_who_enters() {
        let administrator = || Some(root(StaffRole::Administrator));
        assert_eq!(answered(administrator(), "GET", "/audit").await, answer(200, "in"));
        assert_eq!(answered(administrator(), "HEAD", "/audit").await.0, 200);
        assert_eq!(answered(administrator(), "POST", "/audit").await.0, 404);
        assert_eq!(answered(administrator(), "GET", "/nowhere").await.0, 404);
        assert_eq!(answered(None, "GET", "/audit").await.0, 404);
        assert_eq!(answered(Some(root(StaffRole::Finance)), "GET", "/people/new").await.0, 403);
    }

    #[actix_web::test]
    async fn a_stranger_is_sent_to_sign_in_and_then_to_the_page_that_was_asked_for() {
        let to = |address| answer(303, address);
        assert_eq!(answered(Some(nobody()), "GET", "/audit?q=a").await, to("/sign-in?next=%2Faudit%3Fq%3Da"));
        assert_eq!(answered(Some(nobody()), "POST", "/people/new").await, to("/sign-in"));
        assert_eq!(answered(Some(nobody()), "GET", "/sign-in").await, answer(200, "in"));
        let front = TestRequest::default().uri("/").to_srv_request();
        assert_eq!(sign_in_location(&front), "/sign-in");
    }

    #[actix_web::test]
    async fn an_address_with_a_nul_is_refused() {
        let administrator = || Some(root(StaffRole::Administrator));
        assert_eq!(answered(administrator(), "GET", "/audit?q=%00").await.0, 400);
        assert_eq!(answered(administrator(), "GET", "/audit?q=00").await.0, 200);
    }

    #[actix_web::test]
    async fn who_lacks_a_second_factor_sets_it_up_first() {
        let lacking = || Some(Visitor { lacks_factor: true, ..root(StaffRole::Administrator) });
        assert_eq!(answered(lacking(), "GET", "/audit").await, answer(303, ENROLMENT));
        assert_eq!(answered(lacking(), "GET", ENROLMENT).await, answer(200, "in"));
        assert_eq!(answered(lacking(), "POST", "/theme").await, answer(200, "in"));
    }

    #[actix_web::test]
    async fn what_counts_asks_again_who_somebody_is() {
        let lately = || Some(Visitor { proved_at: Some(now()), ..root(StaffRole::Administrator) });
        let long_ago = || Some(root(StaffRole::Administrator));
        assert_eq!(answered(lately(), "POST", "/people/new").await, answer(200, "in"));
        assert_eq!(answered(long_ago(), "POST", "/people/new").await, answer(200, "asked"));
        assert_eq!(answered(long_ago(), "GET", "/people/new").await, answer(200, "in"));
        assert_eq!(answered(long_ago(), "POST", "/theme").await, answer(200, "in"));
    }
}
