//! The schema's history, carried in the binary: one folder for each database, with the same names in both.

use diesel::backend::Backend;
use diesel::migration::MigrationSource;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{AnyConnection, columns};

const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Brings the schema up to date; the number of migrations that ran.
pub fn migrate(connection: &mut AnyConnection) -> anyhow::Result<usize> {
    let ran = match connection {
        AnyConnection::Postgres(inner) => inner.run_pending_migrations(POSTGRES).map(|ran| ran.len()),
        AnyConnection::Sqlite(inner) => {
            columns::register_key_hash(inner)?;
            inner.run_pending_migrations(SQLITE).map(|ran| ran.len())
        }
    };
    ran.map_err(|error| anyhow::anyhow!("the schema could not be brought up to date: {error}"))
}

diesel::table! {
    __diesel_schema_migrations (version) {
        version -> Text,
    }
}

/// Whether a migration has not run here. Only reads, so that a user who may not change tables can ask.
pub fn is_outdated(connection: &mut AnyConnection) -> anyhow::Result<bool> {
    let known = match connection {
        AnyConnection::Postgres(_) => versions::<Pg>(&POSTGRES),
        AnyConnection::Sqlite(_) => versions::<Sqlite>(&SQLITE),
    };
    let known = known.map_err(|error| anyhow::anyhow!("the migrations could not be read: {error}"))?;
    let applied = __diesel_schema_migrations::table
        .select(__diesel_schema_migrations::version)
        .load::<String>(connection);
    // Without the table nothing has run.
    let Ok(applied) = applied else { return Ok(true) };
    Ok(known.iter().any(|version| !applied.contains(version)))
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
            columns::register_key_hash(inner)?;
            inner.revert_all_migrations(SQLITE).map(|reverted| reverted.len())
        }
    };
    reverted.map_err(|error| anyhow::anyhow!("the schema could not be taken back: {error}"))
}
