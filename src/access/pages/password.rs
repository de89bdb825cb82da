//! `/account/password`: a new password in place of the present one; every other session ends.

use actix_session::Session;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;

use super::proof::wrong_password;
use super::welcome::hashed;
use crate::access::session::{self, SignedIn};
use crate::access::{check_new_password, factors, password, store};
use crate::db::{Db, Never};
use crate::web::{Answer, Error, Errors, Form, Go, Member, Shell, Site, page, page_with};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Change {
    present: String,
    password: String,
    again: String,
}

#[derive(Template)]
#[template(path = "access/password.html")]
struct PasswordPage {
    shell: Shell,
    shortest: usize,
    errors: Errors,
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>) -> Answer {
    let user = member.user;
    let has_factor = db.read(move |connection| factors::has_factor(connection, user)).await?;
    page(&PasswordPage { shell, shortest: password::shortest(has_factor), errors: Errors::default() })
}

pub async fn submit(
    member: Member,
    shell: Shell,
    session: Session,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    form: Form<Change>,
) -> Answer {
    let (Form(form), id) = (form, member.user);
    let (user, has_factor) = db
        .read(move |connection| Ok((store::find(connection, id)?, factors::has_factor(connection, id)?)))
        .await?;
    let own = [user.full_name.as_str(), user.email.as_str(), user.user_name.as_str(), site.name.as_str()];
    let mut errors = Errors::default();
    errors.take("password", check_new_password(&form.password, &form.again, has_factor, &own));
    if let Some(message) = wrong_password(&db, &site, id, form.present).await? {
        errors.add("present", message);
    }
    if !errors.is_empty() {
        let refused = PasswordPage { shell, shortest: password::shortest(has_factor), errors };
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &refused);
    }
    let (hash, act) = (hashed(form.password).await?, member.act());
    let now = act.at;
    db.write::<_, Never>(move |connection| store::set_password(connection, id, &hash, &act)).await?;
    let signed_in = session::signed_in(&session).ok_or(Error::Forbidden)?;
    session::strengthen(&session, &SignedIn { proved_at: now, fully_proved_at: now, ..signed_in })?;
    go.to("/account", "Your password is changed; your other sessions are ended")
}
