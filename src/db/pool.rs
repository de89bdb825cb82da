//! The pool, and the way into it from async code and from the command line.

use std::sync::Arc;
use std::time::Duration;

use diesel::QueryResult;
use diesel::r2d2::{Pool, PooledConnection};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use super::connection::Manager;
use super::{AnyConnection, Failure, once, transaction};

/// How often a transaction runs again when PostgreSQL could not serialise it.
const RETRIES: u32 = 3;
const READERS: u32 = 4;
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
    changed: Arc<Notify>,
    /// Turns at the pools: who waits for one holds no thread.
    reading: Arc<Semaphore>,
    writing: Arc<Semaphore>,
}

impl Db {
    /// Opens the database at `sqlite://path` or `postgres://...`; an SQLite file's folder is made when missing.
    pub fn open(url: &str) -> Result<Self, OpenError> {
        let manager = Manager { url: url.to_owned() };
        let failed = |why: String| OpenError { address: without_password(url), why };
        if !manager.is_postgres()
            && let Some(folder) = std::path::Path::new(manager.sqlite_path()).parent()
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
            changed: Arc::default(),
            reading: turns(READERS),
            writing: turns(writers),
        })
    }

    /// Reads off the async threads.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut AnyConnection) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, Failure> {
        let db = self.clone();
        let turn = a_turn(&self.reading).await?;
        off_the_async_threads(turn, move || db.read_blocking(work)).await
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
        let turn = a_turn(&self.writing).await?;
        off_the_async_threads(turn, move || db.write_blocking(work)).await
    }

    /// Reads on this thread; for the command line, jobs and tests.
    pub fn read_blocking<T>(
        &self,
        work: impl FnOnce(&mut AnyConnection) -> QueryResult<T>,
    ) -> Result<T, Failure> {
        Ok(work(&mut *take(&self.readers)?)?)
    }

    /// Writes in one transaction on this thread; for the command line, jobs and tests.
    pub fn write_blocking<T, R>(
        &self,
        mut work: impl FnMut(&mut AnyConnection) -> Result<T, Failure<R>>,
    ) -> Result<T, Failure<R>> {
        let mut connection = take(&self.writers)?;
        let mut outcome = transaction::write(&mut connection, &mut work);
        for _ in 0..RETRIES {
            match &outcome {
                Err(failure) if failure.asks_to_retry() => {
                    outcome = transaction::write(&mut connection, &mut work);
                }
                _ => break,
            }
        }
        if outcome.is_ok() {
            self.changed.notify_one();
        }
        outcome
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

/// Waits for a turn, no longer than for a connection.
async fn a_turn<R>(turns: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Failure<R>> {
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
