//! Work that only one at a time may do, longer than a transaction.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use uuid::Uuid;

use super::{AnyConnection, Db, Failure};

/// Who is at work on what in this process.
static AT_WORK: Mutex<Option<HashMap<Uuid, Arc<Mutex<()>>>>> = Mutex::new(None);

#[diesel::declare_sql_function]
extern "SQL" {
    /// Waits until no other session holds the lock, and holds it until the session ends or gives it back.
    fn pg_advisory_lock(key: BigInt) -> Nullable<Text>;

    /// Gives back what the session holds.
    fn pg_advisory_unlock_all() -> Nullable<Text>;
}

impl Db {
    /// Waits until nobody else works on the thing, then does so: no other thread of this process, and on PostgreSQL no
    /// other process either. A session that breaks off gives the lock back, so that what is done under it has to be
    /// sound without it as well.
    pub fn alone<T, R>(
        &self,
        thing: Uuid,
        work: impl FnOnce() -> Result<T, Failure<R>>,
    ) -> Result<T, Failure<R>> {
        let of_thing = {
            let mut at_work = AT_WORK.lock().unwrap_or_else(PoisonError::into_inner);
            at_work.get_or_insert_default().entry(thing).or_default().clone()
        };
        let _turn = of_thing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut work = Some(work);
        let mut done = None;
        let held = self.on_writer(|connection| {
            let AnyConnection::Postgres(inner) = connection else { return Ok(()) };
            let (_, low) = thing.as_u64_pair();
            let key = i64::from_ne_bytes(low.to_ne_bytes());
            diesel::select(pg_advisory_lock(key).is_null()).execute(inner)?;
            done = work.take().map(|work| work());
            // The pool throws a connection away that does not answer, and the lock goes with it.
            let _given_back = diesel::select(pg_advisory_unlock_all().is_null()).execute(inner);
            Ok::<_, diesel::result::Error>(())
        });
        held.map_err(|failure| failure.map_refusal(|never| match never {}))??;
        match (done, work) {
            (Some(done), _) => done,
            // SQLite has one writer, which the work itself needs.
            (None, Some(work)) => work(),
            (None, None) => Err(Failure::Unavailable("the work did not begin".into())),
        }
    }
}
