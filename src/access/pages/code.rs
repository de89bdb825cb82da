//! `/sign-in/code`: the second step of signing in, after a right password.

use actix_session::Session;
use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;

use super::sign_in::{enter, welcome};
use crate::access::session::{self, Pending};
use crate::access::{factors, store, totp};
use crate::db::{Db, Never};
use crate::values::UserId;
use crate::web::{Answer, Error, Errors, Form, Shell, Site, Visitor, page, page_with, see_other};

#[derive(Debug, Deserialize)]
pub struct Code {
    #[serde(default)]
    code: String,
}

#[derive(Template)]
#[template(path = "access/code.html")]
struct CodePage {
    shell: Shell,
    errors: Errors,
    /// In the demonstration: the code of this moment.
    demo_code: Option<String>,
}

pub async fn show(shell: Shell, session: Session, db: Data<Db>, site: Data<Site>) -> Answer {
    let Some(Pending { user, .. }) = session::pending(&session, site.clock.now()) else {
        return Ok(see_other("/sign-in"));
    };
    let demo_code = demo_code(&db, &site, user).await?;
    page(&CodePage { shell, errors: Errors::default(), demo_code })
}

pub async fn submit(
    request: HttpRequest,
    shell: Shell,
    session: Session,
    db: Data<Db>,
    site: Data<Site>,
    form: Form<Code>,
) -> Answer {
    let (Form(Code { code }), now) = (form, site.clock.now());
    let Some(Pending { user, next, .. }) = session::pending(&session, now) else {
        return Ok(see_other("/sign-in"));
    };
    let keys = site.keys.clone();
    let address = Visitor::of(&request).address.unwrap_or_default();
    let used = db
        .write::<_, Never>(move |connection| Ok(factors::use_code(connection, &keys, user, &code, now)?))
        .await?;
    match used {
        Ok(()) => {
            let known = db.read(move |connection| store::credentials_of(connection, user)).await?;
            tracing::info!(%address, account = %user, "the second factor was right");
            enter(&session, &request, &known, true, now)?;
            welcome(&site, user, &next)
        }
        Err(refusal) => {
            tracing::warn!(%address, account = %user, "a second factor was refused: {refusal}");
            let mut errors = Errors::default();
            errors.add("code", refusal);
            let demo_code = demo_code(&db, &site, user).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &CodePage { shell, errors, demo_code })
        }
    }
}

async fn demo_code(db: &Db, site: &Site, user: UserId) -> Result<Option<String>, Error> {
    if !site.demo {
        return Ok(None);
    }
    let keys = site.keys.clone();
    let secret = db.read(move |connection| factors::secret(connection, &keys, user)).await?;
    Ok(secret.and_then(|secret| totp::code(&secret, site.clock.now()).ok()))
}
