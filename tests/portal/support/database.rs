//! A migrated database for each test, copied from a template that is migrated once.

use std::sync::LazyLock;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::{Connection, PgConnection, SqliteConnection};
use reseller_portal::db::{AnyConnection, Db, migrate};
use tempfile::TempDir;

use super::postgres;

/// Which of the two databases a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

/// Where a test's database is; gone with this value.
pub struct Place {
    pub url: String,
    /// A folder of the test's own.
    pub folder: TempDir,
    /// The PostgreSQL database to drop.
    drops: Option<String>,
}

static NUMBER: AtomicUsize = AtomicUsize::new(0);
/// PostgreSQL copies a template only while nobody is connected to it.
static COPYING: Mutex<()> = Mutex::new(());

static SQLITE_TEMPLATE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("template.db");
    let mut connection =
        SqliteConnection::establish(file.to_str().unwrap()).map(AnyConnection::Sqlite).unwrap();
    migrate(&mut connection).unwrap();
    drop(connection);
    std::fs::read(file).unwrap()
});

static POSTGRES_TEMPLATE: LazyLock<String> = LazyLock::new(|| {
    let name = format!("portal_test_{}_template", std::process::id());
    postgres::administer(&format!("CREATE DATABASE {name}"));
    let url = postgres::url(&name);
    let mut connection = PgConnection::establish(&url).map(AnyConnection::Postgres).unwrap();
    migrate(&mut connection).unwrap();
    name
});

impl Place {
    /// A database with the schema in force and no rows.
    pub fn migrated(database: Database) -> Self {
        match database {
            Database::Sqlite => Self::holding(&SQLITE_TEMPLATE),
            Database::Postgres => Self::new_postgres(&format!("TEMPLATE {}", *POSTGRES_TEMPLATE)),
        }
    }

    /// A database without any table.
    pub fn empty(database: Database) -> Self {
        match database {
            Database::Sqlite => Self::empty_sqlite(),
            Database::Postgres => Self::new_postgres("TEMPLATE template0"),
        }
    }

    /// An SQLite database with this content.
    pub fn holding(content: &[u8]) -> Self {
        let place = Self::empty_sqlite();
        std::fs::write(place.folder.path().join("portal.db"), content).unwrap();
        place
    }

    /// A database that is there already, and stays.
    pub fn at(url: String) -> Self {
        Self { url, folder: tempfile::tempdir().unwrap(), drops: None }
    }

    pub fn open(&self) -> Db {
        Db::open(&self.url).unwrap()
    }

    fn empty_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("portal.db").display());
        Self { url, folder, drops: None }
    }

    fn new_postgres(options: &str) -> Self {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("portal_test_{}_{number}", std::process::id());
        let _one_at_a_time = COPYING.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        postgres::administer(&format!("CREATE DATABASE {name} {options}"));
        Self { url: postgres::url(&name), folder: tempfile::tempdir().unwrap(), drops: Some(name) }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(name) = &self.drops {
            postgres::administer(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}
