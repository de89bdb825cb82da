//! Cookies that a browser keeps: the session's while the secret key is replaced, and the one by which a browser is
//! known to have signed in to an account before.

use actix_web::HttpRequest;
use actix_web::body::MessageBody;
use actix_web::cookie::{Cookie, CookieJar, Key, SameSite, time::Duration};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::values::UserId;
use crate::web::{Site, random_token};

const PURPOSE: &str = "known browser";
const KNOWN_FOR: Duration = Duration::days(365);

/// Closes the session's cookie with the key in force when an earlier one closed it, before the session is read.
pub async fn renew_cookie(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
    name: &'static str,
    keys: Vec<Key>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if let Some((current, earlier)) = keys.split_first()
        && !earlier.is_empty()
        && let Some(cookies) = renewed(&request, name, current, earlier)
    {
        request.headers_mut().insert(header::COOKIE, cookies);
    }
    next.call(request).await
}

/// All cookies of the request with the session's closed anew; `None` when there is nothing to do.
fn renewed(request: &ServiceRequest, name: &str, current: &Key, earlier: &[Key]) -> Option<HeaderValue> {
    let sent = request.headers().get_all(header::COOKIE).filter_map(|value| value.to_str().ok());
    let all: Vec<Cookie<'static>> = sent
        .flat_map(|value| value.split(';'))
        .filter_map(|part| Cookie::parse(part.trim().to_owned()).ok())
        .collect();
    let mut jar = CookieJar::new();
    jar.add_original(all.iter().find(|cookie| cookie.name() == name)?.clone());
    if jar.private(current).get(name).is_some() {
        return None;
    }
    let opened = earlier.iter().find_map(|key| jar.private(key).get(name))?;
    jar.private_mut(current).add(opened);
    let closed = jar.get(name)?.value().to_owned();
    let pairs = all.iter().map(|cookie| {
        let value = if cookie.name() == name { &closed } else { cookie.value() };
        format!("{}={value}", cookie.name())
    });
    HeaderValue::from_str(&pairs.collect::<Vec<_>>().join("; ")).ok()
}

fn known_name(site: &Site) -> &'static str {
    if site.https { "__Host-known" } else { "known" }
}

/// The cookie that says that this browser has signed in to the account.
pub(super) fn known_browser(site: &Site, user: UserId) -> Cookie<'static> {
    let told = format!("{user}.{}", random_token());
    let code = URL_SAFE_NO_PAD.encode(site.keys.mac(PURPOSE, told.as_bytes()));
    Cookie::build(known_name(site), format!("{told}.{code}"))
        .path("/")
        .secure(site.https)
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(KNOWN_FOR)
        .finish()
}

/// What names this browser, when it has signed in to the account before.
pub(super) fn knows(site: &Site, request: &HttpRequest, user: UserId) -> Option<String> {
    let cookie = request.cookie(known_name(site))?;
    let (told, code) = cookie.value().rsplit_once('.')?;
    let code = URL_SAFE_NO_PAD.decode(code).ok()?;
    let (account, browser) = told.split_once('.')?;
    let is_own = account == user.to_string() && site.keys.is_mac(PURPOSE, told.as_bytes(), &code);
    is_own.then(|| browser.to_owned())
}
