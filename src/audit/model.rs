//! What the log keeps of a change.

use serde_json::Value;

use crate::values::{ActorKind, EventId, ObjectId, ResellerId, Timestamp};

/// A change to be recorded.
#[derive(Debug, Clone)]
pub struct Event {
    pub object_kind: &'static str,
    pub object: ObjectId,
    pub reseller: Option<ResellerId>,
    /// What happened, as `kind.verb`: `channel.created`.
    pub action: &'static str,
    /// The same in a sentence for people.
    pub summary: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

impl Event {
    pub fn on(
        object_kind: &'static str,
        object: impl Into<ObjectId>,
        action: &'static str,
        summary: String,
    ) -> Self {
        let object = object.into();
        Self { object_kind, object, reseller: None, action, summary, before: None, after: None }
    }

    /// Whose data it was.
    pub fn of_reseller(mut self, reseller: impl Into<Option<ResellerId>>) -> Self {
        self.reseller = reseller.into();
        self
    }

    pub fn before(mut self, value: Value) -> Self {
        self.before = Some(value);
        self
    }

    pub fn after(mut self, value: Value) -> Self {
        self.after = Some(value);
        self
    }
}

/// A recorded change.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: EventId,
    pub at: Timestamp,
    pub actor_kind: ActorKind,
    pub actor_name: String,
    pub address: Option<String>,
    pub object_kind: String,
    pub object: ObjectId,
    pub action: String,
    pub summary: String,
    pub before: Option<String>,
    pub after: Option<String>,
}
