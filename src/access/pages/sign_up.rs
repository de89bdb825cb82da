//! `/sign-up`: an e-mail address gets a link by which its owner enters the request form, the first time and later.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;

use crate::access::{store, throttle, tokens, tries};
use crate::db::{AnyConnection, Db, Failure};
use crate::mail::{self, NewMail};
use crate::values::{Email, Timestamp};
use crate::web::{Answer, Errors, Form, Shell, Site, Visitor, page, page_with};

#[derive(Debug, Default, Deserialize)]
pub struct SignUp {
    #[serde(default)]
    email: String,
}

#[derive(Template)]
#[template(path = "access/sign_up.html")]
struct SignUpPage {
    shell: Shell,
    form: SignUp,
    errors: Errors,
    /// Where the link was sent.
    sent_to: Option<Email>,
    /// In the demonstration: the link itself, as no mail leaves it.
    demo_link: Option<String>,
}

pub async fn show(shell: Shell) -> Answer {
    page(&SignUpPage {
        shell,
        form: SignUp::default(),
        errors: Errors::default(),
        sent_to: None,
        demo_link: None,
    })
}

/// The same answer for every address: nobody learns which are known.
pub async fn submit(
    request: HttpRequest,
    shell: Shell,
    db: Data<Db>,
    site: Data<Site>,
    form: Form<SignUp>,
) -> Answer {
    let Form(form) = form;
    let mut errors = Errors::default();
    let Some(email) = errors.take("email", form.email.parse::<Email>()) else {
        let refused = SignUpPage { shell, form, errors, sent_to: None, demo_link: None };
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &refused);
    };
    let (recipient, now, url, name) =
        (email.clone(), site.clock.now(), site.public_url.clone(), site.name.clone());
    let from = Visitor::of(&request).address.unwrap_or_default();
    let send = move |connection: &mut AnyConnection| {
        if is_too_many(connection, &recipient, &from, now)? {
            tracing::warn!(address = %from, "a link was refused: too many were asked for");
            return Ok(None);
        }
        send_link(connection, &recipient, &url, &name, now)
    };
    let path = db.write(send).await?;
    let demo_link = if site.demo { path } else { None };
    page(&SignUpPage { shell, form, errors, sent_to: Some(email), demo_link })
}

/// Whether this recipient, or whoever is at this address, has asked for enough.
fn is_too_many(
    connection: &mut AnyConnection,
    recipient: &Email,
    from: &str,
    now: Timestamp,
) -> Result<bool, Failure> {
    let for_one = tries::take_one(connection, &format!("sign-up {recipient}"), throttle::PER_RECIPIENT, now)?;
    let from_one = tries::take_one(connection, &format!("links {from}"), throttle::LINKS_PER_ADDRESS, now)?;
    Ok(for_one.is_err() || from_one.is_err())
}

fn send_link(
    connection: &mut AnyConnection,
    email: &Email,
    public_url: &str,
    portal: &str,
    now: Timestamp,
) -> Result<Option<String>, Failure> {
    if store::has_account(connection, email)? {
        let body =
            format!("You have an account at {portal} already. Sign in here:\n\n{public_url}/sign-in\n");
        post(connection, email, format!("{portal}: you have an account"), body, now)?;
        return Ok(None);
    }
    let applicant = store::applicant(connection, email, now)?;
    let path = tokens::applicant_path(connection, applicant, now)?;
    let body = format!(
        "Open this link to go on with your re-seller request at {portal}. It works once, for 14 days:\n\n\
         {public_url}{path}\n\nIf you did not ask for it, nothing happens.\n"
    );
    post(connection, email, format!("{portal}: your re-seller request"), body, now)?;
    Ok(Some(path))
}

fn post(
    connection: &mut AnyConnection,
    to: &Email,
    subject: String,
    body: String,
    now: Timestamp,
) -> Result<(), Failure> {
    mail::store::post(connection, &NewMail { recipient: to.clone(), subject, body }, now)?;
    Ok(())
}
