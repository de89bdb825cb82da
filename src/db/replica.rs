//! A streaming replica of PostgreSQL, for reports: what only reads and bears to be some moments behind.
//!
//! A report is asked of the replica, and of the database itself while the replica does not answer. How far the replica
//! is behind is asked on the very connection that reads; when it is more than a few seconds, the report says of when it
//! is. Everything else reads from the database itself, so that people see what they just did.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::query_builder::QueryId;
use diesel::r2d2::{Pool, PooledConnection};
use diesel::sql_types::SqlType;

use super::AnyConnection;
use super::connection::Manager;
use crate::values::Timestamp;

/// How long a report waits for the replica.
const WAIT: Duration = Duration::from_millis(700);
/// How long a replica that did not answer is left alone.
const REST: Duration = Duration::from_secs(10);

/// How old what the replica shows may be before the report says so.
const NOTABLE: chrono::Duration = chrono::Duration::seconds(5);

/// A place in PostgreSQL's log of changes.
#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 3220, array_oid = 3221))]
pub struct Place;

#[diesel::declare_sql_function]
extern "SQL" {
    fn pg_is_in_recovery() -> Bool;
    fn pg_last_wal_receive_lsn() -> Nullable<Place>;
    fn pg_last_wal_replay_lsn() -> Nullable<Place>;
    fn pg_last_xact_replay_timestamp() -> Nullable<Timestamptz>;
    fn clock_timestamp() -> Timestamptz;
}

diesel::table! {
    /// One row while the replica hears of changes.
    pg_stat_wal_receiver (pid) {
        pid -> Integer,
    }
}

/// What a report read, and of when it is if not of now.
#[derive(Debug, Clone)]
pub struct Reported<T> {
    pub value: T,
    pub as_of: Option<Timestamp>,
}

pub(super) struct Replica {
    pub pool: Pool<Manager>,
    rests_until: Mutex<Option<Instant>>,
}

impl Replica {
    /// Connects when the first report is asked for: the portal starts without its replica.
    pub fn at(url: &str, size: u32) -> Self {
        let manager = Manager { url: url.to_owned(), ..Manager::default() };
        let pool = Pool::builder().max_size(size).min_idle(Some(0)).test_on_check_out(manager.is_postgres());
        Self { pool: pool.connection_timeout(WAIT).build_unchecked(manager), rests_until: Mutex::default() }
    }

    /// A connection, and of when it shows the rows; nothing while the replica is not to be had.
    pub fn take(&self) -> Option<(PooledConnection<Manager>, Option<Timestamp>)> {
        if self.rests() {
            return None;
        }
        let taken = self.pool.get().map_err(|error| error.to_string());
        let taken = taken.and_then(|mut connection| match shown_of(&mut connection) {
            Ok(shown_of) => Ok((connection, shown_of)),
            Err(error) => Err(error.to_string()),
        });
        taken.inspect_err(|why| self.failed(why)).ok()
    }

    /// Leaves the replica alone for a while.
    pub fn failed(&self, why: &str) {
        tracing::warn!("the replica does not answer, reports read from the database itself: {why}");
        *self.rests_until.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) =
            Some(Instant::now() + REST);
    }

    fn rests(&self) -> bool {
        let until = *self.rests_until.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        until.is_some_and(|until| Instant::now() < until)
    }
}

/// The last change that the replica shows, when that was some seconds ago; nothing when it is up to date. Without
/// anything to replay there is no delay, however long ago the last change was, as long as it hears of changes.
fn shown_of(connection: &mut AnyConnection) -> QueryResult<Option<Timestamp>> {
    let AnyConnection::Postgres(inner) = connection else { return Ok(None) };
    type Told = (bool, Option<bool>, Option<DateTime<Utc>>, DateTime<Utc>);
    let (follows, has_replayed_all, last, now): Told = diesel::select((
        pg_is_in_recovery(),
        pg_last_wal_receive_lsn().eq(pg_last_wal_replay_lsn()),
        pg_last_xact_replay_timestamp(),
        clock_timestamp(),
    ))
    .get_result(inner)?;
    let hears = pg_stat_wal_receiver::table.count().get_result::<i64>(inner)? > 0;
    let is_up_to_date = !follows || (has_replayed_all == Some(true) && hears);
    let last = last.filter(|last| !is_up_to_date && now - *last > NOTABLE);
    Ok(last.map(Timestamp::new))
}
