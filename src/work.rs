//! Which function runs which kind of background job.

use std::sync::Arc;

use crate::clock::SharedClock;
use crate::db::{Db, Never};
use crate::jobs::{Handler, Job, JobKind};
use crate::settlement::runs::{self, Office};
use crate::settlement::store::rate_month as rate_again;
use crate::usage::{self, background};
use crate::values::ChannelId;

/// The handler of every kind of job.
pub fn handler(office: Office) -> Handler {
    Arc::new(move |db, job, clock| match job.kind {
        JobKind::CheckFile => background::check_file(db, job, clock),
        JobKind::AcceptFile => background::accept_file(db, job, clock),
        JobKind::RateMonth => rate_month(db, job, clock),
        JobKind::SettleMonth => runs::take_steps(db, job, clock, &office),
    })
}

fn rate_month(db: &Db, job: &Job, clock: &SharedClock) -> Result<String, String> {
    let (channel, now) = (ChannelId::from_uuid(job.subject.as_uuid()), clock.now());
    let month = job.month.ok_or("the job names no month")?;
    let rated = db.write_blocking::<_, Never>(|connection| {
        usage::store::retry_unrated(connection, channel, now)?;
        rate_again(connection, channel, month, now)
    });
    rated.map(|rated| format!("{} charge lines", rated.lines)).map_err(|error| error.to_string())
}
