//! A handler states in its signature who may run it; these extractors let nobody else in.
//!
//! It is the second check: the site map's gate has refused the visitor before. The scope that stores ask for comes
//! from here and from nowhere else.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::{Error, Role, Visitor};
use crate::values::{
    AccountSide, Act, ApplicantId, ChannelId, Email, ResellerId, Right, Scope, StaffRole, UserId,
};

/// One of the provider's people; which right the route asks for, the gate has checked.
pub struct RootStaff {
    pub user: UserId,
    act: Act,
}

/// One of a re-seller's people, bound to that re-seller.
pub struct ResellerStaff {
    pub user: UserId,
    pub reseller: ResellerId,
    /// The one channel, once it exists.
    pub channel: Option<ChannelId>,
    act: Act,
}

/// Somebody of either side; the scope says whose rows.
pub struct Member {
    pub user: UserId,
    pub scope: Scope,
    /// The re-seller's one channel; root has none.
    pub channel: Option<ChannelId>,
    staff: StaffRole,
    act: Act,
}

/// Somebody with a verified e-mail address who asks to become a re-seller.
pub struct Applicant {
    pub id: ApplicantId,
    pub email: Email,
    act: Act,
}

impl RootStaff {
    pub fn act(&self) -> Act {
        self.act.clone()
    }

    pub fn scope(&self) -> Scope {
        Scope::Root
    }
}

impl ResellerStaff {
    pub fn act(&self) -> Act {
        self.act.clone()
    }

    pub fn scope(&self) -> Scope {
        Scope::Reseller(self.reseller)
    }
}

impl Member {
    pub fn act(&self) -> Act {
        self.act.clone()
    }

    pub fn is_root(&self) -> bool {
        self.scope == Scope::Root
    }

    /// Whether this person's role has the right.
    pub fn may(&self, right: Right) -> bool {
        let side = if self.is_root() { AccountSide::Root } else { AccountSide::Reseller };
        right.is_of(side, self.staff)
    }
}

impl Applicant {
    pub fn act(&self) -> Act {
        self.act.clone()
    }
}

macro_rules! guard {
    ($guard:ty, $visitor:ident => $admit:expr) => {
        impl FromRequest for $guard {
            type Error = Error;
            type Future = Ready<Result<Self, Error>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                let $visitor = Visitor::of(request);
                let admitted: Option<Self> = $admit;
                ready(admitted.ok_or(Error::Forbidden))
            }
        }
    };
}

guard!(RootStaff, visitor => match visitor.role {
    Role::Root { user } => Some(Self { user, act: visitor.act() }),
    _ => None,
});
guard!(ResellerStaff, visitor => match visitor.role {
    Role::Reseller { user, reseller, channel } => Some(Self { user, reseller, channel, act: visitor.act() }),
    _ => None,
});
guard!(Member, visitor => match visitor.role {
    Role::Root { user } => {
        Some(Self { user, scope: Scope::Root, channel: None, staff: visitor.staff, act: visitor.act() })
    },
    Role::Reseller { user, reseller, channel } => {
        Some(Self { user, scope: Scope::Reseller(reseller), channel, staff: visitor.staff, act: visitor.act() })
    }
    _ => None,
});
guard!(Applicant, visitor => {
    let act = visitor.act();
    match visitor.role {
        Role::Applicant { id, email } => Some(Self { id, email, act }),
        _ => None,
    }
});
