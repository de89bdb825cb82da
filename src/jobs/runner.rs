//! Runs what is in the queue, one job after the other, on a thread of its own.

use std::sync::Arc;
use std::time::Duration;

use super::{Job, store};
use crate::clock::SharedClock;
use crate::db::{Db, Failure, Never};

/// Runs one job: what to tell people at the end, or why it failed.
pub type Handler = Arc<dyn Fn(&Db, &Job, &SharedClock) -> Result<String, String> + Send + Sync>;

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
        let mut ran = 0;
        while let Some(job) = self.take()? {
            let outcome = (self.handler)(&self.db, &job, &self.clock);
            if let Err(why) = &outcome {
                tracing::error!(job = %job.id, kind = %job.kind, "{why}");
            }
            self.db.write_blocking::<_, Never>(|connection| {
                Ok(store::finish(connection, &job, &outcome, self.clock.now())?)
            })?;
            ran += 1;
        }
        Ok(ran)
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
        loop {
            let runner = self.clone();
            match tokio::task::spawn_blocking(move || runner.run_waiting()).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => tracing::error!("the job queue could not be read: {error}"),
                Err(error) => tracing::error!("a job ended early: {error}"),
            }
            let _either = tokio::time::timeout(PATIENCE, self.db.changed()).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::clock::SystemClock;
    use crate::db::migrate;

    #[test]
    fn an_idle_runner_does_not_wake_itself() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite://{}", folder.path().join("portal.db").display())).unwrap();
        db.on_writer(migrate).unwrap().unwrap();
        let handler: Handler = Arc::new(|_, _, _| Ok(String::new()));
        let runner = Runner { db: db.clone(), clock: Arc::new(SystemClock), handler };
        assert_eq!(runner.run_waiting().unwrap(), 0);
        assert!(db.changed().now_or_never().is_none());
    }
}
