//! The write transaction: serialisable on PostgreSQL, immediate on SQLite.

use diesel::connection::{AnsiTransactionManager, TransactionManager};

use super::{AnyConnection, Failure};

/// Runs `work` in one write transaction: all of it happens, or nothing.
///
/// SQLite must begin `IMMEDIATE`: a transaction that reads first and writes later would fail at once when another
/// one committed in between.
pub(super) fn write<T, R>(
    connection: &mut AnyConnection,
    work: &mut impl FnMut(&mut AnyConnection) -> Result<T, Failure<R>>,
) -> Result<T, Failure<R>> {
    match connection {
        AnyConnection::Postgres(inner) => {
            AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN ISOLATION LEVEL SERIALIZABLE")?
        }
        AnyConnection::Sqlite(inner) => {
            AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN IMMEDIATE")?
        }
    }
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
