//! `/account`: one's own account: who one is, the second factor, and the sessions that are open.

use actix_session::Session;
use actix_web::web::{Data, Path};
use askama::Template;

use crate::access::open_sessions::{self, OpenSession};
use crate::access::{User, factors, session, store};
use crate::db::{Db, Never};
use crate::values::SessionId;
use crate::web::{Answer, Error, Form, Go, Member, NoFields, Shell, Site, page};

#[derive(Template)]
#[template(path = "access/account.html")]
struct AccountPage {
    shell: Shell,
    user: User,
    has_factor: bool,
    needs_factor: bool,
    codes_left: i64,
    sessions: Vec<OpenSession>,
    current: Option<SessionId>,
}

impl AccountPage {
    fn is_this(&self, open: &OpenSession) -> bool {
        self.current == Some(open.id)
    }
}

pub async fn show(
    member: Member,
    shell: Shell,
    session: Session,
    (db, site): (Data<Db>, Data<Site>),
) -> Answer {
    let (user, now) = (member.user, member.act().at);
    let found = db.read(move |connection| {
        Ok((
            store::find(connection, user)?,
            factors::has_factor(connection, user)?,
            factors::codes_left(connection, user)?,
            open_sessions::of_user(connection, user, now)?,
        ))
    });
    let (user, has_factor, codes_left, sessions) = found.await?;
    let current = session::id(&session);
    let needs_factor = site.everyone_needs_factor || user.reseller.is_none();
    page(&AccountPage { shell, user, has_factor, needs_factor, codes_left, sessions, current })
}

/// Ends one session; the one it is sent from by signing out.
pub async fn end(member: Member, go: Go, db: Data<Db>, id: Path<String>, _form: Form<NoFields>) -> Answer {
    let id: SessionId = id.parse().map_err(|_| Error::NotFound)?;
    let user = member.user;
    match db.write::<_, Never>(move |connection| Ok(open_sessions::end(connection, user, id)?)).await? {
        true => {
            tracing::info!(account = %user, "ended a session of its own");
            go.to("/account", "The session is ended")
        }
        false => Err(Error::NotFound),
    }
}

pub async fn end_others(
    member: Member,
    session: Session,
    go: Go,
    db: Data<Db>,
    _form: Form<NoFields>,
) -> Answer {
    let (user, keep) = (member.user, session::id(&session));
    let ended = db
        .write::<_, Never>(move |connection| Ok(open_sessions::end_others(connection, user, keep)?))
        .await?;
    tracing::info!(account = %user, ended, "ended its other sessions");
    go.to(
        "/account",
        if ended == 1 { "1 session is ended".into() } else { format!("{ended} sessions are ended") },
    )
}
