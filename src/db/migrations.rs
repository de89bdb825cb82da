//! The schema's history, carried in the binary: one folder for each database, with the same names in both.

use diesel::backend::Backend;
use diesel::migration::{MigrationSource, MigrationVersion};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{AnyConnection, columns};

const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Any number that nothing else locks in this database.
const ONE_AT_A_TIME: i64 = 7_271_064_511;

#[diesel::declare_sql_function]
extern "SQL" {
    /// Waits until nobody else has this number, and has it until the transaction ends. What it gives is never read.
    fn pg_advisory_xact_lock(number: BigInt) -> Bool;
}

/// Brings the schema up to date; the number of migrations that ran. All of them happen or none, and of several
/// processes that start together one does it while the others wait.
pub fn migrate(connection: &mut AnyConnection) -> anyhow::Result<usize> {
    let ran = match connection {
        AnyConnection::Postgres(inner) => inner.transaction(|inner| {
            diesel::select(pg_advisory_xact_lock(ONE_AT_A_TIME)).execute(inner)?;
            run(inner.run_pending_migrations(POSTGRES))
        }),
        AnyConnection::Sqlite(inner) => {
            columns::register_for_migrations(inner)?;
            inner.immediate_transaction(|inner| run(inner.run_pending_migrations(SQLITE)))
        }
    };
    ran.map_err(not_up_to_date)
}

/// The same inside a transaction of the caller's.
pub fn migrate_within(connection: &mut AnyConnection) -> anyhow::Result<usize> {
    let ran = match connection {
        AnyConnection::Postgres(inner) => run(inner.run_pending_migrations(POSTGRES)),
        AnyConnection::Sqlite(inner) => {
            columns::register_for_migrations(inner)?;
            run(inner.run_pending_migrations(SQLITE))
        }
    };
    ran.map_err(not_up_to_date)
}

fn not_up_to_date(error: diesel::result::Error) -> anyhow::Error {
    anyhow::anyhow!("the schema could not be brought up to date: {error}")
}

/// How many ran, or why not, as a failure that takes the transaction back.
fn run(ran: diesel::migration::Result<Vec<MigrationVersion<'_>>>) -> QueryResult<usize> {
    ran.map(|ran| ran.len()).map_err(diesel::result::Error::QueryBuilderError)
}

diesel::table! {
    __diesel_schema_migrations (version) {
        version -> Text,
    }
}

/// Whether a migration has not run here. Only reads, so that a user who may not change tables can ask.
pub fn is_outdated(connection: &mut AnyConnection) -> anyhow::Result<bool> {
    let known = known()?;
    // Without the table nothing has run.
    let Ok(applied) = applied(connection) else { return Ok(true) };
    Ok(known.iter().any(|version| !applied.contains(version)))
}

/// The migrations that have run here, oldest first.
pub fn applied(connection: &mut AnyConnection) -> QueryResult<Vec<String>> {
    let versions = __diesel_schema_migrations::table.select(__diesel_schema_migrations::version);
    versions.order(__diesel_schema_migrations::version).load(connection)
}

/// The migrations of this program, oldest first; they have the same names for both databases.
pub fn known() -> anyhow::Result<Vec<String>> {
    let mut known = versions::<Sqlite>(&SQLITE)
        .map_err(|error| anyhow::anyhow!("the migrations could not be read: {error}"))?;
    known.sort_unstable();
    Ok(known)
}

fn versions<B: Backend>(migrations: &impl MigrationSource<B>) -> diesel::migration::Result<Vec<String>> {
    let all = migrations.migrations()?;
    Ok(all.iter().map(|migration| migration.name().version().to_string()).collect())
}

/// Takes every migration back, for the test that runs them up, down and up again.
pub fn revert_all(connection: &mut AnyConnection) -> anyhow::Result<usize> {
    let reverted = match connection {
        AnyConnection::Postgres(inner) => {
            inner.revert_all_migrations(POSTGRES).map(|reverted| reverted.len())
        }
        AnyConnection::Sqlite(inner) => {
            columns::register_for_migrations(inner)?;
            inner.revert_all_migrations(SQLITE).map(|reverted| reverted.len())
        }
    };
    reverted.map_err(|error| anyhow::anyhow!("the schema could not be taken back: {error}"))
}
