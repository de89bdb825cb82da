//! Forms cannot be sent from elsewhere: the origin is checked for every unsafe method, and each form carries a token.
//!
//! The token begins with an HMAC over a random cookie and the visitor's identity, so that it needs no session row for
//! anonymous visitors and dies when somebody signs in or out. Behind a dot follows what only this page has: what the
//! form does is done once under it, however often it is sent.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Error, Role, Site, Visitor, random_token};
use crate::values::{Sending, SentForm};

/// The name of the form field that carries the token.
pub const FIELD: &str = "csrf";
const PURPOSE: &str = "form";
const SENT: &str = "sent form";

/// The random part of this browser's tokens.
#[derive(Clone)]
struct Nonce(String);

fn cookie_name(site: &Site) -> &'static str {
    if site.https { "__Host-form" } else { "form" }
}

/// Refuses unsafe methods from another origin and gives each browser its nonce.
pub async fn protect(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let site = site(request.request())?;
    let known = request.cookie(cookie_name(&site)).map(|cookie| cookie.value().to_owned());
    let nonce = known.clone().unwrap_or_else(random_token);
    request.extensions_mut().insert(Nonce(nonce.clone()));
    let mut response = if is_safe(request.method()) || told_origin(request.request(), &site) != Some(false) {
        next.call(request).await?.map_into_boxed_body()
    } else {
        request.error_response(Error::Foreign)
    };
    if known.is_none() {
        let cookie = Cookie::build(cookie_name(&site), nonce)
            .path("/")
            .http_only(true)
            .secure(site.https)
            .same_site(SameSite::Lax)
            .finish();
        response.response_mut().add_cookie(&cookie)?;
    }
    Ok(response)
}

/// The token that the forms of one page carry.
pub fn token(request: &HttpRequest) -> Result<String, Error> {
    let mac = URL_SAFE_NO_PAD.encode(site(request)?.keys.mac(PURPOSE, &subject(request)?));
    Ok(format!("{mac}.{}", random_token()))
}

/// What a token is made of: the browser's nonce and who is there.
fn subject(request: &HttpRequest) -> Result<Vec<u8>, Error> {
    let nonce = request.extensions().get::<Nonce>().cloned();
    let nonce = nonce.ok_or_else(|| Error::Internal("the form nonce is missing".into()))?;
    Ok(format!("{}|{}", nonce.0, identity(&Visitor::of(request))).into_bytes())
}

/// Whether a form's token is this visitor's; `content` is what was filled in, or what tells it from another.
pub fn verify(request: &HttpRequest, given: &str, content: &[u8]) -> Result<(), Error> {
    let (mac, page) = given.split_once('.').unwrap_or_default();
    let code = URL_SAFE_NO_PAD.decode(mac).unwrap_or_default();
    let site = site(request)?;
    if page.is_empty() || !site.keys.is_mac(PURPOSE, &subject(request)?, &code) {
        return Err(Error::StaleForm(None));
    }
    note(request, &site, page, content);
    Ok(())
}

/// Tells the request which form it brought. A stranger's forms are not told apart: each try to sign in counts.
fn note(request: &HttpRequest, site: &Site, page: &str, content: &[u8]) {
    let visitor = Visitor::of(request);
    let who = identity(&visitor);
    let Some(sending) = request.extensions().get::<Sending>().filter(|_| !who.is_empty()).cloned() else {
        return;
    };
    let digest = |text: &[u8]| URL_SAFE_NO_PAD.encode(site.keys.mac(SENT, text));
    let key = digest(format!("{who}|{page}|{}", request.path()).as_bytes());
    sending.note(SentForm { key, content: digest(content), at: visitor.at });
}

/// What tells a form with a file from another: such a form is not read into memory for it.
pub fn length(request: &HttpRequest) -> &[u8] {
    request.headers().get(header::CONTENT_LENGTH).map_or(&[], |length| length.as_bytes())
}

/// Who somebody is, as forms and the log name them; nothing for a stranger.
pub fn identity(visitor: &Visitor) -> String {
    match &visitor.role {
        Role::Anonymous => String::new(),
        Role::Applicant { id, .. } => id.to_string(),
        Role::Root { user } | Role::Reseller { user, .. } => user.to_string(),
    }
}

fn site(request: &HttpRequest) -> Result<web::Data<Site>, Error> {
    request
        .app_data::<web::Data<Site>>()
        .cloned()
        .ok_or_else(|| Error::Internal("the site is not set up".into()))
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether the browser says that the request comes from a page of the portal.
pub fn is_own(request: &HttpRequest) -> bool {
    site(request).is_ok_and(|site| told_origin(request, &site) == Some(true))
}

/// Browsers say where a request comes from; one that says nothing still needs the token.
///
/// What a request says of the host that somebody asked for (`X-Forwarded-Host`) anybody can write, so it counts nothing.
fn told_origin(request: &HttpRequest, portal: &Site) -> Option<bool> {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = header("sec-fetch-site") {
        return Some(matches!(site, "same-origin" | "none"));
    }
    let origin = header(header::ORIGIN.as_str())?;
    let host = origin.split_once("://").map(|(_, host)| host);
    Some(host.is_some() && (host == header(header::HOST.as_str()) || portal.public_url == origin))
}
