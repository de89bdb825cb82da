//! `/resellers/{id}`: an account, for root, and its changes of state.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;

use super::{Table, conflict};
use crate::access::{self, User};
use crate::audit::{self, Entry};
use crate::db::{Db, Decided};
use crate::mail::Letterhead;
use crate::requests::resellers::{self, Reseller, ResellerState};
use crate::requests::{Request, store};
use crate::terms::Side;
use crate::values::ResellerId;
use crate::web::{Answer, Error, Errors, Form, Go, RootStaff, Shell, Site, page, page_with};

#[derive(Template)]
#[template(path = "requests/reseller.html")]
struct ResellerPage {
    shell: Shell,
    reseller: Reseller,
    request: Request,
    table: Table,
    people: Vec<User>,
    history: Vec<Entry>,
}

impl ResellerPage {
    fn side(&self) -> Side {
        Side::Provider
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Change {
    reason: String,
}

#[derive(Template)]
#[template(path = "requests/reseller_state.html")]
struct StatePage {
    shell: Shell,
    reseller: Reseller,
    next: ResellerState,
    form: Change,
    errors: Errors,
}

impl StatePage {
    /// Title, what happens, and the address part.
    fn words(&self) -> (&'static str, &'static str, &'static str) {
        words(self.next)
    }
}

fn words(next: ResellerState) -> (&'static str, &'static str, &'static str) {
    match next {
        ResellerState::Suspended => (
            "Suspend",
            "It sells nothing new until you resume it. Running subscriptions, reports and history stay.",
            "suspension",
        ),
        ResellerState::Closed => (
            "Close",
            "Its people can no longer sign in. This cannot be undone. Its history stays.",
            "closure",
        ),
        ResellerState::Active | ResellerState::AwaitingChannel => {
            ("Resume", "It can sell again.", "resumption")
        }
    }
}

pub async fn show(_root: RootStaff, shell: Shell, db: Data<Db>, id: Path<String>) -> Answer {
    let id: ResellerId = id.parse().map_err(|_| Error::NotFound)?;
    let loaded = db.read(move |connection| {
        let reseller = resellers::find(connection, id)?;
        let request = store::find(connection, reseller.request)?;
        Ok(ResellerPage {
            shell,
            table: Table::load(connection, &request)?,
            people: access::store::of_reseller(connection, id)?,
            history: audit::of_object(connection, id)?,
            reseller,
            request,
        })
    });
    page(&loaded.await?)
}

async fn confirm(shell: Shell, db: &Db, id: &str, next: ResellerState) -> Answer {
    let id: ResellerId = id.parse().map_err(|_| Error::NotFound)?;
    let reseller = db.read(move |connection| resellers::find(connection, id)).await?;
    page(&StatePage { shell, reseller, next, form: Change::default(), errors: Errors::default() })
}

async fn change(
    root: RootStaff,
    shell: Shell,
    go: Go,
    (db, site): (&Db, &Site),
    id: &str,
    next: ResellerState,
    form: Change,
) -> Answer {
    let id: ResellerId = id.parse().map_err(|_| Error::NotFound)?;
    let reseller = db.read(move |connection| resellers::find(connection, id)).await?;
    if form.reason.trim().is_empty() {
        let mut errors = Errors::default();
        errors.add("reason", "Enter the reason; it is kept in the history");
        let refused = StatePage { shell, reseller, next, form, errors };
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &refused);
    }
    let (act, reason, letterhead) = (root.act(), form.reason, Letterhead::from(site));
    let changed = db.write(move |connection| {
        resellers::change_state(connection, id, next, reason.trim(), &letterhead, &act)
    });
    changed.await.decided()?.map_err(conflict)?;
    go.to(format!("/resellers/{id}"), format!("{} is {}", reseller.name, next.words().to_lowercase()))
}

macro_rules! state_change {
    ($show:ident, $submit:ident, $next:expr) => {
        pub async fn $show(_root: RootStaff, shell: Shell, db: Data<Db>, id: Path<String>) -> Answer {
            confirm(shell, &db, &id, $next).await
        }

        pub async fn $submit(
            root: RootStaff,
            shell: Shell,
            go: Go,
            db: Data<Db>,
            site: Data<Site>,
            id: Path<String>,
            form: Form<Change>,
        ) -> Answer {
            change(root, shell, go, (&db, &site), &id, $next, form.0).await
        }
    };
}

state_change!(suspension, suspend, ResellerState::Suspended);
state_change!(resumption, resume, ResellerState::Active);
state_change!(closure, close, ResellerState::Closed);
