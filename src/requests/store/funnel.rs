//! When requests first reached each stage.

use std::collections::HashMap;

use diesel::dsl::min;
use diesel::prelude::*;

use crate::db::AnyConnection;
use crate::db::schema::{request_events as e, reseller_request_info as r};
use crate::requests::RequestState;
use crate::requests::funnel::{Passage, STAGES};
use crate::values::{EventId, RequestId, Timestamp};

/// The newest event of any request; its id tells, as ids are made in the order of time.
pub fn newest_event(connection: &mut AnyConnection) -> QueryResult<Option<EventId>> {
    e::table.select(e::id).order(e::id.desc()).first(connection).optional()
}

/// The way of every request that was sent since then. The database finds each first time, so that what is read grows
/// with the requests and not with their timelines.
pub fn passages(connection: &mut AnyConnection, since: Timestamp) -> QueryResult<Vec<Passage>> {
    let sent: Vec<(RequestId, Timestamp)> = r::table
        .filter(r::submitted_at.ge(since))
        .select((r::id, r::submitted_at.assume_not_null()))
        .load(connection)?;
    let mut passages: HashMap<RequestId, Passage> = sent
        .into_iter()
        .map(|(id, at)| {
            let mut passage = Passage::default();
            passage.0[0] = Some(at);
            (id, passage)
        })
        .collect();
    let reached: Vec<(RequestId, Option<RequestState>, Option<Timestamp>)> = e::table
        .inner_join(r::table.on(r::id.eq(e::request_id)))
        .filter(r::submitted_at.ge(since))
        .filter(e::to_state.eq_any(&STAGES[1..]))
        .group_by((e::request_id, e::to_state))
        .select((e::request_id, e::to_state, min(e::at)))
        .load(connection)?;
    for (id, state, at) in reached {
        let place = STAGES.iter().position(|stage| Some(*stage) == state);
        if let Some((place, passage)) = place.zip(passages.get_mut(&id)) {
            passage.0[place] = at;
        }
    }
    Ok(passages.into_values().collect())
}
