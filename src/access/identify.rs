//! Tells at each request who the session's owner is, as the database says now.

use actix_session::{Session, SessionExt};
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};

use super::{AccountRole, User, store};
use crate::db::Db;
use crate::values::{ApplicantId, ChannelId, Email, UserId};
use crate::web::{Error, Role, Site, Visitor};

pub(super) const USER_KEY: &str = "user";
const APPLICANT_KEY: &str = "applicant";

/// Puts the [`Visitor`] in place for the gate, the guards and the frame.
pub async fn identify(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let missing = || Error::Internal("the application is not set up".into());
    let site = request.app_data::<web::Data<Site>>().cloned().ok_or_else(missing)?;
    let db = request.app_data::<web::Data<Db>>().cloned().ok_or_else(missing)?;
    let mut visitor = Visitor::anonymous(site.clock.now());
    visitor.address = request.peer_addr().map(|address| address.ip().to_string());
    let session = request.get_session();
    if let Some(user) = session.get::<UserId>(USER_KEY).ok().flatten() {
        match db.read(move |connection| store::visitor(connection, user)).await.map_err(Error::from)? {
            Some((user, channel)) => member(&mut visitor, user, channel),
            None => session.purge(),
        }
    } else if let Some((id, email)) = session.get::<(ApplicantId, Email)>(APPLICANT_KEY).ok().flatten() {
        visitor.name = email.to_string();
        visitor.role = Role::Applicant { id, email };
    }
    request.extensions_mut().insert(visitor);
    next.call(request).await
}

fn member(visitor: &mut Visitor, user: User, channel: Option<ChannelId>) {
    visitor.name = user.full_name;
    visitor.role = match (user.role, user.reseller) {
        (AccountRole::Reseller, Some(reseller)) => Role::Reseller { user: user.id, reseller, channel },
        _ => Role::Root { user: user.id },
    };
}

/// Signs an account in under a new session id.
pub(super) fn enter_as_user(session: &Session, user: UserId) -> Result<(), Error> {
    session.clear();
    session.renew();
    session.insert(USER_KEY, user).map_err(|error| Error::Internal(error.to_string()))
}

/// Lets an applicant in under a new session id.
pub(super) fn enter_as_applicant(session: &Session, id: ApplicantId, email: &Email) -> Result<(), Error> {
    session.clear();
    session.renew();
    session.insert(APPLICANT_KEY, (id, email)).map_err(|error| Error::Internal(error.to_string()))
}
