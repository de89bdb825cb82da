//! What the reading of a session tells besides: the account behind it and what waits for it, found in one look at the
//! database, where the session's middleware reads and [`identify`](super::identify()) asks.

use std::cell::RefCell;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;

use super::store::{self, Known};
use crate::db::{AnyConnection, QueryResult};
use crate::values::{AccountSide, ApplicantId, Email, UserId};
use crate::web::Role;
use crate::web::shell::Waiting;

/// Counts what waits for somebody.
pub type Counts = fn(&mut AnyConnection, &Role) -> QueryResult<Waiting>;

/// Whose session it is.
pub(super) enum Owner {
    Account(UserId),
    Applicant(ApplicantId, Email),
}

impl Known {
    /// The side that the account is on.
    pub(super) fn role(&self) -> Role {
        let user = self.user.id;
        match (self.user.side, self.user.reseller) {
            (AccountSide::Reseller, Some(reseller)) => {
                Role::Reseller { user, reseller, channel: self.channel }
            }
            _ => Role::Root { user },
        }
    }
}

/// What was found beside a session, as the database says at this request.
#[derive(Default)]
pub(super) struct Seen {
    /// `None` for an account that is disabled or gone, and for an applicant.
    pub known: Option<Known>,
    /// Counted for pages only.
    pub waiting: Waiting,
}

#[derive(Default)]
struct Looked {
    is_page: bool,
    seen: Option<Seen>,
}

tokio::task_local! {
    static LOOKED: RefCell<Looked>;
}

/// Makes room for what is found while the request is answered.
pub async fn look_once(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let is_page = *request.method() == Method::GET && !request.path().starts_with("/static/");
    LOOKED.scope(RefCell::new(Looked { is_page, seen: None }), next.call(request)).await
}

/// Whether the menu will be shown with its counts.
pub(super) fn is_page() -> bool {
    LOOKED.try_with(|looked| looked.borrow().is_page).unwrap_or_default()
}

/// Looks up whose session it is, with the counts where they are asked for.
pub(super) fn look(
    connection: &mut AnyConnection,
    owner: Option<Owner>,
    counts: Option<Counts>,
) -> QueryResult<Seen> {
    let (known, role) = match owner {
        None => return Ok(Seen::default()),
        Some(Owner::Applicant(id, email)) => (None, Some(Role::Applicant { id, email })),
        Some(Owner::Account(user)) => {
            let known = store::visitor(connection, user)?;
            let role = known.as_ref().map(Known::role);
            (known, role)
        }
    };
    let waiting = counts.zip(role).map(|(counts, role)| counts(connection, &role));
    // A page without counts is better than none.
    Ok(Seen { known, waiting: waiting.and_then(Result::ok).unwrap_or_default() })
}

pub(super) fn keep(seen: Seen) {
    // Outside of a request nobody asks.
    let _ = LOOKED.try_with(|looked| looked.borrow_mut().seen = Some(seen));
}

pub(super) fn take() -> Seen {
    LOOKED.try_with(|looked| looked.borrow_mut().seen.take()).ok().flatten().unwrap_or_default()
}
