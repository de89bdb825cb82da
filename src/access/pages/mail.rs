//! `/account/mail`: which mails one gets. What carries a way in is always sent.

use actix_web::web::Data;
use askama::Template;

use crate::access::{User, store};
use crate::db::{Db, Never};
use crate::mail::choices::{self, Chooser};
use crate::mail::{Group, Occasion};
use crate::web::{Answer, Fields, Form, Go, Member, Shell, page};

/// A group of mails with a box for each that concerns this person.
struct Row {
    group: Group,
    boxes: Vec<(&'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "access/mail.html")]
struct MailPage {
    shell: Shell,
    email: String,
    rows: Vec<Row>,
    wanted: Vec<&'static str>,
}

fn chooser(user: &User) -> Chooser {
    Chooser {
        user: user.id,
        full_name: user.full_name.clone(),
        reseller: user.reseller,
        side: user.side,
        role: user.role,
    }
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>) -> Answer {
    let user = member.user;
    let (user, wanted) = db
        .read(move |connection| {
            let user = store::find(connection, user)?;
            let wanted = choices::wanted(connection, &chooser(&user))?;
            Ok((user, wanted))
        })
        .await?;
    let offered = chooser(&user).offered();
    let row = |group: &Group| {
        let own = offered.iter().filter(|occasion| occasion.group() == *group);
        Row { group: *group, boxes: own.map(|occasion| (occasion.as_str(), occasion.title())).collect() }
    };
    let rows = Group::ALL.iter().map(row).filter(|row| !row.boxes.is_empty()).collect();
    let wanted = wanted.into_iter().map(Occasion::as_str).collect();
    page(&MailPage { shell, email: user.email.to_string(), rows, wanted })
}

pub async fn submit(member: Member, go: Go, db: Data<Db>, form: Form<Fields>) -> Answer {
    // What is not offered to this person is not kept, whatever the form says.
    let ticked = Group::ALL.iter().flat_map(|group| form.0.all(group.as_str()));
    let wants: Vec<Occasion> = ticked.filter_map(|word| word.parse().ok()).collect();
    let (user, act) = (member.user, member.act());
    let kept = db.write::<_, Never>(move |connection| {
        let user = store::find(connection, user)?;
        Ok(choices::choose(connection, &chooser(&user), &wants, &act)?)
    });
    kept.await?;
    go.to("/account/mail", "Your mails are chosen")
}
