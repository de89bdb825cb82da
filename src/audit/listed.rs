//! The log as a list.

use diesel::prelude::*;

use super::Entry;
use super::store::{ENTRY, Row, entry};
use crate::db::AnyConnection;
use crate::db::MultiBackend;
use crate::db::paging::{Listing, Order, Place, SortKey};
use crate::db::query::{lower, lower_pattern};
use crate::db::schema::audit_events::{self, BoxedQuery};
use crate::values::{EventId, ObjectId, Timestamp};
use crate::{count_of, page_by, text_enum};

text_enum! {
    /// What the list is sorted by.
    pub enum EntryKey { Who => "who", When => "when", Address => "address" }
}

impl SortKey for EntryKey {
    const DEFAULT: Order<Self> = Order::descending(Self::When);
}

/// The entries of the log; a filter that is not set leaves all.
#[derive(Debug, Clone, Default)]
pub struct Entries {
    /// Part of the actor's name or of the sentence.
    pub text: String,
    /// Part of the actor's name.
    pub person: String,
    pub object_kind: Option<String>,
    pub object: Option<ObjectId>,
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

impl Entries {
    fn filtered(&self) -> BoxedQuery<'_, MultiBackend> {
        let mut query = audit_events::table.into_boxed();
        let named = |text: &str| lower(audit_events::actor_name).like(lower_pattern(text)).escape('\\');
        if !self.text.trim().is_empty() {
            let said = lower(audit_events::summary).like(lower_pattern(&self.text)).escape('\\');
            query = query.filter(said.or(named(&self.text)));
        }
        if !self.person.trim().is_empty() {
            query = query.filter(named(&self.person));
        }
        if let Some(object) = self.object {
            query = query.filter(audit_events::object_id.eq(object));
        }
        if let Some(from) = self.from {
            query = query.filter(audit_events::at.ge(from));
        }
        if let Some(until) = self.until {
            query = query.filter(audit_events::at.lt(until));
        }
        if let Some(kind) = &self.object_kind {
            query = query.filter(audit_events::object_kind.eq(kind));
        }
        query
    }
}

impl Listing for Entries {
    type Id = EventId;
    type Key = EntryKey;
    type Row = Entry;

    fn id(row: &Entry) -> EventId {
        row.id
    }

    fn count(&self, connection: &mut AnyConnection) -> QueryResult<i64> {
        count_of!(connection, self.filtered(), audit_events::id)
    }

    fn rows(
        &self,
        connection: &mut AnyConnection,
        at: Place<EventId, EntryKey>,
        limit: i64,
    ) -> QueryResult<Vec<Entry>> {
        macro_rules! by {
            ($key:expr => $($kind:tt)*) => {
                page_by!(connection, self.filtered(), at, audit_events::id, $key => $($kind)*)
            };
        }
        let page = match at.order.by {
            EntryKey::Who => by!(lower(audit_events::actor_name) => String),
            EntryKey::When => by!(audit_events::at => Timestamp),
            EntryKey::Address => by!(audit_events::address => Option<String>),
        };
        Ok(page.limit(limit).select(ENTRY).load::<Row>(connection)?.into_iter().map(entry).collect())
    }
}
