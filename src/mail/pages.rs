//! `/outbox`: every mail, for root; without a mail server this is where links are read.

use actix_web::web::{Data, Path};
use askama::Template;

use super::{Mail, store};
use crate::db::Db;
use crate::values::MailId;
use crate::web::{Answer, Error, RootStaff, Shell, page};

#[derive(Template)]
#[template(path = "mail/list.html")]
struct ListPage {
    shell: Shell,
    mails: Vec<Mail>,
}

#[derive(Template)]
#[template(path = "mail/show.html")]
struct MailPage {
    shell: Shell,
    mail: Mail,
}

pub async fn list(_root: RootStaff, shell: Shell, db: Data<Db>) -> Answer {
    let mails = db.read(|connection| store::newest(connection, 200)).await?;
    page(&ListPage { shell, mails })
}

pub async fn show(_root: RootStaff, shell: Shell, db: Data<Db>, id: Path<String>) -> Answer {
    let id: MailId = id.parse().map_err(|_| Error::NotFound)?;
    let mail = db.read(move |connection| store::find(connection, id)).await?;
    page(&MailPage { shell, mail })
}
