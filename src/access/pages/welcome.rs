//! `/welcome/{secret}`: set a password by a one-use link; the first root administrator also says who they are.

use actix_session::Session;
use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;

use crate::access::store::Credentials;
use crate::access::{
    NewUser, Purpose, User, check_new_password, factors, hash_password, password, store, tokens,
};
use crate::db::{AnyConnection, Db, Decided, Failure};
use crate::values::{AccountSide, Act, Actor, ActorKind, Email, ObjectId, StaffRole, Timestamp, UserId};
use crate::web::{Answer, Error, Errors, Form, Go, Shell, Site, page, page_with};

use super::sign_in::{enter, welcome};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Welcome {
    email: String,
    full_name: String,
    password: String,
    again: String,
}

#[derive(Template)]
#[template(path = "access/welcome.html")]
struct WelcomePage {
    shell: Shell,
    /// The link is over or was used.
    over: bool,
    /// The first root administrator says who they are.
    first_root: bool,
    /// Whose password it is.
    email: String,
    shortest: usize,
    form: Welcome,
    errors: Errors,
}

/// What a valid link asks for.
enum Invited {
    FirstRoot,
    Account(Box<User>, HasFactor),
}

type HasFactor = bool;

/// The link was used, is over, or a root administrator exists by now.
enum Refusal {
    Over,
}

pub async fn show(shell: Shell, db: Data<Db>, site: Data<Site>, secret: Path<String>) -> Answer {
    let invited = invited(&db, &site, secret.into_inner()).await?;
    page(&welcome_page(shell, &invited, Welcome::default(), Errors::default()))
}

pub async fn submit(
    shell: Shell,
    request: HttpRequest,
    (session, go): (Session, Go),
    (db, site): (Data<Db>, Data<Site>),
    secret: Path<String>,
    form: Form<Welcome>,
) -> Answer {
    let (secret, Form(form)) = (secret.into_inner(), form);
    let Some(invited) = invited(&db, &site, secret.clone()).await? else {
        tracing::warn!("a link that is over was used");
        return page_with(StatusCode::GONE, &welcome_page(shell, &None, form, Errors::default()));
    };
    let mut errors = Errors::default();
    check_password(&invited, &form, &site, &mut errors);
    let new_root = new_root(&invited, &form, &mut errors);
    if !errors.is_empty() {
        return page_with(
            StatusCode::UNPROCESSABLE_ENTITY,
            &welcome_page(shell, &Some(invited), form, errors),
        );
    }
    let hash = hashed(form.password.clone()).await?;
    let now = site.clock.now();
    let use_link =
        move |connection: &mut AnyConnection| redeem(connection, &secret, new_root.as_ref(), &hash, now);
    match db.write(use_link).await.decided()? {
        Ok(known) if known.has_factor => go.to("/sign-in", "Your password is set; sign in with it"),
        Ok(known) => {
            tracing::info!(account = %known.user, "set a password by a link");
            enter(&session, &request, &known, false, now)?;
            go.to("/", "Your password is set and you are signed in")?;
            welcome(&site, known.user, "/")
        }
        Err(Refusal::Over) => {
            page_with(StatusCode::GONE, &welcome_page(shell, &None, form, Errors::default()))
        }
    }
}

fn welcome_page(shell: Shell, invited: &Option<Invited>, form: Welcome, errors: Errors) -> WelcomePage {
    let (over, first_root, email, has_factor) = match invited {
        None => (true, false, String::new(), false),
        Some(Invited::FirstRoot) => (false, true, String::new(), false),
        Some(Invited::Account(user, has_factor)) => (false, false, user.email.to_string(), *has_factor),
    };
    let shortest = password::shortest(has_factor);
    // A password is never sent back.
    let form = Welcome { password: String::new(), again: String::new(), ..form };
    WelcomePage { shell, over, first_root, email, shortest, form, errors }
}

async fn invited(db: &Db, site: &Site, secret: String) -> Result<Option<Invited>, Error> {
    let now = site.clock.now();
    let found = db.read(move |connection| {
        Ok(match tokens::look_up(connection, &secret, now)? {
            Some((Purpose::FirstRoot, _)) if !store::has_root(connection)? => Some(Invited::FirstRoot),
            Some((Purpose::SetPassword | Purpose::Recovery, Some(subject))) => {
                let user = store::find(connection, UserId::from_uuid(subject.as_uuid()))?;
                let has_factor = factors::has_factor(connection, user.id)?;
                Some(Invited::Account(Box::new(user), has_factor))
            }
            _ => None,
        })
    });
    Ok(found.await?)
}

/// The rules of passwords, with what the account or the form says of its owner.
fn check_password(invited: &Invited, form: &Welcome, site: &Site, errors: &mut Errors) {
    let (name, email, user_name, has_factor) = match invited {
        Invited::FirstRoot => (form.full_name.as_str(), form.email.as_str(), "root", false),
        Invited::Account(user, has_factor) => {
            (user.full_name.as_str(), user.email.as_str(), user.user_name.as_str(), *has_factor)
        }
    };
    let own = [name, email, user_name, site.name.as_str()];
    errors.take("password", check_new_password(&form.password, &form.again, has_factor, &own));
}

fn new_root(invited: &Invited, form: &Welcome, errors: &mut Errors) -> Option<NewUser> {
    if !matches!(invited, Invited::FirstRoot) {
        return None;
    }
    let email = errors.take("email", form.email.parse::<Email>());
    let full_name = form.full_name.trim().to_owned();
    if full_name.is_empty() {
        errors.add("full_name", "Enter your name");
    }
    let user_name = "root".parse().ok()?;
    let (side, role) = (AccountSide::Root, StaffRole::Administrator);
    Some(NewUser { side, reseller: None, role, email: email?, user_name, full_name })
}

/// The hash of a password, made off the async threads.
pub(super) async fn hashed(password: String) -> Result<String, Error> {
    let hashed = password::off_thread(move || hash_password(&password)).await;
    hashed
        .map_err(|error| Error::Internal(error.to_string()))?
        .map_err(|error| Error::Internal(error.to_string()))
}

fn redeem(
    connection: &mut AnyConnection,
    secret: &str,
    new_root: Option<&NewUser>,
    hash: &str,
    now: Timestamp,
) -> Result<Credentials, Failure<Refusal>> {
    let purposes: &[Purpose] = match new_root {
        Some(_) => &[Purpose::FirstRoot],
        None => &[Purpose::SetPassword, Purpose::Recovery],
    };
    let subject: Option<ObjectId> =
        tokens::redeem(connection, secret, purposes, now)?.ok_or(Failure::Refused(Refusal::Over))?;
    let name = new_root.map_or("One-use link", |new| new.full_name.as_str());
    let who = Actor { kind: ActorKind::System, id: None, name: name.to_owned(), address: None };
    let act = Act { who, at: now };
    let user = match (new_root, subject) {
        (Some(_), _) if store::has_root(connection)? => return Err(Failure::Refused(Refusal::Over)),
        (Some(new), _) => store::create(connection, new, &act)?,
        (None, Some(subject)) => UserId::from_uuid(subject.as_uuid()),
        (None, None) => return Err(Failure::Refused(Refusal::Over)),
    };
    store::set_password(connection, user, hash, &act)?;
    Ok(store::credentials_of(connection, user)?)
}
