//! The schema's history, carried in the binary: one folder for each database, with the same names in both.

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::AnyConnection;

const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Brings the schema up to date; the number of migrations that ran.
pub fn migrate(connection: &mut AnyConnection) -> anyhow::Result<usize> {
    let ran = match connection {
        AnyConnection::Postgres(inner) => inner.run_pending_migrations(POSTGRES).map(|ran| ran.len()),
        AnyConnection::Sqlite(inner) => inner.run_pending_migrations(SQLITE).map(|ran| ran.len()),
    };
    ran.map_err(|error| anyhow::anyhow!("the schema could not be brought up to date: {error}"))
}

/// Whether the schema is not up to date.
pub fn is_outdated(connection: &mut AnyConnection) -> anyhow::Result<bool> {
    let pending = match connection {
        AnyConnection::Postgres(inner) => inner.has_pending_migration(POSTGRES),
        AnyConnection::Sqlite(inner) => inner.has_pending_migration(SQLITE),
    };
    pending.map_err(|error| anyhow::anyhow!("the schema could not be looked at: {error}"))
}

/// Takes every migration back, for the test that runs them up, down and up again.
pub fn revert_all(connection: &mut AnyConnection) -> anyhow::Result<usize> {
    let reverted = match connection {
        AnyConnection::Postgres(inner) => {
            inner.revert_all_migrations(POSTGRES).map(|reverted| reverted.len())
        }
        AnyConnection::Sqlite(inner) => inner.revert_all_migrations(SQLITE).map(|reverted| reverted.len()),
    };
    reverted.map_err(|error| anyhow::anyhow!("the schema could not be taken back: {error}"))
}
