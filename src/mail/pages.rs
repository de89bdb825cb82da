//! `/outbox`: every mail, for root; without a mail server this is where links are read. `/outbox/samples` shows what
//! the portal writes on each occasion. A letter is shown in the portal's own style: the page's policy lets no mail's
//! markup in.

use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::{Deserialize, Serialize};

use super::listed::{MailKey, Mails};
use super::{Group, Letter, Letterhead, Mail, Occasion, samples, store};
use crate::db::Db;
use crate::db::paging;
use crate::lists::{Asked, Cell, Column, List, Table};
use crate::values::MailId;
use crate::web::sheet::FileKind;
use crate::web::{Answer, Error, RootStaff, Shell, Site, page};

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Search {
    q: String,
    #[serde(flatten, skip_serializing)]
    asked: Asked,
}

impl Search {
    fn listing(&self) -> Mails {
        Mails { text: self.q.clone() }
    }
}

#[derive(Template)]
#[template(path = "mail/list.html")]
struct ListPage {
    shell: Shell,
    search: Search,
    table: Table,
}

#[derive(Template)]
#[template(path = "mail/show.html")]
struct MailPage {
    shell: Shell,
    mail: Mail,
}

/// An occasion's sample, as letter and as text.
struct Sample {
    occasion: Occasion,
    letter: Letter,
    text: String,
}

#[derive(Template)]
#[template(path = "mail/samples.html")]
struct SamplesPage {
    shell: Shell,
    groups: Vec<(Group, Vec<Sample>)>,
}

type Col = Column<Mail, MailKey>;

fn mails() -> List<Mails> {
    let state = |mail: &Mail| match (mail.sent_at, &mail.last_error) {
        (Some(_), _) => Cell::Badge("ok", "Sent"),
        (None, Some(_)) => Cell::Badge("bad", "Failed"),
        (None, None) => Cell::Badge("plain", "Waiting"),
    };
    let columns = vec![
        Col::text("Subject", |mail| Cell::link(format!("/outbox/{}", mail.id), &mail.subject))
            .by(MailKey::Subject),
        Col::text("To", |mail| Cell::text(&mail.recipient)).by(MailKey::Recipient),
        Col::time("Written", |mail| Cell::Moment(mail.created_at)).by(MailKey::Written),
        Col::time("Sent", |mail| Cell::of(mail.sent_at, Cell::Moment)).by(MailKey::Sent),
        Col::word("State", state),
    ];
    List { path: "/outbox", noun: "mail", columns }
}

pub async fn list(_root: RootStaff, shell: Shell, db: Data<Db>, search: Query<Search>) -> Answer {
    let search = search.into_inner();
    let (listing, at) = (search.listing(), search.asked.place::<Mails>());
    let found = db.read(move |connection| paging::page(connection, &listing, at)).await?;
    let table = mails().table(&search, at.order, &found);
    page(&ListPage { shell, search, table })
}

/// The list as a file.
pub async fn download(
    _root: RootStaff,
    db: Data<Db>,
    site: Data<Site>,
    kind: FileKind,
    search: Query<Search>,
) -> Answer {
    let order = search.asked.place::<Mails>().order;
    mails().download(&db, kind, search.listing(), order, site.clock.now()).await
}

pub async fn show(_root: RootStaff, shell: Shell, db: Data<Db>, id: Path<String>) -> Answer {
    let id: MailId = id.parse().map_err(|_| Error::NotFound)?;
    let mail = db.read(move |connection| store::find(connection, id)).await?;
    page(&MailPage { shell, mail })
}

pub async fn samples(_root: RootStaff, shell: Shell, site: Data<Site>) -> Answer {
    let internal = |error: &dyn std::fmt::Display| Error::Internal(error.to_string());
    let all = samples::all(&Letterhead::from(&**site)).map_err(|error| internal(&error))?;
    let mut groups: Vec<(Group, Vec<Sample>)> = Group::ALL.iter().map(|group| (*group, Vec::new())).collect();
    for (occasion, letter) in all {
        let text = letter.text().map_err(|error| internal(&error))?;
        let own = groups.iter_mut().find(|(group, _)| *group == occasion.group());
        own.into_iter().for_each(|(_, samples)| {
            samples.push(Sample { occasion, letter: letter.clone(), text: text.clone() });
        });
    }
    page(&SamplesPage { shell, groups })
}
