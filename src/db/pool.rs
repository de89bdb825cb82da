//! The pool, and the way into it from async code and from the command line.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use diesel::QueryResult;
use diesel::r2d2::{Pool, PooledConnection, State};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use super::connection::{Doubts, Manager};
use super::replica::{Replica, Reported};
use super::transaction::{self, Apart};
use super::{AnyConnection, Failure, once};
use crate::values::ProcessId;

/// How often a transaction runs again when PostgreSQL could not serialise it.
const RETRIES: u32 = 3;
const READERS: u32 = 4;
/// Transactions of background work at once, where several can write; the rest of the pool is for people.
const AT_ONCE: usize = 2;
const WAIT: Duration = Duration::from_secs(2);

/// The database could not be opened; says where and why.
#[derive(Debug, thiserror::Error)]
#[error("cannot open the database {address}: {why}")]
pub struct OpenError {
    address: String,
    why: String,
}

/// A handle on the database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    readers: Pool<Manager>,
    writers: Pool<Manager>,
    doubts: Doubts,
    changed: Arc<Notify>,
    /// Turns at the pools: who waits for one holds no thread.
    reading: Arc<Semaphore>,
    writing: Arc<Semaphore>,
    /// How many wait for a turn.
    waiting: Arc<[AtomicI64; 2]>,
    replica: Option<Arc<Replica>>,
    process: ProcessId,
    /// The SQLite file.
    file: Option<Arc<Path>>,
}

impl Db {
    /// Opens the database at `sqlite://path` or `postgres://...`; an SQLite file's folder is made when missing.
    pub fn open(url: &str) -> Result<Self, OpenError> {
        let manager = Manager { url: url.to_owned(), must_write: true, ..Manager::default() };
        let failed = |why: String| OpenError { address: without_password(url), why };
        if !manager.is_postgres()
            && let Some(folder) = Path::new(manager.sqlite_path()).parent()
        {
            crate::private::folder(folder).map_err(|error| failed(error.to_string()))?;
        }
        // SQLite has one writer; waiting for it in the pool is fairer than polling its lock.
        let writers = if manager.is_postgres() { READERS } else { 1 };
        let pool = |size| {
            Pool::builder()
                .max_size(size)
                .min_idle(Some(1))
                .test_on_check_out(manager.is_postgres())
                .connection_timeout(WAIT)
                .build(manager.clone())
                .map_err(|error| failed(error.to_string()))
        };
        let turns = |size: u32| Arc::new(Semaphore::new(usize::try_from(size).unwrap_or(1)));
        Ok(Self {
            writers: pool(writers)?,
            readers: pool(READERS)?,
            doubts: manager.doubts.clone(),
            changed: Arc::default(),
            reading: turns(READERS),
            writing: turns(writers),
            waiting: Arc::default(),
            replica: None,
            process: ProcessId::generate(),
            file: (!manager.is_postgres()).then(|| Path::new(manager.sqlite_path()).into()),
        })
    }

    /// Lets reports read from a replica, where there is one.
    #[must_use]
    pub fn reporting_from(mut self, url: Option<&str>) -> Self {
        self.replica = url.map(|url| Arc::new(Replica::at(url, READERS)));
        self
    }

    /// Who this process is to others on the same database: another one each time that the database is opened.
    pub fn process(&self) -> ProcessId {
        self.process
    }

    /// How many transactions of background work are worth running at once: on SQLite only one writes at a time.
    pub fn writers_at_once(&self) -> usize {
        if self.file.is_some() { 1 } else { AT_ONCE }
    }

    /// The SQLite file; nothing for PostgreSQL, whose processes may run on several machines.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Reads off the async threads.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut AnyConnection) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, Failure> {
        let db = self.clone();
        let turn = a_turn(&self.reading, &self.waiting[READING]).await?;
        off_the_async_threads(turn, move || db.read_blocking(work)).await
    }

    /// Reads what may be some moments behind, off the async threads: from the replica, or from the database itself where
    /// there is none or none that answers.
    pub async fn report<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut AnyConnection) -> QueryResult<T> + Send + 'static,
    ) -> Result<Reported<T>, Failure> {
        let db = self.clone();
        let turn = a_turn(&self.reading, &self.waiting[READING]).await?;
        off_the_async_threads(turn, move || db.report_blocking(work)).await
    }

    /// Writes in one transaction, off the async threads. The first write of a request that brought a form does so once,
    /// however often the form is sent; see [`once`].
    pub async fn write<T: Send + 'static, R: Send + 'static>(
        &self,
        mut work: impl FnMut(&mut AnyConnection) -> Result<T, Failure<R>> + Send + 'static,
    ) -> Result<T, Failure<R>> {
        let Some(sending) = once::to_do() else { return self.write_each_time(work).await };
        let form = sending.form().cloned();
        let written = self.write_each_time(move |connection| {
            form.iter().try_for_each(|form| once::take(connection, form))?;
            work(connection)
        });
        let written = written.await;
        if written.is_ok() {
            sending.done();
        }
        written
    }

    /// Writes in one transaction, off the async threads, whatever was sent before: for counts of tries, and for what is
    /// not the work of a form.
    pub async fn write_each_time<T: Send + 'static, R: Send + 'static>(
        &self,
        work: impl FnMut(&mut AnyConnection) -> Result<T, Failure<R>> + Send + 'static,
    ) -> Result<T, Failure<R>> {
        let db = self.clone();
        let turn = a_turn(&self.writing, &self.waiting[WRITING]).await?;
        off_the_async_threads(turn, move || db.write_blocking(work)).await
    }

    /// Reads on this thread; for the command line, jobs and tests.
    pub fn read_blocking<T>(
        &self,
        work: impl FnOnce(&mut AnyConnection) -> QueryResult<T>,
    ) -> Result<T, Failure> {
        let mut connection = take(&self.readers)?;
        self.doubting(
            work(&mut connection).map_err(|error| Failure::from(error).explained(|| connection.answers())),
        )
    }

    /// What fails as it does when the server goes away casts doubt on every connection.
    fn doubting<T, R>(&self, outcome: Result<T, Failure<R>>) -> Result<T, Failure<R>> {
        outcome.inspect_err(|failure| {
            if failure.is_passing() {
                self.doubts.arise();
            }
        })
    }

    fn report_blocking<T>(
        &self,
        work: impl FnOnce(&mut AnyConnection) -> QueryResult<T>,
    ) -> Result<Reported<T>, Failure> {
        let Some(replica) = &self.replica else { return self.read_as_of_now(work) };
        let Some((mut connection, as_of)) = replica.take() else { return self.read_as_of_now(work) };
        let read =
            work(&mut connection).map_err(|error| Failure::from(error).explained(|| connection.answers()));
        let read = read.inspect_err(|failure: &Failure| {
            if failure.is_passing() {
                replica.failed(&failure.to_string());
            }
        });
        Ok(Reported { value: read?, as_of })
    }

    fn read_as_of_now<T>(
        &self,
        work: impl FnOnce(&mut AnyConnection) -> QueryResult<T>,
    ) -> Result<Reported<T>, Failure> {
        Ok(Reported { value: self.read_blocking(work)?, as_of: None })
    }

    /// How busy the pools are.
    pub fn turns(&self) -> Vec<Turns> {
        let of = |pool, state: State, waiting: i64| Turns {
            pool,
            in_use: i64::from(state.connections.saturating_sub(state.idle_connections)),
            idle: i64::from(state.idle_connections),
            waiting,
        };
        let waiting = |which: usize| self.waiting[which].load(Ordering::Relaxed);
        let mut turns = vec![
            of("readers", self.readers.state(), waiting(READING)),
            of("writers", self.writers.state(), waiting(WRITING)),
        ];
        turns.extend(self.replica.iter().map(|replica| of("replica", replica.pool.state(), 0)));
        turns
    }

    /// Writes in one transaction on this thread; for the command line, jobs and tests.
    pub fn write_blocking<T, R>(
        &self,
        work: impl FnMut(&mut AnyConnection) -> Result<T, Failure<R>>,
    ) -> Result<T, Failure<R>> {
        self.write_apart(Apart::Wholly, work)
    }

    /// Claims something in one transaction that rests on row locks and unique keys alone, on this thread.
    pub fn claim_blocking<T, R>(
        &self,
        work: impl FnMut(&mut AnyConnection) -> Result<T, Failure<R>>,
    ) -> Result<T, Failure<R>> {
        self.write_apart(Apart::ByRowLocks, work)
    }

    fn write_apart<T, R>(
        &self,
        apart: Apart,
        mut work: impl FnMut(&mut AnyConnection) -> Result<T, Failure<R>>,
    ) -> Result<T, Failure<R>> {
        let mut connection = take(&self.writers)?;
        let mut outcome = transaction::write(&mut connection, apart, &mut work);
        for _ in 0..RETRIES {
            match &outcome {
                Err(failure) if failure.asks_to_retry() => {
                    outcome = transaction::write(&mut connection, apart, &mut work);
                }
                _ => break,
            }
        }
        if outcome.is_ok() {
            self.changed.notify_one();
        }
        self.doubting(outcome.map_err(|failure| failure.explained(|| connection.answers())))
    }

    /// Runs something that is no transaction of its own, such as a migration, on the writer.
    pub fn on_writer<T>(&self, work: impl FnOnce(&mut AnyConnection) -> T) -> Result<T, Failure> {
        Ok(work(&mut *take(&self.writers)?))
    }

    /// Resolves after the next write of this process; background work waits on it.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }
}

/// How busy a pool is, in connections and in those who wait for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turns {
    pub pool: &'static str,
    pub in_use: i64,
    pub idle: i64,
    pub waiting: i64,
}

/// The places of the two counts of who waits.
const READING: usize = 0;
const WRITING: usize = 1;

/// Counts somebody until they wait no longer, however that ends.
struct Waits<'a>(&'a AtomicI64);

impl<'a> Waits<'a> {
    fn begin(count: &'a AtomicI64) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Waits for a turn, no longer than for a connection.
async fn a_turn<R>(turns: &Arc<Semaphore>, waiting: &AtomicI64) -> Result<OwnedSemaphorePermit, Failure<R>> {
    let _waits = Waits::begin(waiting);
    match tokio::time::timeout(WAIT, turns.clone().acquire_owned()).await {
        Ok(Ok(turn)) => Ok(turn),
        _ => Err(Failure::Unavailable("every connection was in use".into())),
    }
}

/// Runs the work on a thread of its own; the turn is given back when it ends, even if nobody waits for it any more.
async fn off_the_async_threads<T: Send + 'static, R: Send + 'static>(
    turn: OwnedSemaphorePermit,
    work: impl FnOnce() -> Result<T, Failure<R>> + Send + 'static,
) -> Result<T, Failure<R>> {
    let joined = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work()
    })
    .await;
    joined
        .unwrap_or_else(|error| Err(Failure::Unavailable(format!("the database task ended early: {error}"))))
}

fn take<R>(pool: &Pool<Manager>) -> Result<PooledConnection<Manager>, Failure<R>> {
    pool.get().map_err(|error| Failure::Unavailable(error.to_string()))
}

/// The address as it may be shown: `postgres://user:***@host/name`, without what follows a question mark.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((login, host)) => {
            let user = login.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:***@{}", without_options(host))
        }
        None => format!("{scheme}://{}", without_options(rest)),
    }
}

/// Options may hold a password too.
fn without_options(address: &str) -> &str {
    address.split('?').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_any_password() {
        for (url, shown) in [
            ("postgres://me:s3cret@host/name", "postgres://me:***@host/name"),
            ("postgres://me:s3c@ret@host/name?password=s3cret", "postgres://me:***@host/name"),
            ("postgres://host/name?user=me&password=s3cret", "postgres://host/name"),
            ("sqlite://data/portal.db", "sqlite://data/portal.db"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }
}
