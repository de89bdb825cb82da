//! The log in the database. There is no way to change or remove a row: triggers refuse it.

use diesel::prelude::*;

use super::{Entry, Event};
use crate::db::AnyConnection;
use crate::db::schema::audit_events;
use crate::values::{Act, ActorKind, EventId, ObjectId, ResellerId, Timestamp};

type Row = (
    EventId,
    Timestamp,
    ActorKind,
    String,
    Option<String>,
    String,
    ObjectId,
    String,
    String,
    Option<String>,
    Option<String>,
);

type Columns = (
    audit_events::id,
    audit_events::at,
    audit_events::actor_kind,
    audit_events::actor_name,
    audit_events::address,
    audit_events::object_kind,
    audit_events::object_id,
    audit_events::action,
    audit_events::summary,
    audit_events::before,
    audit_events::after,
);

const ENTRY: Columns = (
    audit_events::id,
    audit_events::at,
    audit_events::actor_kind,
    audit_events::actor_name,
    audit_events::address,
    audit_events::object_kind,
    audit_events::object_id,
    audit_events::action,
    audit_events::summary,
    audit_events::before,
    audit_events::after,
);

fn entry(row: Row) -> Entry {
    let (id, at, actor_kind, actor_name, address, object_kind, object, action, summary, before, after) = row;
    Entry { id, at, actor_kind, actor_name, address, object_kind, object, action, summary, before, after }
}

/// An entry with all that is kept of it, for the chain.
pub(super) type Content = (
    EventId,
    Timestamp,
    ActorKind,
    Option<ObjectId>,
    String,
    Option<String>,
    String,
    ObjectId,
    Option<ResellerId>,
    String,
    String,
    Option<String>,
    Option<String>,
);

type ContentColumns = (
    audit_events::id,
    audit_events::at,
    audit_events::actor_kind,
    audit_events::actor_id,
    audit_events::actor_name,
    audit_events::address,
    audit_events::object_kind,
    audit_events::object_id,
    audit_events::reseller_id,
    audit_events::action,
    audit_events::summary,
    audit_events::before,
    audit_events::after,
);

pub(super) const CONTENT: ContentColumns = (
    audit_events::id,
    audit_events::at,
    audit_events::actor_kind,
    audit_events::actor_id,
    audit_events::actor_name,
    audit_events::address,
    audit_events::object_kind,
    audit_events::object_id,
    audit_events::reseller_id,
    audit_events::action,
    audit_events::summary,
    audit_events::before,
    audit_events::after,
);

/// Which entries to show; the newest first.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Part of the actor's name or of the sentence.
    pub text: String,
    /// Part of the actor's name.
    pub person: String,
    pub object_kind: Option<String>,
    pub object: Option<ObjectId>,
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// Entries older than this one: the next page.
    pub before: Option<EventId>,
    pub limit: i64,
}

/// Records a change in the caller's transaction; without this row the change does not happen.
pub fn record(connection: &mut AnyConnection, act: &Act, event: Event) -> QueryResult<()> {
    diesel::insert_into(audit_events::table)
        .values((
            (
                audit_events::id.eq(EventId::generate()),
                audit_events::at.eq(act.at),
                audit_events::actor_kind.eq(act.who.kind),
                audit_events::actor_id.eq(act.who.id.map(ObjectId::from_uuid)),
                audit_events::actor_name.eq(&act.who.name),
                audit_events::address.eq(&act.who.address),
            ),
            (
                audit_events::object_kind.eq(event.object_kind),
                audit_events::object_id.eq(event.object),
                audit_events::reseller_id.eq(event.reseller),
                audit_events::action.eq(event.action),
                audit_events::summary.eq(&event.summary),
                audit_events::before.eq(event.before.map(|value| value.to_string())),
                audit_events::after.eq(event.after.map(|value| value.to_string())),
            ),
        ))
        .execute(connection)?;
    Ok(())
}

/// The log, newest first.
pub fn list(connection: &mut AnyConnection, filter: &Filter) -> QueryResult<Vec<Entry>> {
    let mut query =
        audit_events::table.into_boxed().select(ENTRY).order(audit_events::id.desc()).limit(filter.limit);
    if !filter.text.trim().is_empty() {
        let pattern = format!("%{}%", filter.text.trim());
        query = query
            .filter(audit_events::summary.like(pattern.clone()).or(audit_events::actor_name.like(pattern)));
    }
    if !filter.person.trim().is_empty() {
        query = query.filter(audit_events::actor_name.like(format!("%{}%", filter.person.trim())));
    }
    if let Some(object) = filter.object {
        query = query.filter(audit_events::object_id.eq(object));
    }
    if let Some(from) = filter.from {
        query = query.filter(audit_events::at.ge(from));
    }
    if let Some(until) = filter.until {
        query = query.filter(audit_events::at.lt(until));
    }
    if let Some(kind) = &filter.object_kind {
        query = query.filter(audit_events::object_kind.eq(kind.clone()));
    }
    if let Some(before) = filter.before {
        query = query.filter(audit_events::id.lt(before));
    }
    Ok(query.load::<Row>(connection)?.into_iter().map(entry).collect())
}

/// What happened to one object, newest first.
pub fn of_object(connection: &mut AnyConnection, object: impl Into<ObjectId>) -> QueryResult<Vec<Entry>> {
    let rows = audit_events::table
        .filter(audit_events::object_id.eq(object.into()))
        .order(audit_events::id.desc())
        .limit(200)
        .select(ENTRY)
        .load::<Row>(connection)?;
    Ok(rows.into_iter().map(entry).collect())
}
