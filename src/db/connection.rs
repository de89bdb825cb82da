//! The connection that is one of two, and the manager that opens it by its address.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::{CacheSize, Connection, SimpleConnection, TransactionManager};
use diesel::r2d2::{Error, ManageConnection};
use diesel::{ConnectionError, PgConnection, QueryResult, SqliteConnection};

use super::address::Postgres;
use super::columns;

/// A connection to either database; diesel sends each query in the right dialect.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// How long a connection that answered is used without being asked anew: asking at each use is one more journey to the
/// server for every statement or two. What meets a server that went away meanwhile fails as if it had gone then, and
/// casts [doubt](Doubts) on all others.
const TRUSTED: Duration = Duration::from_millis(500);

/// How often something failed as it does when the server goes away. What answered before the last time is asked anew, so
/// that once the server is back nobody meets a connection from before.
#[derive(Debug, Clone, Default)]
pub(super) struct Doubts(Arc<AtomicU64>);

impl Doubts {
    pub fn arise(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A connection of a pool.
pub(super) struct Pooled {
    connection: AnyConnection,
    /// When it last answered that it is of use, and how many doubts there were by then.
    answered: (Instant, u64),
}

impl Pooled {
    /// Whether its database is still there; an SQLite file always is.
    pub fn answers(&mut self) -> bool {
        match &mut self.connection {
            AnyConnection::Postgres(inner) => inner.batch_execute("SELECT 1").is_ok(),
            AnyConnection::Sqlite(_) => true,
        }
    }
}

impl Deref for Pooled {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.connection
    }
}

impl DerefMut for Pooled {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.connection
    }
}

/// Set on every SQLite connection: wait for the writer, keep commits through a power loss, check references.
const SQLITE_SETTINGS: &str =
    "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;";

/// Opens connections for the pool, choosing the database by the address' scheme, so that a refusal carries the
/// database's own words.
#[derive(Debug, Clone, Default)]
pub(super) struct Manager {
    pub url: String,
    pub doubts: Doubts,
    /// Whether a PostgreSQL server that only follows another one is none of ours: after a failover, connections to a
    /// server that leads no longer are thrown away.
    pub must_write: bool,
}

/// Ends a connection so that its SQLite file is whole without the log beside it.
pub fn close(mut connection: AnyConnection) -> QueryResult<()> {
    match connection {
        AnyConnection::Postgres(_) => Ok(()),
        AnyConnection::Sqlite(_) => connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)"),
    }
}

/// Lets SQLite look at how its tables are filled, where that has changed much since it last did, so that it plans with
/// what is there; PostgreSQL does so by itself.
pub fn look_at_tables(connection: &mut AnyConnection) -> QueryResult<()> {
    match connection {
        AnyConnection::Postgres(_) => Ok(()),
        // Of all tables, not only of those that this connection has asked; of large ones some rows. What it read for
        // that it need not keep.
        AnyConnection::Sqlite(inner) => {
            inner.batch_execute("PRAGMA optimize = 0x10002; PRAGMA shrink_memory")
        }
    }
}

/// The file of an SQLite address; nothing for PostgreSQL.
pub fn sqlite_path(url: &str) -> Option<&str> {
    if is_postgres(url) {
        return None;
    }
    Some(url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")).unwrap_or(url))
}

fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// Fails on a server that only follows another one.
const LEADS: &str = "SELECT 1 / CASE WHEN pg_is_in_recovery() THEN 0 ELSE 1 END";

/// One connection beside the pools, for commands that read or fill a whole database.
pub fn connect(url: &str) -> Result<AnyConnection, ConnectionError> {
    Manager { url: url.to_owned(), ..Manager::default() }.establish()
}

impl Manager {
    /// Whether the address is PostgreSQL's; any other is the path of an SQLite file.
    pub fn is_postgres(&self) -> bool {
        is_postgres(&self.url)
    }

    /// The file's path when the database is SQLite: `sqlite://data/portal.db` is `data/portal.db`.
    pub fn sqlite_path(&self) -> &str {
        sqlite_path(&self.url).unwrap_or(&self.url)
    }

    fn establish(&self) -> Result<AnyConnection, ConnectionError> {
        if self.is_postgres() {
            let address = Postgres::of(&self.url);
            let mut connection = PgConnection::establish(&address.for_libpq)?;
            if !address.is_lasting {
                connection.set_prepared_statement_cache_size(CacheSize::Disabled);
            }
            return Ok(AnyConnection::Postgres(connection));
        }
        let mut connection = SqliteConnection::establish(self.sqlite_path())?;
        connection.batch_execute(SQLITE_SETTINGS).map_err(ConnectionError::CouldntSetupConfiguration)?;
        columns::register_exact(&mut connection).map_err(ConnectionError::CouldntSetupConfiguration)?;
        Ok(AnyConnection::Sqlite(connection))
    }

    fn now(&self) -> (Instant, u64) {
        (Instant::now(), self.doubts.count())
    }

    /// Whether the connection is of use.
    fn ask(&self, connection: &mut AnyConnection) -> Result<(), Error> {
        let question = match connection {
            AnyConnection::Postgres(_) if self.must_write => LEADS,
            _ => "SELECT 1",
        };
        connection.batch_execute(question).map_err(Error::QueryError)
    }
}

impl ManageConnection for Manager {
    type Connection = Pooled;
    type Error = Error;

    fn connect(&self) -> Result<Pooled, Error> {
        let answered = self.now();
        let mut connection = self.establish().map_err(Error::ConnectionError)?;
        self.ask(&mut connection)?;
        Ok(Pooled { connection, answered })
    }

    fn is_valid(&self, pooled: &mut Pooled) -> Result<(), Error> {
        let now = self.now();
        let (answered, doubts) = pooled.answered;
        if now.0 - answered > TRUSTED || doubts != now.1 {
            self.ask(pooled)?;
            pooled.answered = now;
        }
        Ok(())
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        std::thread::panicking()
            || <AnyConnection as Connection>::TransactionManager::is_broken_transaction_manager(pooled)
    }
}
