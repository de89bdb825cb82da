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
            (_, A::Anyone)
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
