//! `/account/proof`: takes the second factor or the password, and sends the form that waited on to where it was sent.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::Data;

use super::sign_in::local_path;
use crate::access::session::{self, SignedIn};
use crate::access::tries::{self, Try};
use crate::access::{factors, password, store};
use crate::db::{Db, Never};
use crate::values::UserId;
use crate::web::proof::{self, Carried};
use crate::web::{Answer, Error, Fields, Form, Member, Shell, Site};

pub async fn submit(
    member: Member,
    shell: Shell,
    session: Session,
    db: Data<Db>,
    site: Data<Site>,
    form: Form<Fields>,
) -> Answer {
    let Form(fields) = form;
    let user = member.user;
    let by_code = db.read(move |connection| factors::has_factor(connection, user)).await?;
    let given = fields.get(proof::FIELD).to_owned();
    let password = if by_code {
        fields.has(proof::PASSWORD).then(|| fields.get(proof::PASSWORD))
    } else {
        Some(given.as_str())
    };
    let mut refused = match password {
        Some(password) => wrong_password(&db, &site, user, password.to_owned()).await?,
        None => None,
    };
    let is_full = password.is_some();
    // A code is used up by looking at it: the password comes first.
    if by_code && refused.is_none() {
        refused = wrong_code(&db, &site, user, given).await?;
    }
    if let Some(message) = refused {
        tracing::warn!(account = %user, "a proof was refused");
        return asked_again(shell, Carried::again(&fields, by_code), message);
    }
    let signed_in = session::signed_in(&session).ok_or(Error::Forbidden)?;
    let now = site.clock.now();
    let fully_proved_at = if is_full { now } else { signed_in.fully_proved_at };
    session::strengthen(&session, &SignedIn { proved_at: now, fully_proved_at, ..signed_in })?;
    // This status lets the browser send the form again as it is.
    let target = local_path(fields.get(proof::FOR));
    Ok(HttpResponse::TemporaryRedirect().insert_header((header::LOCATION, target)).finish())
}

fn asked_again(shell: Shell, carried: Carried, message: String) -> Answer {
    let body = proof::page(shell, carried, message)
        .map_err(|error| Error::Internal(format!("a page did not render: {error}")))?;
    Ok(HttpResponse::build(StatusCode::UNPROCESSABLE_ENTITY)
        .content_type("text/html; charset=utf-8")
        .body(body))
}

async fn wrong_code(db: &Db, site: &Site, user: UserId, code: String) -> Result<Option<String>, Error> {
    let (keys, now) = (site.keys.clone(), site.clock.now());
    let used = db
        .write::<_, Never>(move |connection| Ok(factors::use_code(connection, &keys, user, &code, now)?))
        .await?;
    Ok(used.err().map(|refusal| refusal.to_string()))
}

/// Also serves where the present password is asked for beside a new one.
pub(super) async fn wrong_password(
    db: &Db,
    site: &Site,
    user: UserId,
    given: String,
) -> Result<Option<String>, Error> {
    let now = site.clock.now();
    // A session that was left open gives nobody more tries than the sign-in does.
    let attempt = Try {
        account: user.to_string(),
        address: String::new(),
        known_browser: Some(format!("proof {user}")),
        pair: String::new(),
    };
    let counted = attempt.clone();
    let take = move |connection: &mut _| Ok(tries::take(connection, &counted, now)?);
    let taken = db.write_each_time::<_, Never>(take).await?;
    if taken.is_err() {
        return Ok(Some("Too many tries; wait a minute".into()));
    }
    let known = db.read(move |connection| store::credentials_of(connection, user)).await?;
    let verified = password::off_thread(move || password::verify(&given, known.password_hash.as_deref()));
    if !verified.await.map_err(|error| Error::Internal(error.to_string()))? {
        return Ok(Some("The password is not right".into()));
    }
    let give_back = move |connection: &mut _| Ok(tries::give_back(connection, &attempt, user)?);
    db.write_each_time::<_, Never>(give_back).await?;
    Ok(None)
}
