//! Who is visiting, and which doors are open to whom.

use actix_web::{HttpMessage, HttpRequest};

use super::shell::Waiting;
use crate::values::{
    Act, Actor, ActorKind, ApplicantId, ChannelId, Email, ResellerId, Scope, Timestamp, UserId,
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
    pub name: String,
    /// The address the request came from.
    pub address: Option<String>,
    pub at: Timestamp,
    /// What waits for this person, for the menu.
    pub waiting: Waiting,
}

/// Who may enter a route. What is not named here is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Anyone,
    Applicant,
    Root,
    Reseller,
    /// Root and re-seller administrators, each with their own scope.
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
        Self { role: Role::Anonymous, name: String::new(), address: None, at, waiting: Waiting::default() }
    }

    /// Whether this visitor may pass a door with that sign.
    pub fn entry(&self, access: Access) -> Entry {
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
