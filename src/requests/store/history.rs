//! The timeline of a request, and the log of contacts with the company.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{Outcome, find};
use crate::audit::{self, Event};
use crate::db::AnyConnection;
use crate::db::schema::request_events as e;
use crate::requests::{ContactKind, EntryKind, RequestState, TimelineEntry};
use crate::values::{Act, ActorKind, EventId, RequestId, Timestamp};

/// Adds an entry to the timeline.
pub fn note(
    connection: &mut AnyConnection,
    id: RequestId,
    kind: EntryKind,
    states: Option<(RequestState, RequestState)>,
    text: &str,
    act: &Act,
) -> QueryResult<()> {
    insert_entry(connection, id, kind, states, text, None, act)
}

/// Writes down a call, a meeting or a mail.
pub fn log_contact(
    connection: &mut AnyConnection,
    id: RequestId,
    contact: (ContactKind, NaiveDate, &str),
    summary: &str,
    act: &Act,
) -> Outcome<()> {
    find(connection, id)?;
    insert_entry(connection, id, EntryKind::Contact, None, summary, Some(contact), act)?;
    let event = Event::on("request", id, "request.contacted", format!("Contact logged: {}", contact.0));
    audit::record(connection, act, event)?;
    Ok(())
}

fn insert_entry(
    connection: &mut AnyConnection,
    id: RequestId,
    kind: EntryKind,
    states: Option<(RequestState, RequestState)>,
    text: &str,
    contact: Option<(ContactKind, NaiveDate, &str)>,
    act: &Act,
) -> QueryResult<()> {
    diesel::insert_into(e::table)
        .values((
            e::id.eq(EventId::generate()),
            e::request_id.eq(id),
            e::at.eq(act.at),
            e::actor_kind.eq(act.who.kind),
            e::actor_name.eq(&act.who.name),
            e::kind.eq(kind),
            e::from_state.eq(states.map(|(from, _)| from)),
            e::to_state.eq(states.map(|(_, to)| to)),
            e::text.eq(text),
            e::contact_kind.eq(contact.map(|(kind, _, _)| kind)),
            e::contact_on.eq(contact.map(|(_, on, _)| on)),
            e::people.eq(contact.map(|(_, _, people)| people)),
        ))
        .execute(connection)?;
    Ok(())
}

/// A request's timeline, the newest first.
pub fn timeline(connection: &mut AnyConnection, id: RequestId) -> QueryResult<Vec<TimelineEntry>> {
    type Row = (
        (EventId, Timestamp, ActorKind, String, EntryKind, Option<RequestState>, String),
        (Option<ContactKind>, Option<NaiveDate>, Option<String>),
    );
    let rows: Vec<Row> = e::table
        .filter(e::request_id.eq(id))
        .order(e::at.desc())
        .then_order_by(e::id.desc())
        .select((
            (e::id, e::at, e::actor_kind, e::actor_name, e::kind, e::to_state, e::text),
            (e::contact_kind, e::contact_on, e::people),
        ))
        .load(connection)?;
    Ok(rows
        .into_iter()
        .map(|((id, at, actor_kind, actor_name, kind, to_state, text), (contact_kind, on, people))| {
            let contact = contact_kind.zip(on).map(|(kind, on)| (kind, on, people.unwrap_or_default()));
            TimelineEntry { id, at, actor_kind, actor_name, kind, to_state, text, contact }
        })
        .collect())
}
