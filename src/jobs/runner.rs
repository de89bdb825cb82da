//! Runs what is in the queue, one job after the other, on a thread of its own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Job, store};
use crate::clock::SharedClock;
use crate::db::{Db, Failure, Never};
use crate::leases::{self, Presence};

/// Runs one job: what to tell people at the end, or why it failed.
pub type Handler = Arc<dyn Fn(&Db, &Job, &SharedClock) -> Result<String, String> + Send + Sync>;

/// A job that ran, and how it ended.
type Ended = (Job, Result<String, String>);

/// How long the runner waits for news before it looks again; another process may have added a job.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a command waits for a lane in which another process is at work.
const LONGEST_WAIT: Duration = Duration::from_secs(45);

/// Takes jobs from the queue and runs them.
#[derive(Clone)]
pub struct Runner {
    pub db: Db,
    pub clock: SharedClock,
    pub handler: Handler,
}

impl Runner {
    /// Runs everything that waits, and what that brings; the number of jobs that ran. What must wait until another
    /// process is through is waited for, within reason; what another process has taken is its own to end.
    pub fn run_waiting(&self) -> Result<usize, Failure> {
        let _here = leases::arrive(&self.db)?;
        let mut ran = 0;
        let mut last = Instant::now();
        loop {
            let more = self.work(&mut None)?;
            ran += more;
            if more > 0 {
                last = Instant::now();
            }
            if !self.db.read_blocking(store::is_any_queued)? || last.elapsed() > LONGEST_WAIT {
                return Ok(ran);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Runs what can be taken. A job whose end the database did not take stays in `ended`, and is noted first the next
    /// time.
    fn work(&self, ended: &mut Option<Ended>) -> Result<usize, Failure> {
        let mut ran = 0;
        loop {
            if let Some((job, outcome)) = ended {
                self.note(job, outcome)?;
                *ended = None;
                ran += 1;
            }
            let Some(job) = self.take()? else { return Ok(ran) };
            let outcome =
                self.renewing(&job, leases::RENEWAL, || (self.handler)(&self.db, &job, &self.clock));
            if let Err(why) = &outcome {
                tracing::error!(job = %job.id, kind = %job.kind, "{why}");
            }
            *ended = Some((job, outcome));
        }
    }

    fn note(&self, job: &Job, outcome: &Result<String, String>) -> Result<(), Failure> {
        let (process, now) = (self.db.process(), self.clock.now());
        let is_noted = self.db.claim_blocking::<_, Never>(|connection| {
            Ok(store::finish(connection, job, process, outcome, now)?)
        })?;
        if !is_noted {
            tracing::warn!(job = %job.id, kind = %job.kind, "another process took this job over");
        }
        Ok(())
    }

    /// Looks before it writes: a write would wake the runner again.
    fn take(&self) -> Result<Option<Job>, Failure> {
        let now = self.clock.now();
        if !self.db.read_blocking(|connection| store::is_waiting(connection, now))? {
            return Ok(None);
        }
        self.db.claim_blocking(|connection| store::take::<Never>(connection, self.db.process(), now))
    }

    /// Does the work of a job, and keeps its lease beside that.
    fn renewing<T>(&self, job: &Job, every: Duration, work: impl FnOnce() -> T) -> T {
        leases::beside(every, || self.renew(job), work)
    }

    /// The database may be away for a moment; then the next renewal counts.
    fn renew(&self, job: &Job) {
        let now = self.clock.now();
        let renewed = self.db.on_writer(|connection| store::renew(connection, job, self.db.process(), now));
        if let Ok(Ok(false)) = renewed {
            tracing::warn!(job = %job.id, kind = %job.kind, "another process took this job over");
        }
    }

    /// Runs until the process ends, whose sign of presence this keeps: after each write of this process, and every few
    /// seconds besides.
    pub async fn run(self, _here: Presence) {
        let mut ended = None;
        loop {
            let (runner, mut left) = (self.clone(), ended.take());
            let work = move || {
                let ran = runner.work(&mut left);
                (ran, left)
            };
            match tokio::task::spawn_blocking(work).await {
                Ok((Ok(_), _)) => {}
                Ok((Err(error), left)) => {
                    tracing::error!("the job queue could not be read: {error}");
                    ended = left;
                }
                Err(error) => tracing::error!("a job ended early: {error}"),
            }
            let _either = tokio::time::timeout(PATIENCE, self.db.changed()).await;
        }
    }
}

/// Before this process ends as it was asked to: gives back what it has, so that others go on at once.
pub fn hand_back(db: &Db) -> Result<(), Failure> {
    let process = db.process();
    db.claim_blocking::<_, Never>(|connection| Ok(store::hand_back(connection, process)?))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use diesel::prelude::*;
    use futures_util::FutureExt;
    use tempfile::TempDir;

    use super::*;
    use crate::clock::{Clock, SystemClock};
    use crate::db::migrate;
    use crate::db::schema::leases as held;
    use crate::jobs::{JobKind, JobState, NewJob};
    use crate::values::{ObjectId, Timestamp};

    fn a_database(folder: &TempDir) -> Db {
        let db = Db::open(&format!("sqlite://{}", folder.path().join("portal.db").display())).unwrap();
        db.on_writer(migrate).unwrap().unwrap();
        db
    }

    fn a_job(db: &Db, now: Timestamp) -> ObjectId {
        let subject = ObjectId::from_uuid(uuid::Uuid::now_v7());
        let new = NewJob { kind: JobKind::RateMonth, subject, month: None };
        db.write_blocking::<_, Never>(|connection| Ok(store::enqueue(connection, &new, now)?)).unwrap();
        subject
    }

    fn take(db: &Db, now: Timestamp) -> Option<Job> {
        db.claim_blocking::<_, Never>(|connection| store::take(connection, db.process(), now)).unwrap()
    }

    #[test]
    fn what_another_process_left_behind_is_tried_again_but_not_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let db = a_database(&folder);
        let mut now = SystemClock.now();
        let subject = a_job(&db, now);
        for attempts in 0..3 {
            assert_eq!(take(&db, now).map(|job| job.attempts), Some(attempts));
            assert!(!db.read_blocking(|connection| store::is_waiting(connection, now)).unwrap());
            now = now.plus(chrono::Duration::seconds(31));
            assert!(db.read_blocking(|connection| store::is_waiting(connection, now)).unwrap());
        }
        assert!(take(&db, now).is_none());
        let left = db.read_blocking(|connection| store::newest_about(connection, subject)).unwrap().unwrap();
        assert_eq!((left.state, left.message.as_str()), (JobState::Failed, "The process that ran it ended"));
    }

    #[test]
    fn a_job_that_runs_for_long_is_not_taken_for_abandoned() {
        let folder = tempfile::tempdir().unwrap();
        let db = a_database(&folder);
        let clock: SharedClock = Arc::new(Hasty(AtomicI64::new(SystemClock.now().micros())));
        a_job(&db, clock.now());
        let job = take(&db, clock.now()).unwrap();
        let handler: Handler = Arc::new(|_, _, _| Ok(String::new()));
        let runner = Runner { db: db.clone(), clock: clock.clone(), handler };
        runner.renewing(&job, Duration::from_millis(10), || std::thread::sleep(Duration::from_millis(300)));
        let until: Timestamp =
            db.read_blocking(|connection| held::table.select(held::until).first(connection)).unwrap();
        let renewals = (until.utc() - job.created_at.utc()).num_seconds() / 25;
        assert!(renewals >= 3, "{renewals}");
    }

    /// Each time that it is asked, it is 25 seconds later.
    struct Hasty(AtomicI64);

    impl Clock for Hasty {
        fn now(&self) -> Timestamp {
            Timestamp::from_micros(self.0.fetch_add(25_000_000, Ordering::Relaxed)).unwrap()
        }
    }

    #[test]
    fn what_a_process_gives_back_waits_at_once_and_the_try_does_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let db = a_database(&folder);
        let now = SystemClock.now();
        a_job(&db, now);
        for _ in 0..5 {
            assert_eq!(take(&db, now).map(|job| job.attempts), Some(0));
            assert!(take(&db, now).is_none());
            hand_back(&db).unwrap();
        }
    }

    #[test]
    fn who_is_alone_on_a_file_waits_for_nobody_and_who_is_not_waits() {
        let folder = tempfile::tempdir().unwrap();
        let (db, now) = (a_database(&folder), SystemClock.now());
        a_job(&db, now);
        let first = leases::arrive(&db).unwrap();
        assert!(take(&db, now).is_some());
        let second = a_database(&folder);
        let here = leases::arrive(&second).unwrap();
        assert!(take(&second, now).is_none());
        drop((first, here));
        leases::arrive(&second).unwrap();
        assert_eq!(take(&second, now).map(|job| job.attempts), Some(1));
    }

    #[test]
    fn an_idle_runner_does_not_wake_itself() {
        let folder = tempfile::tempdir().unwrap();
        let db = a_database(&folder);
        let handler: Handler = Arc::new(|_, _, _| Ok(String::new()));
        let runner = Runner { db: db.clone(), clock: Arc::new(SystemClock), handler };
        assert!(runner.take().unwrap().is_none());
        assert!(db.changed().now_or_never().is_none());
    }
}
