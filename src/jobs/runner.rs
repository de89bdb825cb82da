//! Runs what is in the queue, one job after the other, on a thread of its own.

use std::sync::Arc;
use std::time::Duration;

use super::{Job, store};
use crate::clock::SharedClock;
use crate::db::{Db, Failure, Never};

/// Runs one job: what to tell people at the end, or why it failed.
pub type Handler = Arc<dyn Fn(&Db, &Job, &SharedClock) -> Result<String, String> + Send + Sync>;

/// A job that ran, and how it ended.
type Ended = (Job, Result<String, String>);

/// How long the runner waits for news before it looks again; another process may have added a job.
const PATIENCE: Duration = Duration::from_secs(2);

/// Takes jobs from the queue and runs them.
#[derive(Clone)]
pub struct Runner {
    pub db: Db,
    pub clock: SharedClock,
    pub handler: Handler,
}

impl Runner {
    /// Runs everything that waits, and what that brings; the number of jobs that ran.
    pub fn run_waiting(&self) -> Result<usize, Failure> {
        self.work(&mut None)
    }

    /// The same. A job whose end the database did not take stays in `ended`, and is noted first the next time.
    fn work(&self, ended: &mut Option<Ended>) -> Result<usize, Failure> {
        let mut ran = 0;
        loop {
            if let Some((job, outcome)) = ended {
                self.db.write_blocking::<_, Never>(|connection| {
                    Ok(store::finish(connection, job, outcome, self.clock.now())?)
                })?;
                *ended = None;
                ran += 1;
            }
            let Some(job) = self.take()? else { return Ok(ran) };
            let outcome = (self.handler)(&self.db, &job, &self.clock);
            if let Err(why) = &outcome {
                tracing::error!(job = %job.id, kind = %job.kind, "{why}");
            }
            *ended = Some((job, outcome));
        }
    }

    /// Looks before it writes: a write would wake the runner again.
    fn take(&self) -> Result<Option<Job>, Failure> {
        let now = self.clock.now();
        if !self.db.read_blocking(|connection| store::is_waiting(connection, now))? {
            return Ok(None);
        }
        self.db.write_blocking(|connection| store::take::<Never>(connection, now))
    }

    /// Runs until the process ends: after each write of this process, and every few seconds besides.
    pub async fn run(self) {
        if let Err(error) =
            self.db.write_blocking::<_, Never>(|connection| Ok(store::requeue_running(connection)?))
        {
            tracing::error!("the job queue could not be taken over: {error}");
        }
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

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use tempfile::TempDir;

    use super::*;
    use crate::clock::{Clock, SystemClock};
    use crate::db::migrate;
    use crate::jobs::{JobKind, JobState, NewJob};
    use crate::values::ObjectId;

    fn a_database(folder: &TempDir) -> Db {
        let db = Db::open(&format!("sqlite://{}", folder.path().join("portal.db").display())).unwrap();
        db.on_writer(migrate).unwrap().unwrap();
        db
    }

    #[test]
    fn what_another_process_left_behind_is_tried_again_but_not_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let db = a_database(&folder);
        let (subject, mut now) = (ObjectId::from_uuid(uuid::Uuid::now_v7()), SystemClock.now());
        let new = NewJob { kind: JobKind::RateMonth, subject, month: None };
        db.write_blocking::<_, Never>(|connection| Ok(store::enqueue(connection, &new, now)?)).unwrap();
        for attempts in 0..3 {
            let taken = db.write_blocking::<_, Never>(|connection| store::take(connection, now)).unwrap();
            assert_eq!(taken.map(|job| job.attempts), Some(attempts));
            now = now.plus(chrono::Duration::minutes(16));
            assert!(db.read_blocking(|connection| store::is_waiting(connection, now)).unwrap());
        }
        assert!(db.write_blocking::<_, Never>(|connection| store::take(connection, now)).unwrap().is_none());
        let left = db.read_blocking(|connection| store::newest_about(connection, subject)).unwrap().unwrap();
        assert_eq!((left.state, left.message.as_str()), (JobState::Failed, "The process that ran it ended"));
    }

    #[test]
    fn an_idle_runner_does_not_wake_itself() {
        let folder = tempfile::tempdir().unwrap();
        let db = a_database(&folder);
        let handler: Handler = Arc::new(|_, _, _| Ok(String::new()));
        let runner = Runner { db: db.clone(), clock: Arc::new(SystemClock), handler };
        assert_eq!(runner.run_waiting().unwrap(), 0);
        assert!(db.changed().now_or_never().is_none());
    }
}
