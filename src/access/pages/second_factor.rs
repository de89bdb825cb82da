//! `/account/second-factor`: sets a second factor up with an authenticator, shows recovery codes once, removes it.

use actix_session::Session;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;

use crate::access::factors::{self, FactorRefusal};
use crate::access::session::{self, SignedIn};
use crate::access::store;
use crate::access::totp::{self, Qr};
use crate::db::{AnyConnection, Db, Decided, Never};
use crate::values::{AccountSide, UserId};
use crate::web::{Answer, Error, Errors, Form, Go, Member, NoFields, Shell, Site, page, page_with};

/// What the secret is sealed for while its first code is awaited.
const PURPOSE: &str = "enrolment";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Enrolment {
    /// The secret, sealed, as it went out with the page.
    sealed: String,
    code: String,
}

#[derive(Template)]
#[template(path = "access/second_factor.html")]
struct SecondFactorPage {
    shell: Shell,
    has_factor: bool,
    is_required: bool,
    /// The secret in groups of four, to be typed.
    secret: String,
    sealed: String,
    address: String,
    qr: Qr,
    errors: Errors,
}

#[derive(Template)]
#[template(path = "access/recovery_codes.html")]
struct CodesPage {
    shell: Shell,
    codes: Vec<String>,
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, site: Data<Site>) -> Answer {
    page(&asking(&member, shell, &db, &site, totp::new_secret(), Errors::default()).await?)
}

pub async fn submit(
    member: Member,
    shell: Shell,
    session: Session,
    db: Data<Db>,
    site: Data<Site>,
    form: Form<Enrolment>,
) -> Answer {
    let (Form(form), act) = (form, member.act());
    let Some(secret) = opened(&site, member.user, &form.sealed) else {
        return page_with(
            StatusCode::UNPROCESSABLE_ENTITY,
            &asking(&member, shell, &db, &site, totp::new_secret(), wrong()).await?,
        );
    };
    let Some(step) = totp::step_of(&secret, &form.code, act.at) else {
        let again = asking(&member, shell, &db, &site, secret, wrong()).await?;
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &again);
    };
    let (user, now, keys) = (member.user, act.at, site.keys.clone());
    let enrol =
        move |connection: &mut AnyConnection| factors::enrol(connection, &keys, user, &secret, step, &act);
    let codes = match db.write(enrol).await.decided()? {
        Ok(codes) => codes,
        Err(refusal) => return Err(Error::Internal(refusal.to_string())),
    };
    let signed_in = session::signed_in(&session).ok_or(Error::Forbidden)?;
    session::strengthen(&session, &SignedIn { factor: true, proved_at: now, ..signed_in })?;
    page(&CodesPage { shell, codes })
}

/// New recovery codes in place of the earlier ones.
pub async fn renew_codes(member: Member, shell: Shell, db: Data<Db>, _form: Form<NoFields>) -> Answer {
    let (user, act) = (member.user, member.act());
    let codes = db.write::<_, Never>(move |connection| Ok(factors::renew_codes(connection, user, &act)?));
    page(&CodesPage { shell, codes: codes.await? })
}

/// Only where it is not required.
pub async fn remove(
    member: Member,
    session: Session,
    go: Go,
    (db, site): (Data<Db>, Data<Site>),
    _form: Form<NoFields>,
) -> Answer {
    if member.is_root() || site.everyone_needs_factor {
        return Err(Error::Conflict(
            "Your account needs a second factor; set up another one in its place.".into(),
        ));
    }
    let (user, act) = (member.user, member.act());
    db.write::<_, Never>(move |connection| Ok(factors::remove(connection, user, &act)?)).await?;
    let signed_in = session::signed_in(&session).ok_or(Error::Forbidden)?;
    session::strengthen(&session, &SignedIn { factor: false, ..signed_in })?;
    go.to("/account", "The second factor is removed; your other sessions are ended")
}

async fn asking(
    member: &Member,
    shell: Shell,
    db: &Db,
    site: &Site,
    secret: String,
    errors: Errors,
) -> Result<SecondFactorPage, Error> {
    let id = member.user;
    let (user, has_factor) = db
        .read(move |connection| Ok((store::find(connection, id)?, factors::has_factor(connection, id)?)))
        .await?;
    let failed = |error: anyhow::Error| Error::Internal(error.to_string());
    let address = totp::address(&secret, user.email.as_str(), &site.name).map_err(failed)?;
    let groups: Vec<&str> =
        secret.as_bytes().chunks(4).filter_map(|group| str::from_utf8(group).ok()).collect();
    Ok(SecondFactorPage {
        shell,
        has_factor,
        is_required: site.everyone_needs_factor || user.side == AccountSide::Root,
        secret: groups.join(" "),
        sealed: site.keys.seal(PURPOSE, &format!("{id} {secret}")).map_err(failed)?,
        qr: totp::qr(&address).map_err(failed)?,
        address,
        errors,
    })
}

fn opened(site: &Site, user: UserId, sealed: &str) -> Option<String> {
    let text = site.keys.open(PURPOSE, sealed)?;
    let (owner, secret) = text.split_once(' ')?;
    (owner == user.to_string()).then(|| secret.to_owned())
}

fn wrong() -> Errors {
    let mut errors = Errors::default();
    errors.add("code", FactorRefusal::Wrong);
    errors
}
