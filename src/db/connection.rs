//! The connection that is one of two, and the manager that opens it by its address.

use diesel::connection::{Connection, SimpleConnection, TransactionManager};
use diesel::r2d2::{Error, ManageConnection};
use diesel::{ConnectionError, PgConnection, SqliteConnection};

use super::columns;

/// A connection to either database; diesel sends each query in the right dialect.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// Set on every SQLite connection: wait for the writer, keep commits through a power loss, check references.
const SQLITE_SETTINGS: &str =
    "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;";

/// Opens connections for the pool, choosing the database by the address' scheme, so that a refusal carries the
/// database's own words.
#[derive(Debug, Clone)]
pub(super) struct Manager {
    pub url: String,
}

impl Manager {
    /// Whether the address is PostgreSQL's; any other is the path of an SQLite file.
    pub fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres://") || self.url.starts_with("postgresql://")
    }

    /// The file's path when the database is SQLite: `sqlite://data/portal.db` is `data/portal.db`.
    pub fn sqlite_path(&self) -> &str {
        self.url.strip_prefix("sqlite://").or_else(|| self.url.strip_prefix("sqlite:")).unwrap_or(&self.url)
    }

    fn establish(&self) -> Result<AnyConnection, ConnectionError> {
        if self.is_postgres() {
            return PgConnection::establish(&self.url).map(AnyConnection::Postgres);
        }
        let mut connection = SqliteConnection::establish(self.sqlite_path())?;
        connection.batch_execute(SQLITE_SETTINGS).map_err(ConnectionError::CouldntSetupConfiguration)?;
        columns::register_exact_sum(&mut connection).map_err(ConnectionError::CouldntSetupConfiguration)?;
        Ok(AnyConnection::Sqlite(connection))
    }
}

impl ManageConnection for Manager {
    type Connection = AnyConnection;
    type Error = Error;

    fn connect(&self) -> Result<AnyConnection, Error> {
        self.establish().map_err(Error::ConnectionError)
    }

    fn is_valid(&self, connection: &mut AnyConnection) -> Result<(), Error> {
        connection.batch_execute("SELECT 1").map_err(Error::QueryError)
    }

    fn has_broken(&self, connection: &mut AnyConnection) -> bool {
        std::thread::panicking()
            || <AnyConnection as Connection>::TransactionManager::is_broken_transaction_manager(connection)
    }
}
