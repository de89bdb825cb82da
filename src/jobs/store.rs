//! The queue in the database.

use diesel::prelude::*;

use super::{Job, JobKind, JobState, NewJob};
use crate::db::query::Both;
use crate::db::schema::jobs;
use crate::db::{AnyConnection, Failure};
use crate::values::{JobId, Month, ObjectId, Timestamp};

crate::text_columns!(JobKind, JobState);

/// A job that failed so often is given up.
const ATTEMPTS: i64 = 3;
/// A job that runs so long was left behind by a process that ended.
const ABANDONED: chrono::Duration = chrono::Duration::minutes(15);

type Row = (JobId, JobKind, Option<ObjectId>, Option<Month>, JobState, i64, i64, String, i64, Timestamp);

type Columns = (
    jobs::id,
    jobs::kind,
    jobs::subject,
    jobs::month,
    jobs::state,
    jobs::progress,
    jobs::total,
    jobs::message,
    jobs::attempts,
    jobs::created_at,
);

const JOB: Columns = (
    jobs::id,
    jobs::kind,
    jobs::subject,
    jobs::month,
    jobs::state,
    jobs::progress,
    jobs::total,
    jobs::message,
    jobs::attempts,
    jobs::created_at,
);

fn job((id, kind, subject, month, state, progress, total, message, attempts, created_at): Row) -> Job {
    let subject = subject.unwrap_or_else(|| id.into());
    Job { id, kind, subject, month, state, progress, total, message, attempts, created_at }
}

/// Adds a job in the caller's transaction; nothing when the same one waits already.
pub fn enqueue(connection: &mut AnyConnection, new: &NewJob, now: Timestamp) -> QueryResult<()> {
    let values = (
        jobs::id.eq(JobId::generate()),
        jobs::kind.eq(new.kind),
        jobs::key.eq(new.key()),
        jobs::subject.eq(new.subject),
        jobs::month.eq(new.month),
        jobs::state.eq(JobState::Queued),
        jobs::progress.eq(0),
        jobs::total.eq(0),
        jobs::message.eq(""),
        jobs::attempts.eq(0),
        jobs::created_at.eq(now),
    );
    Both(diesel::insert_into(jobs::table).values(values).on_conflict_do_nothing()).execute(connection)?;
    Ok(())
}

/// Asks for each month from `first` to `last` of a channel to be rated again.
pub fn rate_months(
    connection: &mut AnyConnection,
    channel: impl Into<ObjectId>,
    first: Month,
    last: Month,
    now: Timestamp,
) -> QueryResult<()> {
    let channel = channel.into();
    for month in first.through(last) {
        let new = NewJob { kind: JobKind::RateMonth, subject: channel, month: Some(month) };
        enqueue(connection, &new, now)?;
    }
    Ok(())
}

/// The newest job about an object.
pub fn newest_about(
    connection: &mut AnyConnection,
    subject: impl Into<ObjectId>,
) -> QueryResult<Option<Job>> {
    let newest = jobs::table.filter(jobs::subject.eq(subject.into())).order(jobs::id.desc()).select(JOB);
    Ok(newest.first::<Row>(connection).optional()?.map(job))
}

/// How many jobs wait or run.
pub fn unfinished(connection: &mut AnyConnection) -> QueryResult<i64> {
    jobs::table
        .filter(jobs::state.eq_any([JobState::Queued, JobState::Running]))
        .count()
        .get_result(connection)
}

/// Whether there is a job to take, or one to give up.
pub(super) fn is_waiting(connection: &mut AnyConnection, now: Timestamp) -> QueryResult<bool> {
    let queued = jobs::state.eq(JobState::Queued);
    let abandoned = jobs::state.eq(JobState::Running).and(jobs::started_at.lt(now.plus(-ABANDONED)));
    let any = jobs::table.filter(queued.or(abandoned.assume_not_null()));
    diesel::select(diesel::dsl::exists(any)).get_result(connection)
}

/// Takes the oldest waiting job; two runners never take the same one.
pub(super) fn take<R>(connection: &mut AnyConnection, now: Timestamp) -> Result<Option<Job>, Failure<R>> {
    let abandoned = jobs::started_at.lt(now.plus(-ABANDONED)).assume_not_null();
    let running = jobs::table.filter(jobs::state.eq(JobState::Running));
    let left_behind = running.filter(abandoned).select(JOB).load::<Row>(connection)?;
    requeue(connection, left_behind, ATTEMPTS)?;
    let oldest = jobs::table.filter(jobs::state.eq(JobState::Queued)).order(jobs::id).select(JOB);
    let Some(row) = oldest.first::<Row>(connection).optional()? else { return Ok(None) };
    let taken = diesel::update(jobs::table.find(row.0).filter(jobs::state.eq(JobState::Queued)))
        .set((
            jobs::state.eq(JobState::Running),
            jobs::started_at.eq(now),
            jobs::attempts.eq(jobs::attempts + 1),
        ))
        .execute(connection)?;
    Ok((taken == 1).then(|| job(row)))
}

/// At the start of the only process that runs jobs: what was running is waiting again.
pub(super) fn requeue_running(connection: &mut AnyConnection) -> QueryResult<usize> {
    let running = jobs::table.filter(jobs::state.eq(JobState::Running)).select(JOB).load(connection)?;
    requeue(connection, running, i64::MAX)
}

/// What a process that ended left behind waits again, unless it was tried too often or a new one like it waits anyway.
fn requeue(connection: &mut AnyConnection, running: Vec<Row>, most_attempts: i64) -> QueryResult<usize> {
    for row in &running {
        let same = NewJob { kind: row.1, subject: row.2.unwrap_or_else(|| row.0.into()), month: row.3 };
        let is_over = row.8 >= most_attempts || waits(connection, &same)?;
        let state = if is_over { JobState::Failed } else { JobState::Queued };
        diesel::update(jobs::table.find(row.0))
            .set((jobs::state.eq(state), jobs::message.eq("The process that ran it ended")))
            .execute(connection)?;
    }
    Ok(running.len())
}

fn waits(connection: &mut AnyConnection, job: &NewJob) -> QueryResult<bool> {
    let same = jobs::table.filter(jobs::key.eq(job.key())).filter(jobs::state.eq(JobState::Queued));
    diesel::select(diesel::dsl::exists(same)).get_result(connection)
}

/// A job that failed waits again, until it has failed too often or a new one like it waits anyway.
pub(super) fn finish(
    connection: &mut AnyConnection,
    job: &Job,
    outcome: &Result<String, String>,
    now: Timestamp,
) -> QueryResult<()> {
    let same = NewJob { kind: job.kind, subject: job.subject, month: job.month };
    let (state, message) = match outcome {
        Ok(message) => (JobState::Done, message),
        Err(message) if job.attempts + 1 < ATTEMPTS && !waits(connection, &same)? => {
            (JobState::Queued, message)
        }
        Err(message) => (JobState::Failed, message),
    };
    diesel::update(jobs::table.find(job.id))
        .set((jobs::state.eq(state), jobs::message.eq(message), jobs::finished_at.eq(now)))
        .execute(connection)?;
    Ok(())
}

/// Notes how far a job is.
pub fn note_progress(
    connection: &mut AnyConnection,
    id: JobId,
    progress: i64,
    total: i64,
) -> QueryResult<()> {
    diesel::update(jobs::table.find(id))
        .set((jobs::progress.eq(progress), jobs::total.eq(total)))
        .execute(connection)?;
    Ok(())
}
