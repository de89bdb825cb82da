//! `/people/{id}`: somebody's role, sessions and history, for administrators.

use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;

use super::invitation::choices;
use crate::access::open_sessions::{self, OpenSession};
use crate::access::people::{self, PeopleRefusal};
use crate::access::{AccountState, User, factors};
use crate::audit::{self, Entry};
use crate::db::{AnyConnection, Db, Decided, Failure};
use crate::mail::Letterhead;
use crate::values::{Act, Scope, StaffRole, UserId};
use crate::web::{Answer, Error, Form, Go, Member, NoFields, Shell, Site, page};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Change {
    role: String,
}

#[derive(Template)]
#[template(path = "access/person.html")]
struct PersonPage {
    shell: Shell,
    user: User,
    roles: Vec<(&'static str, &'static str)>,
    is_own: bool,
    has_factor: bool,
    sessions: Vec<OpenSession>,
    history: Vec<Entry>,
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, id: Path<String>) -> Answer {
    let (id, scope, now) = (parse(&id)?, member.scope, member.act().at);
    let found = db.read(move |connection| {
        let user = people::find(connection, scope, id)?;
        Ok((
            user,
            factors::has_factor(connection, id)?,
            open_sessions::of_user(connection, id, now)?,
            audit::of_object(connection, id)?,
        ))
    });
    let (user, has_factor, sessions, history) = found.await?;
    let (roles, is_own) = (choices(user.side), user.id == member.user);
    page(&PersonPage { shell, user, roles, is_own, has_factor, sessions, history })
}

pub async fn set_role(member: Member, go: Go, db: Data<Db>, id: Path<String>, form: Form<Change>) -> Answer {
    let Form(Change { role }) = form;
    let user = change(&member, &db, &id, move |connection, scope, id, act| {
        // Whether there is such a person comes first.
        people::find(connection, scope, id)?;
        let role: StaffRole = role.parse().map_err(|_| Failure::Refused(PeopleRefusal::Role))?;
        people::set_role(connection, scope, id, role, act)
    });
    let user = user.await?;
    go.to(address(&user), format!("{} is {} now", user.full_name, user.role_words().to_lowercase()))
}

pub async fn deactivate(
    member: Member,
    go: Go,
    db: Data<Db>,
    id: Path<String>,
    _form: Form<NoFields>,
) -> Answer {
    let user = change(&member, &db, &id, |connection, scope, id, act| {
        people::set_state(connection, scope, id, AccountState::Disabled, act)
    });
    let user = user.await?;
    go.to(address(&user), format!("{} can no longer sign in", user.full_name))
}

pub async fn activate(
    member: Member,
    go: Go,
    db: Data<Db>,
    id: Path<String>,
    _form: Form<NoFields>,
) -> Answer {
    let user = change(&member, &db, &id, |connection, scope, id, act| {
        people::set_state(connection, scope, id, AccountState::Active, act)
    });
    let user = user.await?;
    go.to(address(&user), format!("{} can sign in again", user.full_name))
}

pub async fn end_sessions(
    member: Member,
    go: Go,
    db: Data<Db>,
    id: Path<String>,
    _form: Form<NoFields>,
) -> Answer {
    let user = change(&member, &db, &id, people::sign_out_everywhere).await?;
    go.to(address(&user), format!("The sessions of {} are ended", user.full_name))
}

pub async fn remove_factor(
    member: Member,
    go: Go,
    db: Data<Db>,
    id: Path<String>,
    _form: Form<NoFields>,
) -> Answer {
    let user = change(&member, &db, &id, people::remove_factor).await?;
    go.to(address(&user), format!("{} has no second factor any more", user.full_name))
}

pub async fn send_link(
    member: Member,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    id: Path<String>,
    _form: Form<NoFields>,
) -> Answer {
    let letterhead = Letterhead::from(&**site);
    let user = change(&member, &db, &id, move |connection, scope, id, act| {
        let user = people::find(connection, scope, id)?;
        people::send_link(connection, &user, &letterhead, act)?;
        Ok(user)
    });
    let user = user.await?;
    go.to(address(&user), format!("A link to set the password is on its way to {}", user.email))
}

/// Does something to an account in scope; what a rule refuses becomes a page that says why.
async fn change(
    member: &Member,
    db: &Db,
    id: &str,
    mut work: impl FnMut(&mut AnyConnection, Scope, UserId, &Act) -> Result<User, Failure<PeopleRefusal>>
    + Send
    + 'static,
) -> Result<User, Error> {
    let (id, scope, act) = (parse(id)?, member.scope, member.act());
    let changed = db.write(move |connection| work(connection, scope, id, &act)).await.decided()?;
    changed.map_err(|refusal| Error::Conflict(format!("{refusal}.")))
}

fn parse(id: &str) -> Result<UserId, Error> {
    id.parse().map_err(|_| Error::NotFound)
}

fn address(user: &User) -> String {
    format!("/people/{}", user.id)
}
