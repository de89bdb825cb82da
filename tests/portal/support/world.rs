//! A running app with a database of its own.

use std::net::{SocketAddr, TcpListener};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::{Arc, Barrier, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use diesel::prelude::*;
use reseller_portal::app::{self, Parts};
use reseller_portal::clock::Clock;
use reseller_portal::config::{Config, Settings};
use reseller_portal::db::schema::jobs as jobs_table;
use reseller_portal::db::{AnyConnection, Db, Failure, Never};
use reseller_portal::jobs;
use reseller_portal::values::{Act, Actor, ActorKind, ChannelId, ObjectId, Timestamp};

use super::{Database, FixedClock, Place};

/// When it is in a world, until its clock is moved.
pub const NOW: &str = "2026-11-23T09:45:00Z";
/// The secret key of every world.
pub const SECRET: &str = "for tests only: fifty characters, more or less so.";
/// The password of every account that was given one.
pub const PASSWORD: &str = "a long enough sentence";
/// How long background work may take before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(30);

/// One portal, as in production but for the clock.
pub struct World {
    pub clock: Arc<FixedClock>,
    pub config: Arc<Config>,
    db: Db,
    address: SocketAddr,
    running: Option<Running>,
    place: Arc<Place>,
}

struct Running {
    handle: ServerHandle,
    thread: JoinHandle<()>,
}

impl World {
    pub fn on(database: Database) -> Self {
        Self::with(database, |_| {})
    }

    /// A world whose settings or demonstration flag differ.
    pub fn with(database: Database, change: impl FnOnce(&mut Parts)) -> Self {
        Self::at(Place::migrated(database), change)
    }

    /// A world with the demonstration data.
    pub fn demonstration(database: Database) -> Self {
        Self::at(Place::demonstration(database), |_| {})
    }

    fn at(place: Place, change: impl FnOnce(&mut Parts)) -> Self {
        let place = Arc::new(place);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let clock = Arc::new(FixedClock::at(NOW));
        let db = place.open();
        let config = Arc::new(config(&place, address));
        let mut parts = Parts { config, db: db.clone(), clock: clock.clone(), demo: false };
        change(&mut parts);
        let config = parts.config.clone();
        let running = Some(Running::start(parts, listener));
        Self { clock, config, db, address, running, place }
    }

    /// Rows and sessions of a database that another process serves, or nobody; the clock stands at the real time.
    pub fn beside(place: &Arc<Place>, address: SocketAddr) -> Self {
        let clock = Arc::new(FixedClock::at(&chrono::Utc::now().to_rfc3339()));
        let config = Arc::new(config(place, address));
        Self { clock, config, db: place.open(), address, running: None, place: place.clone() }
    }

    /// The address without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Does something while every connection that reads is in use.
    pub fn when_all_is_busy(&self, act: impl FnOnce()) {
        const CONNECTIONS: usize = 4;
        let (held, released) = (Barrier::new(CONNECTIONS + 1), Barrier::new(CONNECTIONS + 1));
        std::thread::scope(|scope| {
            for _ in 0..CONNECTIONS {
                scope.spawn(|| {
                    let hold = |_: &mut _| {
                        held.wait();
                        released.wait();
                        Ok(())
                    };
                    self.db.read_blocking(hold).unwrap();
                });
            }
            held.wait();
            // What fails must not wait for ever.
            let outcome = panic::catch_unwind(AssertUnwindSafe(act));
            released.wait();
            outcome.unwrap_or_else(|failed| panic::resume_unwind(failed));
        });
    }

    /// A folder of the test's own, gone with the world.
    pub fn folder(&self) -> &Path {
        self.place.folder.path()
    }

    pub fn place(&self) -> &Arc<Place> {
        &self.place
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// An act of root's, for calling a store directly.
    pub fn act(&self) -> Act {
        let who = Actor { kind: ActorKind::Root, id: None, name: "Test".into(), address: None };
        Act { who, at: self.now() }
    }

    pub fn read<T>(&self, work: impl FnOnce(&mut AnyConnection) -> QueryResult<T>) -> T {
        self.db.read_blocking(work).unwrap()
    }

    /// Writes what must succeed.
    pub fn write<T>(&self, mut work: impl FnMut(&mut AnyConnection) -> QueryResult<T>) -> T {
        self.db.write_blocking::<_, Never>(|connection| Ok(work(connection)?)).unwrap()
    }

    /// Writes what a rule may refuse.
    pub fn try_write<T, R>(
        &self,
        work: impl FnMut(&mut AnyConnection) -> Result<T, Failure<R>>,
    ) -> Result<T, Failure<R>> {
        self.db.write_blocking(work)
    }

    pub fn database(&self) -> Database {
        if self.config.database_url.starts_with("postgres") { Database::Postgres } else { Database::Sqlite }
    }

    /// Goes past the portal's rules, as somebody with the database's password would.
    pub fn tamper(&self, work: impl FnOnce(&mut AnyConnection) -> QueryResult<()>) -> QueryResult<()> {
        self.db.on_writer(work).unwrap()
    }

    /// The months of a channel that were asked to be rated.
    pub fn months_to_rate(&self, channel: ChannelId) -> Vec<String> {
        let mut months: Vec<String> = self.read(|connection| {
            jobs_table::table
                .filter(jobs_table::kind.eq("rate_month"))
                .filter(jobs_table::subject.eq(Some(ObjectId::from(channel))))
                .select(jobs_table::month.assume_not_null())
                .load(connection)
        });
        months.sort();
        months.dedup();
        months
    }

    /// Waits until the database says so.
    pub fn wait_until(&self, what: &str, is_so: impl Fn(&mut AnyConnection) -> QueryResult<bool>) {
        wait_for(what, || self.read(&is_so));
    }

    /// Waits until no background work is left.
    pub fn settle(&self) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let unfinished = self.read(jobs::store::unfinished);
            if unfinished == 0 {
                return;
            }
            assert!(Instant::now() < deadline, "{unfinished} jobs are unfinished after {PATIENCE:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Waits until it is so; how long that takes is not judged.
#[track_caller]
pub fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "{what}: not after {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            drop(running.handle.stop(false));
            let ended = running.thread.join();
            assert!(ended.is_ok() || std::thread::panicking(), "the app panicked");
        }
    }
}

impl Running {
    fn start(parts: Parts, listener: TcpListener) -> Self {
        let (tell, hear) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async {
                let server = app::serve(parts, listener).unwrap();
                tell.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        Self { handle: hear.recv().expect("the app starts"), thread }
    }
}

pub(super) fn config(place: &Place, address: SocketAddr) -> Config {
    let nothing = place.folder.path().join("portal.toml");
    std::fs::write(&nothing, "").unwrap();
    let given = Settings {
        listen: Some(address.to_string()),
        database_url: Some(place.url.clone()),
        portal_name: Some("Northgate Cloud".into()),
        secret_key: Some(SECRET.into()),
        // A test server may be anywhere, and tests are faster than people.
        allow_plain_connections: Some(true),
        requests_a_minute: Some(0),
        ..Settings::default()
    };
    Config::from_settings(given, Some(&nothing)).unwrap()
}
