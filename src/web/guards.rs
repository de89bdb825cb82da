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

#[cfg(test)]
mod tests {
    use actix_web::HttpMessage;
    use actix_web::test::TestRequest;

    use super::*;
    use crate::values::Timestamp;

    fn user() -> UserId {
        UserId::derived("user")
    }

    fn kestrel() -> ResellerId {
        ResellerId::derived("kestrel")
    }

    fn roles() -> [Role; 4] {
        let email = "owner@halden.example".parse().unwrap();
        [
            Role::Anonymous,
            Role::Applicant { id: ApplicantId::derived("halden"), email },
            Role::Root { user: user() },
            Role::Reseller {
                user: user(),
                reseller: kestrel(),
                channel: Some(ChannelId::derived("kestrel")),
            },
        ]
    }

    /// Somebody in a role as a handler's signature asks for them.
    fn admitted<T: FromRequest<Error = Error, Future = Ready<Result<T, Error>>>>(
        role: Role,
        staff: StaffRole,
    ) -> Option<T> {
        let at = Timestamp::from_micros(7).unwrap();
        let request = TestRequest::default().to_http_request();
        let visitor = Visitor { role, staff, name: "Rosa".into(), ..Visitor::anonymous(at) };
        request.extensions_mut().insert(visitor);
        T::from_request(&request, &mut Payload::None).into_inner().ok()
    }

    /// Which roles a guard lets in, and that who is let in acts under their own name.
    fn doors<T: FromRequest<Error = Error, Future = Ready<Result<T, Error>>>>(
        act: impl Fn(&T) -> Act,
    ) -> [bool; 4] {
        roles().map(|role| {
            let found = admitted::<T>(role, StaffRole::ReadOnly);
            assert!(found.iter().map(&act).all(|act| act.who.name == "Rosa" && act.at.micros() == 7));
            found.is_some()
        })
    }

    #[test]
    fn each_guard_lets_in_its_own_and_nobody_else() {
        assert_eq!(doors(RootStaff::act), [false, false, true, false]);
        assert_eq!(doors(ResellerStaff::act), [false, false, false, true]);
        assert_eq!(doors(Member::act), [false, false, true, true]);
        assert_eq!(doors(Applicant::act), [false, true, false, false]);
    }

    #[test]
    fn scopes_are_those_of_the_side() {
        let [_, _, root, reseller] = roles();
        let staff = StaffRole::Administrator;
        assert_eq!(admitted::<RootStaff>(root.clone(), staff).map(|root| root.scope()), Some(Scope::Root));
        let own = Scope::Reseller(kestrel());
        assert_eq!(admitted::<ResellerStaff>(reseller.clone(), staff).map(|one| one.scope()), Some(own));
        let told = |member: Member| (member.scope, member.is_root(), member.channel.is_some());
        assert_eq!(admitted(root, staff).map(told), Some((Scope::Root, true, false)));
        assert_eq!(admitted(reseller, staff).map(told), Some((own, false, true)));
    }

    #[test]
    fn a_members_rights_are_those_of_its_role_on_its_side() {
        let [_, _, root, reseller] = roles();
        let may = |role: &Role, staff, right| {
            admitted::<Member>(role.clone(), staff).is_some_and(|member| member.may(right))
        };
        assert!(may(&root, StaffRole::Finance, Right::Settling));
        assert!(!may(&root, StaffRole::Finance, Right::People));
        assert!(may(&reseller, StaffRole::Seller, Right::Selling));
        assert!(!may(&reseller, StaffRole::Administrator, Right::Settling));
    }
}
