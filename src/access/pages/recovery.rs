//! `/recovery`: somebody who forgot the password asks for a link by mail. The answer is the same for every address.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;

use crate::access::{AccountState, store, throttle, tokens, tries};
use crate::db::{AnyConnection, Db, Failure};
use crate::mail::{self, HALF_AN_HOUR, Letterhead, News, Occasion, Recipient};
use crate::values::{AccountSide, Email, Timestamp};
use crate::web::{Answer, Errors, Form, Shell, Site, page, page_with};

#[derive(Debug, Default, Deserialize)]
pub struct Recovery {
    #[serde(default)]
    email: String,
}

#[derive(Template)]
#[template(path = "access/recovery.html")]
struct RecoveryPage {
    shell: Shell,
    form: Recovery,
    errors: Errors,
    sent_to: Option<Email>,
}

pub async fn show(shell: Shell) -> Answer {
    page(&RecoveryPage { shell, form: Recovery::default(), errors: Errors::default(), sent_to: None })
}

pub async fn submit(shell: Shell, db: Data<Db>, site: Data<Site>, form: Form<Recovery>) -> Answer {
    let Form(form) = form;
    let mut errors = Errors::default();
    let Some(email) = errors.take("email", form.email.parse::<Email>()) else {
        let refused = RecoveryPage { shell, form, errors, sent_to: None };
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &refused);
    };
    let (address, now, letterhead) = (email.clone(), site.clock.now(), Letterhead::from(&**site));
    db.write(move |connection| send_link(connection, &address, &letterhead, now)).await?;
    page(&RecoveryPage { shell, form, errors, sent_to: Some(email) })
}

/// Mails the link when there is such an account, at most a few times.
fn send_link(
    connection: &mut AnyConnection,
    email: &Email,
    letterhead: &Letterhead,
    now: Timestamp,
) -> Result<(), Failure> {
    let allowance = format!("recovery {email}");
    if tries::take_one(connection, &allowance, throttle::PER_RECIPIENT, now)?.is_err() {
        tracing::warn!("a recovery link was refused: too many were asked for");
        return Ok(());
    }
    let Some(user) = store::by_email(connection, email)?.filter(|user| user.state == AccountState::Active)
    else {
        return Ok(());
    };
    let news = match user.side {
        // Who holds a root administrator's mail must not hold the portal.
        AccountSide::Root => News {
            facts: vec![
                (
                    "In the portal",
                    "another root administrator makes you a link, on the page People".to_owned(),
                ),
                ("On the server", format!("reseller-portal user recover --email {email}")),
            ],
            ..News::default()
        },
        AccountSide::Reseller => News {
            path: tokens::recovery_path(connection, user.id, now)?,
            once: Some(HALF_AN_HOUR),
            ..News::default()
        },
    };
    let to = [Recipient::Member(email.clone())];
    mail::tell(connection, Occasion::PasswordForgotten, &to, &news, letterhead, now)?;
    Ok(())
}
