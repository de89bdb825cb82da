//! The log in the database. There is no way to change or remove a row: triggers refuse it.

use diesel::prelude::*;

use super::{Entry, Event};
use crate::db::AnyConnection;
use crate::db::schema::audit_events;
use crate::values::{Act, ActorKind, EventId, ObjectId, ResellerId, Timestamp};

pub(super) type Row = (
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

pub(super) type Columns = (
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

pub(super) const ENTRY: Columns = (
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

pub(super) fn entry(row: Row) -> Entry {
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

/// The newest entries, at most `limit`.
pub fn newest(connection: &mut AnyConnection, limit: i64) -> QueryResult<Vec<Entry>> {
    let rows = audit_events::table.order(audit_events::id.desc()).limit(limit).select(ENTRY);
    Ok(rows.load::<Row>(connection)?.into_iter().map(entry).collect())
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
