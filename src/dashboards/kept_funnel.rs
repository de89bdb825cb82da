//! The funnel of root's home. Its medians ask for every request of a year, so it is kept until something happens to one.

use std::sync::{Mutex, PoisonError};

use chrono::Duration;

use super::figures::funnel_start;
use crate::db::{AnyConnection, QueryResult};
use crate::requests::funnel::Funnel;
use crate::requests::store;
use crate::values::{EventId, Timestamp};

/// Another process may have been slow to write down what happened before the newest event; it is seen after this time.
const KEPT: Duration = Duration::minutes(1);

struct Kept {
    /// The newest event of any request.
    newest: Option<EventId>,
    at: Timestamp,
    funnel: Funnel,
}

/// What this process counted last.
#[derive(Default)]
pub struct KeptFunnel(Mutex<Option<Kept>>);

impl KeptFunnel {
    /// How far the requests of the last twelve months came.
    pub(super) fn get(&self, connection: &mut AnyConnection, now: Timestamp) -> QueryResult<Funnel> {
        let newest = store::newest_event(connection)?;
        let is_it = |kept: &&Kept| {
            kept.newest == newest && kept.at.day() == now.day() && now < kept.at.plus(KEPT) && kept.at <= now
        };
        let kept = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .filter(is_it)
            .map(|kept| kept.funnel.clone());
        if let Some(funnel) = kept {
            return Ok(funnel);
        }
        let funnel = Funnel::of(&store::passages(connection, funnel_start(now.day()))?);
        let kept = Kept { newest, at: now, funnel: funnel.clone() };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        Ok(funnel)
    }
}
