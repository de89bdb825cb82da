//! The write transaction: serialisable on PostgreSQL unless row locks are enough, immediate on SQLite.

use diesel::connection::{AnsiTransactionManager, TransactionManager};

use super::{AnyConnection, Failure};
use diesel::QueryResult;

/// How far a transaction on PostgreSQL is kept apart from others; on SQLite they follow each other anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Apart {
    /// As if it ran alone; it may have to run again.
    Wholly,
    /// Each statement sees what is committed by then: for claims, which rest on row locks and unique keys alone, and
    /// must neither disturb long transactions nor be disturbed by them.
    ByRowLocks,
}

/// Runs `work` in one write transaction: all of it happens, or nothing.
///
/// SQLite must begin `IMMEDIATE`: a transaction that reads first and writes later would fail at once when another
/// one committed in between.
pub(super) fn write<T, R>(
    connection: &mut AnyConnection,
    apart: Apart,
    work: &mut impl FnMut(&mut AnyConnection) -> Result<T, Failure<R>>,
) -> Result<T, Failure<R>> {
    begin(connection, apart)?;
    end(connection, work)
}

fn begin(connection: &mut AnyConnection, apart: Apart) -> QueryResult<()> {
    match connection {
        AnyConnection::Postgres(inner) => {
            let begin = match apart {
                Apart::Wholly => "BEGIN ISOLATION LEVEL SERIALIZABLE",
                Apart::ByRowLocks => "BEGIN ISOLATION LEVEL READ COMMITTED",
            };
            AnsiTransactionManager::begin_transaction_sql(inner, begin)
        }
        AnyConnection::Sqlite(inner) => {
            AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN IMMEDIATE")
        }
    }
}

fn end<T, E: From<diesel::result::Error>>(
    connection: &mut AnyConnection,
    work: impl FnOnce(&mut AnyConnection) -> Result<T, E>,
) -> Result<T, E> {
    match work(connection) {
        Ok(value) => {
            <AnyConnection as TransactionManager<AnyConnection>>::commit_transaction(connection)?;
            Ok(value)
        }
        Err(failure) => {
            // A rollback that fails leaves a broken connection, which the pool throws away.
            let _ = <AnyConnection as TransactionManager<AnyConnection>>::rollback_transaction(connection);
            Err(failure)
        }
    }
}

/// Begins to read everything as of this moment, whatever others write meanwhile.
pub fn begin_snapshot(connection: &mut AnyConnection) -> QueryResult<()> {
    match connection {
        AnyConnection::Postgres(inner) => AnsiTransactionManager::begin_transaction_sql(
            inner,
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        ),
        AnyConnection::Sqlite(inner) => AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN"),
    }
}

/// Does something with a database that nobody else uses: all of it or nothing.
pub fn alone<T, E: From<diesel::result::Error>>(
    connection: &mut AnyConnection,
    work: impl FnOnce(&mut AnyConnection) -> Result<T, E>,
) -> Result<T, E> {
    begin(connection, Apart::ByRowLocks)?;
    end(connection, work)
}
