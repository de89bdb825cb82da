//! `/enter/{secret}`: an applicant enters by a mailed link. Opening the address only asks; the button uses it up, so
//! that a mail scanner that opens links does not.

use actix_session::Session;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use crate::access::{Purpose, session, store, tokens};
use crate::db::{AnyConnection, Db, Failure};
use crate::values::{ApplicantId, Email, Timestamp};
use crate::web::{Answer, Form, NoFields, Shell, Site, page, page_with, see_other};

#[derive(Template)]
#[template(path = "access/enter.html")]
struct EnterPage {
    shell: Shell,
    over: bool,
}

pub async fn show(shell: Shell, db: Data<Db>, site: Data<Site>, secret: Path<String>) -> Answer {
    let (secret, now) = (secret.into_inner(), site.clock.now());
    let found = db.read(move |connection| tokens::look_up(connection, &secret, now)).await?;
    page(&EnterPage { shell, over: !matches!(found, Some((Purpose::Applicant, Some(_)))) })
}

pub async fn submit(
    shell: Shell,
    session: Session,
    db: Data<Db>,
    site: Data<Site>,
    secret: Path<String>,
    _form: Form<NoFields>,
) -> Answer {
    let (secret, now) = (secret.into_inner(), site.clock.now());
    match db.write(move |connection| redeem(connection, &secret, now)).await? {
        Some((id, email)) => {
            session::enter_as_applicant(&session, id, &email, now)?;
            tracing::info!(applicant = %id, "entered by a link");
            Ok(see_other("/application"))
        }
        None => {
            tracing::warn!("a link that is over was used");
            page_with(StatusCode::GONE, &EnterPage { shell, over: true })
        }
    }
}

fn redeem(
    connection: &mut AnyConnection,
    secret: &str,
    now: Timestamp,
) -> Result<Option<(ApplicantId, Email)>, Failure> {
    let Some(Some(subject)) = tokens::redeem(connection, secret, &[Purpose::Applicant], now)? else {
        return Ok(None);
    };
    let id = ApplicantId::from_uuid(subject.as_uuid());
    let email = store::verify_applicant(connection, id, now)?;
    Ok(Some((id, email)))
}
