//! `/sign-up`: an e-mail address gets a link by which its owner enters the request form, the first time and later.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;

use crate::access::{store, throttle, tokens, tries};
use crate::db::{AnyConnection, Db, Failure};
use crate::mail::{self, Letterhead, News, Occasion, Recipient, TWO_WEEKS};
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
    let (recipient, now, letterhead) = (email.clone(), site.clock.now(), Letterhead::from(&**site));
    let from = Visitor::of(&request).address.unwrap_or_default();
    let send = move |connection: &mut AnyConnection| {
        if is_too_many(connection, &recipient, &from, now)? {
            tracing::warn!(address = %from, "a link was refused: too many were asked for");
            return Ok(None);
        }
        send_link(connection, &recipient, &letterhead, now)
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
    letterhead: &Letterhead,
    now: Timestamp,
) -> Result<Option<String>, Failure> {
    if store::has_account(connection, email)? {
        let news = News { path: "/sign-in".into(), ..News::default() };
        let to = [Recipient::Member(email.clone())];
        mail::tell(connection, Occasion::AccountKnown, &to, &news, letterhead, now)?;
        return Ok(None);
    }
    let applicant = store::applicant(connection, email, now)?;
    let path = tokens::applicant_path(connection, applicant, now)?;
    let news = News { path: path.clone(), once: Some(TWO_WEEKS), ..News::default() };
    let to = [Recipient::Applicant(email.clone())];
    mail::tell(connection, Occasion::SignUpLink, &to, &news, letterhead, now)?;
    Ok(Some(path))
}
