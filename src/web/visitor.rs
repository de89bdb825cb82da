//! Who is visiting, and which doors are open to whom.

use actix_web::{HttpMessage, HttpRequest};
use chrono::Duration;

use super::proof::Proof;
use super::shell::Waiting;
use crate::values::{
    AccountSide, Act, Actor, ActorKind, ApplicantId, ChannelId, Email, ResellerId, Right, Scope, StaffRole,
    Timestamp, UserId,
};

/// Who a visitor is, as the session and the database say at this request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    Anonymous,
    Applicant { id: ApplicantId, email: Email },
    Root { user: UserId },
    Reseller { user: UserId, reseller: ResellerId, channel: Option<ChannelId> },
}

/// One request's visitor; put in place once, before any guard asks.
#[derive(Debug, Clone)]
pub struct Visitor {
    pub role: Role,
    /// A member's role on its side.
    pub staff: StaffRole,
    pub name: String,
    /// Where the logo of a re-seller's channel is, if it has one.
    pub logo: Option<String>,
    /// The address the request came from.
    pub address: Option<String>,
    pub at: Timestamp,
    /// Whether the account has a second factor.
    pub has_factor: bool,
    /// Must set up a second factor before anything else.
    pub lacks_factor: bool,
    /// When this person last proved who they are, by second factor or password,
    pub proved_at: Option<Timestamp>,
    /// and by everything that signing in asks for.
    pub fully_proved_at: Option<Timestamp>,
    /// How long the session lasts; nothing for a stranger.
    pub session: Option<Lasting>,
    /// What waits for this person, for the menu.
    pub waiting: Waiting,
}

/// How long a session lasts from now on, in seconds, for the page to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lasting {
    /// Without use.
    pub idle: i64,
    /// In all.
    pub longest: i64,
}

/// How long a proof of who somebody is serves for what asks for it again.
const PROOF_LASTS: Duration = Duration::minutes(10);

/// Who may enter a route. What is not named here is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Anyone,
    Applicant,
    Root,
    Reseller,
    /// Root's and a re-seller's people, each with their own scope.
    Member,
    /// A program with the token of a feed in place of a session; the handler asks for it.
    Feed,
}

/// What happens to a visitor at a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    Enter,
    SignIn,
    Refuse,
}

impl Visitor {
    /// The visitor of this request; anonymous when nobody was identified.
    pub fn of(request: &HttpRequest) -> Self {
        request
            .extensions()
            .get::<Self>()
            .cloned()
            .unwrap_or_else(|| Self::anonymous(Timestamp::new(Default::default())))
    }

    pub fn anonymous(at: Timestamp) -> Self {
        Self {
            role: Role::Anonymous,
            staff: StaffRole::ReadOnly,
            name: String::new(),
            logo: None,
            address: None,
            at,
            has_factor: false,
            lacks_factor: false,
            proved_at: None,
            fully_proved_at: None,
            session: None,
            waiting: Waiting::default(),
        }
    }

    /// The side that a member is on.
    pub fn side(&self) -> Option<AccountSide> {
        match self.role {
            Role::Root { .. } => Some(AccountSide::Root),
            Role::Reseller { .. } => Some(AccountSide::Reseller),
            Role::Anonymous | Role::Applicant { .. } => None,
        }
    }

    /// Whether a member's role has the right.
    pub fn may(&self, right: Right) -> bool {
        self.side().is_some_and(|side| right.is_of(side, self.staff))
    }

    /// Whether the proof of who this is was given lately enough for what must not happen by a stolen session.
    pub fn has_proved(&self, proof: Proof) -> bool {
        let last = match proof {
            Proof::None => return true,
            Proof::Recent => self.proved_at,
            Proof::Full => self.fully_proved_at,
        };
        last.is_some_and(|proved| self.at < proved.plus(PROOF_LASTS))
    }

    /// Whether this visitor may pass a door with that sign, and has the right that it asks for.
    pub fn entry(&self, access: Access, right: Right) -> Entry {
        match self.door(access) {
            Entry::Enter if self.side().is_some() && access != Access::Anyone && !self.may(right) => {
                Entry::Refuse
            }
            entry => entry,
        }
    }

    fn door(&self, access: Access) -> Entry {
        use Access as A;
        match (&self.role, access) {
            (_, A::Anyone | A::Feed)
            | (Role::Applicant { .. }, A::Applicant)
            | (Role::Root { .. }, A::Root | A::Member)
            | (Role::Reseller { .. }, A::Reseller | A::Member) => Entry::Enter,
            (Role::Anonymous, _) => Entry::SignIn,
            _ => Entry::Refuse,
        }
    }

    /// This visitor's act at this moment, for the records.
    pub fn act(&self) -> Act {
        let (kind, id) = match &self.role {
            Role::Root { user } => (ActorKind::Root, Some(user.as_uuid())),
            Role::Reseller { user, .. } => (ActorKind::Reseller, Some(user.as_uuid())),
            Role::Applicant { id, .. } => (ActorKind::Applicant, Some(id.as_uuid())),
            Role::Anonymous => (ActorKind::System, None),
        };
        let who = Actor { kind, id, name: self.name.clone(), address: self.address.clone() };
        Act { who, at: self.at }
    }

    /// Whose rows this visitor may touch; nobody's when not a member.
    pub fn scope(&self) -> Option<Scope> {
        match self.role {
            Role::Root { .. } => Some(Scope::Root),
            Role::Reseller { reseller, .. } => Some(Scope::Reseller(reseller)),
            Role::Anonymous | Role::Applicant { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;
    use crate::values::StaffRole::{Administrator, Finance, ReadOnly, Seller};

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000).unwrap()
    }

    fn visitor(role: Role, staff: StaffRole) -> Visitor {
        let address = Some("203.0.113.7".to_owned());
        Visitor { role, staff, name: "Rosa".into(), address, ..Visitor::anonymous(at(1_000)) }
    }

    fn root(staff: StaffRole) -> Visitor {
        visitor(Role::Root { user: UserId::derived("root") }, staff)
    }

    fn reseller(staff: StaffRole) -> Visitor {
        let (user, reseller) = (UserId::derived("ingrid"), ResellerId::derived("kestrel"));
        visitor(Role::Reseller { user, reseller, channel: None }, staff)
    }

    fn applicant() -> Visitor {
        let email = "owner@halden.example".parse().unwrap();
        visitor(Role::Applicant { id: ApplicantId::derived("halden"), email }, ReadOnly)
    }

    #[test]
    fn each_door_lets_in_those_whom_its_sign_names() {
        use Entry::{Enter as E, Refuse as R, SignIn as S};
        let doors = [Access::Anyone, Access::Applicant, Access::Root, Access::Reseller, Access::Member];
        let entries = |visitor: &Visitor| doors.map(|door| visitor.entry(door, Right::Read));
        assert_eq!(entries(&Visitor::anonymous(at(0))), [E, S, S, S, S]);
        assert_eq!(entries(&applicant()), [E, E, R, R, R]);
        assert_eq!(entries(&root(ReadOnly)), [E, R, E, R, E]);
        assert_eq!(entries(&reseller(ReadOnly)), [E, R, R, E, E]);
    }

    #[test]
    fn a_door_asks_members_for_its_right_and_nobody_else() {
        let entry = |visitor: &Visitor, access| visitor.entry(access, Right::People);
        assert_eq!(entry(&root(Administrator), Access::Root), Entry::Enter);
        assert_eq!(entry(&root(Finance), Access::Root), Entry::Refuse);
        assert_eq!(entry(&reseller(Seller), Access::Member), Entry::Refuse);
        assert_eq!(entry(&reseller(Seller), Access::Anyone), Entry::Enter);
        assert_eq!(entry(&applicant(), Access::Applicant), Entry::Enter);
        assert!(reseller(Administrator).may(Right::People) && !applicant().may(Right::Read));
    }

    #[test]
    fn a_proof_serves_for_ten_minutes_and_one_by_a_code_not_for_all() {
        let proved = |seconds| Visitor { proved_at: Some(at(seconds)), ..root(Administrator) };
        let fully = |seconds| Visitor { fully_proved_at: Some(at(seconds)), ..root(Administrator) };
        assert!(root(Administrator).has_proved(Proof::None));
        assert!(!root(Administrator).has_proved(Proof::Recent));
        assert!(proved(1_000).has_proved(Proof::Recent) && proved(401).has_proved(Proof::Recent));
        assert!(!proved(400).has_proved(Proof::Recent) && !proved(1_000).has_proved(Proof::Full));
        assert!(fully(401).has_proved(Proof::Full) && !fully(400).has_proved(Proof::Full));
    }

    #[test]
    fn sides_and_scopes_are_those_of_members() {
        let told = |visitor: Visitor| (visitor.side(), visitor.scope());
        let kestrel = Scope::Reseller(ResellerId::derived("kestrel"));
        assert_eq!(told(root(Finance)), (Some(AccountSide::Root), Some(Scope::Root)));
        assert_eq!(told(reseller(Seller)), (Some(AccountSide::Reseller), Some(kestrel)));
        assert_eq!(told(applicant()), (None, None));
        assert_eq!(told(Visitor::anonymous(at(0))), (None, None));
    }

    #[test]
    fn an_act_tells_who_acted_in_which_capacity_when_and_from_where() {
        let told = |visitor: Visitor| {
            let Act { who, at } = visitor.act();
            assert_eq!(
                (who.name.as_str(), who.address.as_deref(), at),
                ("Rosa", Some("203.0.113.7"), visitor.at)
            );
            (who.kind, who.id)
        };
        let id = |name| Some(UserId::derived(name).as_uuid());
        assert_eq!(told(root(Finance)), (ActorKind::Root, id("root")));
        assert_eq!(told(reseller(Seller)), (ActorKind::Reseller, id("ingrid")));
        assert_eq!(told(applicant()), (ActorKind::Applicant, id("halden")));
        assert_eq!(told(visitor(Role::Anonymous, ReadOnly)), (ActorKind::System, None));
    }

    #[test]
    fn a_request_has_the_visitor_who_was_identified_else_nobody() {
        let request = TestRequest::default().to_http_request();
        assert_eq!(Visitor::of(&request).role, Role::Anonymous);
        request.extensions_mut().insert(root(Finance));
        assert_eq!(Visitor::of(&request).role, root(Finance).role);
    }
}
