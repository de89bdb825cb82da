//! `/outbox`: every mail, for root; without a mail server this is where links are read. `/outbox/samples` shows what
//! the portal writes on each occasion. A letter is shown in the portal's own style: the page's policy lets no mail's
//! markup in.

use actix_web::web::{Data, Path};
use askama::Template;

use super::{Group, Letter, Letterhead, Mail, Occasion, samples, store};
use crate::db::Db;
use crate::values::MailId;
use crate::web::{Answer, Error, RootStaff, Shell, Site, page};

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

pub async fn list(_root: RootStaff, shell: Shell, db: Data<Db>) -> Answer {
    let mails = db.read(|connection| store::newest(connection, 200)).await?;
    page(&ListPage { shell, mails })
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
