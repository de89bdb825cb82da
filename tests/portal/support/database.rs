//! A migrated database for each test, copied from a template that is migrated once.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use reseller_portal::app::Parts;
use reseller_portal::db::{AnyConnection, Db, migrate};
use reseller_portal::demo;
use tempfile::TempDir;

use super::world::{NOW, config};
use super::{FixedClock, postgres};

/// The name of an SQLite file, in a folder of the test's own.
const FILE: &str = "portal.db";

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

/// The demonstration on each database, loaded once.
static SQLITE_DEMONSTRATION: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let place = Place::migrated(Database::Sqlite);
    load_demonstration(&place);
    let copy = place.folder.path().join("copy.db");
    let mut connection = SqliteConnection::establish(place.file().to_str().unwrap()).unwrap();
    // Takes what is still in the log beside the file.
    connection.batch_execute(&format!("VACUUM INTO '{}'", copy.display())).unwrap();
    std::fs::read(copy).unwrap()
});

static POSTGRES_DEMONSTRATION: LazyLock<String> = LazyLock::new(|| {
    let mut place = Place::migrated(Database::Postgres);
    load_demonstration(&place);
    let name = place.drops.take().unwrap();
    // PostgreSQL copies a database only while nobody is connected to it.
    postgres::administer(&format!(
        "ALTER DATABASE {name} ALLOW_CONNECTIONS false;
         SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}';"
    ));
    name
});

fn load_demonstration(place: &Place) {
    let address = "127.0.0.1:1".parse().unwrap();
    let config = Arc::new(config(place, address));
    let parts = Parts { config, db: place.open(), clock: Arc::new(FixedClock::at(NOW)), demo: true };
    demo::load(&parts, |_| ()).unwrap();
}

impl Place {
    /// A database with the demonstration.
    pub fn demonstration(database: Database) -> Self {
        match database {
            Database::Sqlite => Self::holding(&SQLITE_DEMONSTRATION),
            Database::Postgres => Self::new_postgres(&format!("TEMPLATE {}", *POSTGRES_DEMONSTRATION)),
        }
    }

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
        std::fs::write(place.file(), content).unwrap();
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
        let url = format!("sqlite://{}", folder.path().join(FILE).display());
        Self { url, folder, drops: None }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join(FILE)
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
