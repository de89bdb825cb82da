//! `/sign-in` and `/sign-out`, for anyone. Unknown accounts and wrong passwords get the same answer.

use actix_session::Session;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use crate::access::{identify, password, store};
use crate::clock::SharedClock;
use crate::db::{Db, Never};
use crate::settings::DEMO_SIGN_INS;
use crate::values::UserId;
use crate::web::{Answer, Errors, Form, NoFields, Shell, Site, page, page_with, see_other};

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

fn sign_in_page(shell: Shell, form: SignIn, errors: Errors) -> SignInPage {
    let demo_accounts = if shell.demo { &DEMO_SIGN_INS[..] } else { &[] };
    SignInPage { shell, form, errors, demo_accounts }
}

pub async fn show(shell: Shell, query: Query<SignIn>) -> Answer {
    let form = SignIn { next: query.into_inner().next, ..SignIn::default() };
    page(&sign_in_page(shell, form, Errors::default()))
}

pub async fn submit(
    shell: Shell,
    session: Session,
    db: Data<Db>,
    site: Data<Site>,
    form: Form<SignIn>,
) -> Answer {
    let Form(form) = form;
    match authenticate(&db, &site.clock, form.name.clone(), form.password.clone()).await? {
        Some(user) => {
            identify::enter_as_user(&session, user)?;
            Ok(see_other(local_path(&form.next)))
        }
        None => {
            let mut errors = Errors::default();
            errors.add("password", "The name or the password is not right");
            let form = SignIn { password: String::new(), ..form };
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &sign_in_page(shell, form, errors))
        }
    }
}

pub async fn sign_out(session: Session, _form: Form<NoFields>) -> Answer {
    session.purge();
    Ok(see_other("/sign-in"))
}

async fn authenticate(
    db: &Db,
    clock: &SharedClock,
    name: String,
    given: String,
) -> Result<Option<UserId>, crate::db::Failure> {
    let known = db.read(move |connection| store::credentials(connection, &name)).await?;
    let (user, stored) = match known {
        Some((user, stored)) => (Some(user), stored),
        None => (None, None),
    };
    let verified = tokio::task::spawn_blocking(move || password::verify(&given, stored.as_deref())).await;
    let Some(user) = user.filter(|_| verified.unwrap_or(false)) else { return Ok(None) };
    let now = clock.now();
    db.write::<_, Never>(move |connection| Ok(store::signed_in(connection, user, now)?)).await?;
    Ok(Some(user))
}

/// Only a path of this portal: never another site's address.
pub(super) fn local_path(next: &str) -> &str {
    let is_local = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n']);
    if is_local { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_sign_in_only_paths_of_the_portal_are_followed() {
        assert_eq!(local_path("/requests?state=submitted"), "/requests?state=submitted");
        for foreign in ["https://evil.example", "//evil.example", "/\\evil.example", "", "/a\r\nX: y"] {
            assert_eq!(local_path(foreign), "/");
        }
    }
}
