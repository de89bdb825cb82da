//! Who is at what, among several processes on one database.
//!
//! A lease names something that one process does at a time: the jobs of a channel, the hourly work, the sending of
//! mails. It is taken for a while and renewed beside the work, so that what a process leaves behind that ended is taken
//! over when its time is up. A process that ends well gives back what it has. On SQLite all processes are on one
//! machine and hold a lock on a file beside the database, so that the first one knows that it is alone: then nothing
//! has to be waited for.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use diesel::prelude::*;

use crate::clock::SharedClock;
use crate::db::query::{Both, ForUpdate};
use crate::db::schema::leases;
use crate::db::{AnyConnection, Db, Failure, Never};
use crate::private;
use crate::values::{ProcessId, Timestamp};

/// How long a lease holds that is renewed beside the work.
pub const LENGTH: chrono::Duration = chrono::Duration::seconds(30);
/// How often it is renewed: two renewals may fail before somebody else takes it.
pub const RENEWAL: Duration = Duration::from_secs(10);
/// How often it is looked whether a lease is free.
const LOOK: Duration = Duration::from_millis(200);

/// Does some work, and something else every so often beside it.
pub fn beside<T>(every: Duration, also: impl Fn() + Send, work: impl FnOnce() -> T) -> T {
    std::thread::scope(|scope| {
        // Dropped when the work ends, however it does.
        let (_working, ended) = mpsc::channel::<()>();
        scope.spawn(move || {
            while ended.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                also();
            }
        });
        work()
    })
}

/// Waits for a lease and does the work under it; `waits` is told once when somebody else has it. A lease that cannot be
/// renewed may be lost in the middle, so that the work has to be sound without it as well.
pub fn holding<T>(
    db: &Db,
    clock: &SharedClock,
    name: &str,
    waits: impl FnOnce(),
    work: impl FnOnce() -> T,
) -> Result<T, Failure> {
    let owner = db.process();
    let until = || clock.now().plus(LENGTH);
    let had = || {
        db.claim_blocking::<_, Never>(|connection| Ok(take(connection, name, owner, clock.now(), until())?))
    };
    if !had()? {
        waits();
        while !had()? {
            std::thread::sleep(LOOK);
        }
    }
    let renew = || match db.on_writer(|connection| renew(connection, name, owner, until())) {
        Ok(Ok(true)) => {}
        _ => tracing::warn!(name, "the lease could not be renewed"),
    };
    let done = beside(RENEWAL, renew, work);
    if let Err(error) = db.claim_blocking::<_, Never>(|connection| Ok(give_back(connection, name, owner)?)) {
        tracing::warn!(name, "the lease runs out by itself: {error}");
    }
    Ok(done)
}

/// Takes a lease that nobody has, or whose time is up; whether it was had.
pub fn take(
    connection: &mut AnyConnection,
    name: &str,
    owner: ProcessId,
    now: Timestamp,
    until: Timestamp,
) -> QueryResult<bool> {
    let over = leases::table.find(name).filter(leases::until.le(now));
    let had = (leases::owner.eq(owner), leases::until.eq(until));
    if diesel::update(over).set(had).execute(connection)? == 1 {
        return Ok(true);
    }
    let new = (leases::name.eq(name), leases::owner.eq(owner), leases::until.eq(until));
    let taken = diesel::insert_into(leases::table).values(new).on_conflict_do_nothing();
    Ok(Both(taken).execute(connection)? == 1)
}

/// Keeps a lease for longer; whether it is still the owner's.
pub fn renew(
    connection: &mut AnyConnection,
    name: &str,
    owner: ProcessId,
    until: Timestamp,
) -> QueryResult<bool> {
    let own = leases::table.find(name).filter(leases::owner.eq(owner));
    Ok(diesel::update(own).set(leases::until.eq(until)).execute(connection)? == 1)
}

/// Whether a lease is still the owner's; nobody takes it before the caller's transaction ends.
pub fn is_held(connection: &mut AnyConnection, name: &str, owner: ProcessId) -> QueryResult<bool> {
    let own = leases::table.find(name).filter(leases::owner.eq(owner)).select(leases::name);
    Ok(ForUpdate(own).load::<String>(connection)?.len() == 1)
}

/// Gives a lease back.
pub fn give_back(connection: &mut AnyConnection, name: &str, owner: ProcessId) -> QueryResult<()> {
    diesel::delete(leases::table.find(name).filter(leases::owner.eq(owner))).execute(connection)?;
    Ok(())
}

/// Gives everything back that this process has.
pub fn give_all_back(connection: &mut AnyConnection, owner: ProcessId) -> QueryResult<()> {
    diesel::delete(leases::table.filter(leases::owner.eq(owner))).execute(connection)?;
    Ok(())
}

/// A sign that a process is there, on SQLite; gone with the process, however that ends.
#[derive(Debug, Clone)]
pub struct Presence {
    _file: Option<Arc<File>>,
}

/// Says that this process is there. When no other one is, what was left behind is free at once.
pub fn arrive(db: &Db) -> Result<Presence, Failure> {
    let Some(database) = db.file() else { return Ok(Presence { _file: None }) };
    let mut path = database.as_os_str().to_owned();
    path.push("-processes");
    let failed = |error: std::io::Error| Failure::Unavailable(format!("no sign of presence: {error}"));
    let file = private::open_or_make(Path::new(&path)).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {
            db.claim_blocking::<_, Never>(|connection| {
                Ok(diesel::delete(leases::table).execute(connection)?)
            })?;
            file.unlock().map_err(failed)?;
        }
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    file.lock_shared().map_err(failed)?;
    Ok(Presence { _file: Some(Arc::new(file)) })
}
