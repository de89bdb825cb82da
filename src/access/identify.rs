//! Tells at each request who the session's owner is, as the database says now: a session of an account that is gone,
//! disabled or has got a second factor since is over.

use actix_session::SessionExt;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};

use super::seen::{self, Seen};
use super::session::{self, SignedIn};
use super::store::Known;
use crate::values::AccountSide;
use crate::web::{Error, Role, Site, Visitor, links};

/// Puts the [`Visitor`] in place for the gate, the guards and the frame.
pub async fn identify(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let site = request.app_data::<web::Data<Site>>().cloned();
    let site = site.ok_or_else(|| Error::Internal("the application is not set up".into()))?;
    let mut visitor = Visitor::anonymous(site.clock.now());
    visitor.address = site.proxies.client(request.request());
    let session = request.get_session();
    if session::is_unreachable(&session) {
        return Ok(request.error_response(Error::Unavailable("the session could not be read".into())));
    }
    let Seen { known, waiting } = seen::take();
    if let Some(signed_in) = session::signed_in(&session) {
        match known {
            Some(known) if signed_in.factor || !known.has_factor => {
                member(&mut visitor, known, &signed_in, site.everyone_needs_factor);
            }
            _ => session::leave(&session),
        }
    } else if let Some((id, email)) = session::applicant(&session) {
        visitor.name = email.to_string();
        visitor.role = Role::Applicant { id, email };
    }
    if visitor.role != Role::Anonymous {
        visitor.session = session::lasting(&session, visitor.at);
        visitor.waiting = waiting;
    }
    request.extensions_mut().insert(visitor);
    Ok(next.call(request).await?.map_into_boxed_body())
}

fn member(visitor: &mut Visitor, known: Known, signed_in: &SignedIn, everyone_needs_factor: bool) {
    visitor.role = known.role();
    let Known { user, channel, logo, has_factor } = known;
    visitor.logo = channel.zip(logo).map(|(channel, at)| links::logo(channel, at));
    visitor.name = user.full_name;
    visitor.staff = user.role;
    visitor.has_factor = has_factor;
    let is_needed = everyone_needs_factor || user.side == AccountSide::Root;
    visitor.lacks_factor = is_needed && !signed_in.factor;
    visitor.proved_at = Some(signed_in.proved_at);
    visitor.fully_proved_at = Some(signed_in.fully_proved_at);
}
