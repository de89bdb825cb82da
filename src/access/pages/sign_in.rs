//! `/sign-in` and `/sign-out`, for anyone. Unknown accounts and wrong passwords get the same answer, after the same
//! work.

use actix_session::Session;
use actix_web::cookie::Cookie;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::access::session::{self, Pending, SignedIn};
use crate::access::store::{self, Credentials};
use crate::access::tries::{self, Try};
use crate::access::{cookie, password, throttle};
use crate::db::{Db, Never};
use crate::settings::DEMO_SIGN_INS;
use crate::values::{Timestamp, UserId};
use crate::web::{Answer, Error, Errors, Form, NoFields, Shell, Site, Visitor, page, page_with, see_other};

/// Of the hash of name and password, so many characters tell pairs apart; too few to guess a password from.
const PAIR: usize = 4;

#[derive(Debug, Default, Deserialize)]
pub struct SignIn {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    /// Where to go afterwards: a path of this portal.
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "access/sign_in.html")]
struct SignInPage {
    shell: Shell,
    form: SignIn,
    errors: Errors,
    demo_accounts: &'static [(&'static str, &'static str)],
}

/// How a try ended.
enum Outcome {
    Right(Credentials),
    Wrong,
    /// No try is let through before then.
    TooMany(Timestamp),
}

fn sign_in_page(shell: Shell, form: SignIn, errors: Errors) -> SignInPage {
    let demo_accounts = if shell.demo { &DEMO_SIGN_INS[..] } else { &[] };
    SignInPage { shell, form, errors, demo_accounts }
}

pub async fn show(shell: Shell, query: Query<SignIn>) -> Answer {
    let form = SignIn { next: query.into_inner().next, ..SignIn::default() };
    page(&sign_in_page(shell, form, Errors::default()))
}

pub async fn submit(
    request: HttpRequest,
    shell: Shell,
    session: Session,
    db: Data<Db>,
    site: Data<Site>,
    form: Form<SignIn>,
) -> Answer {
    let Form(form) = form;
    let now = site.clock.now();
    let mut errors = Errors::default();
    let form = match authenticate(&db, &site, &request, &form).await? {
        Outcome::Right(known) if known.has_factor => {
            let next = local_path(&form.next).to_owned();
            session::await_factor(&session, &Pending { user: known.user, at: now, next })?;
            return Ok(see_other("/sign-in/code"));
        }
        Outcome::Right(known) => {
            enter(&session, &request, &known, false, now)?;
            return welcome(&site, known.user, &form.next);
        }
        Outcome::Wrong => {
            errors.add("password", "The name or the password is not right");
            SignIn { password: String::new(), ..form }
        }
        Outcome::TooMany(until) => return too_many(shell, form, until, now),
    };
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &sign_in_page(shell, form, errors))
}

pub async fn sign_out(request: HttpRequest, session: Session, _form: Form<NoFields>) -> Answer {
    if let Some(signed_in) = session::signed_in(&session) {
        let address = Visitor::of(&request).address.unwrap_or_default();
        tracing::info!(%address, account = %signed_in.user, "signed out");
    }
    session::leave(&session);
    let mut answer = see_other("/sign-in");
    // The browser forgets what it kept of the pages.
    answer.headers_mut().insert(header::HeaderName::from_static("clear-site-data"), CLEARED);
    Ok(answer)
}

const CLEARED: header::HeaderValue = header::HeaderValue::from_static("\"cache\", \"storage\"");

fn too_many(shell: Shell, form: SignIn, until: Timestamp, now: Timestamp) -> Answer {
    let seconds = (until.utc() - now.utc()).num_seconds().max(1);
    let wait =
        if seconds <= 120 { format!("{seconds} seconds") } else { format!("{} minutes", seconds / 60 + 1) };
    let mut errors = Errors::default();
    errors.add("password", format!("Too many tries. Wait {wait}, or ask for a link by mail"));
    let form = SignIn { password: String::new(), ..form };
    let mut answer = page_with(StatusCode::TOO_MANY_REQUESTS, &sign_in_page(shell, form, errors))?;
    answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    Ok(answer)
}

async fn authenticate(db: &Db, site: &Site, request: &HttpRequest, form: &SignIn) -> Result<Outcome, Error> {
    let (name, given, now) = (form.name.clone(), form.password.clone(), site.clock.now());
    let known = db.read(move |connection| store::credentials(connection, &name)).await?;
    let attempt = a_try(site, request, form, known.as_ref());
    let counted = attempt.clone();
    let taken = db.write::<_, Never>(move |connection| Ok(tries::take(connection, &counted, now)?)).await?;
    if let Err(until) = taken {
        tracing::warn!(address = %attempt.address, "a sign-in was refused: too many tries");
        return Ok(Outcome::TooMany(until));
    }
    let stored = known.as_ref().and_then(|known| known.password_hash.clone());
    let verified = password::off_thread(move || {
        let is_right = password::verify(&given, stored.as_deref());
        let is_outdated = is_right && stored.as_deref().is_some_and(password::is_outdated);
        (is_right, is_outdated.then(|| password::hash(&given).ok()).flatten())
    });
    let (is_right, renewed) = verified.await.map_err(|error| Error::Internal(error.to_string()))?;
    let is_worn_out =
        |known: &Credentials| known.failures >= throttle::IN_A_ROW && attempt.known_browser.is_none();
    let Some(known) = known.clone().filter(|known| is_right && !is_worn_out(known)) else {
        let user = known.map(|known| known.user);
        tracing::warn!(address = %attempt.address, account = %attempt.account, "a sign-in failed");
        db.write::<_, Never>(move |connection| Ok(tries::failed(connection, &attempt, user, now)?)).await?;
        return Ok(Outcome::Wrong);
    };
    let user = known.user;
    tracing::info!(address = %attempt.address, account = %user, "the password was right");
    db.write::<_, Never>(move |connection| {
        tries::give_back(connection, &attempt, user)?;
        Ok(store::signed_in(connection, user, renewed.as_deref(), now)?)
    })
    .await?;
    Ok(Outcome::Right(known))
}

fn a_try(site: &Site, request: &HttpRequest, form: &SignIn, known: Option<&Credentials>) -> Try {
    let name = form.name.trim().to_lowercase();
    let hashed = |text: &str| -> String {
        Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let pair = site.keys.mac("failed pair", format!("{name}\n{}", form.password).as_bytes());
    Try {
        account: known.map_or_else(|| hashed(&name), |known| known.user.to_string()),
        address: Visitor::of(request).address.unwrap_or_default(),
        known_browser: known.and_then(|known| cookie::knows(site, request, known.user)),
        pair: pair.iter().map(|byte| format!("{byte:02x}")).collect::<String>()[..PAIR].to_owned(),
    }
}

/// Opens the session.
pub(super) fn enter(
    session: &Session,
    request: &HttpRequest,
    known: &Credentials,
    factor: bool,
    now: Timestamp,
) -> Result<(), Error> {
    session::enter(session, &signed_in(request, known.user, factor, now), known.side)
}

pub(super) fn signed_in(request: &HttpRequest, user: UserId, factor: bool, now: Timestamp) -> SignedIn {
    let browser = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let browser = browser.unwrap_or_default().chars().take(200).collect();
    SignedIn {
        user,
        since: now,
        factor,
        proved_at: now,
        fully_proved_at: now,
        address: Visitor::of(request).address,
        browser,
    }
}

/// Goes on, and lets the browser be known.
pub(super) fn welcome(site: &Site, user: UserId, next: &str) -> Answer {
    let known: Cookie<'_> = cookie::known_browser(site, user);
    Ok(HttpResponse::SeeOther().cookie(known).insert_header((header::LOCATION, local_path(next))).finish())
}

/// Only a path of this portal: never another site's address.
pub(super) fn local_path(next: &str) -> &str {
    let is_clean = !next.contains(|letter: char| letter == '\\' || letter.is_control());
    let is_local = next.starts_with('/') && !next.starts_with("//") && is_clean;
    if is_local { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_sign_in_only_paths_of_the_portal_are_followed() {
        assert_eq!(local_path("/requests?state=submitted"), "/requests?state=submitted");
        for foreign in
            ["https://evil.example", "//evil.example", "/\\evil.example", "", "/a\r\nX: y", "/a\u{1}"]
        {
            assert_eq!(local_path(foreign), "/");
        }
    }
}
