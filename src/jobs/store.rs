//! The queue in the database.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::{Job, JobKind, JobState, NewJob};
use crate::db::query::{Both, SkipLocked};
use crate::db::schema::{jobs, leases as held, usage_files};
use crate::db::{AnyConnection, Failure};
use crate::leases;
use crate::values::{ChannelId, JobId, Month, ObjectId, ProcessId, Timestamp, UsageFileId};

crate::text_columns!(JobKind, JobState);

/// A job that failed so often is given up.
const ATTEMPTS: i64 = 3;

type Row =
    ((JobId, JobKind, String, Option<ObjectId>, Option<Month>), (JobState, i64, i64, String, i64, Timestamp));

type Columns = (
    (jobs::id, jobs::kind, jobs::lane, jobs::subject, jobs::month),
    (jobs::state, jobs::progress, jobs::total, jobs::message, jobs::attempts, jobs::created_at),
);

const JOB: Columns = (
    (jobs::id, jobs::kind, jobs::lane, jobs::subject, jobs::month),
    (jobs::state, jobs::progress, jobs::total, jobs::message, jobs::attempts, jobs::created_at),
);

fn job((what, how): Row) -> Job {
    let (id, kind, lane, subject, month) = what;
    let (state, progress, total, message, attempts, created_at) = how;
    let subject = subject.unwrap_or_else(|| id.into());
    Job { id, kind, lane, subject, month, state, progress, total, message, attempts, created_at }
}

/// Adds a job in the caller's transaction; nothing when the same one waits already.
pub fn enqueue(connection: &mut AnyConnection, new: &NewJob, now: Timestamp) -> QueryResult<()> {
    let values = (
        jobs::id.eq(JobId::generate()),
        jobs::kind.eq(new.kind),
        jobs::key.eq(new.key()),
        jobs::lane.eq(lane(connection, new)?),
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

/// The lane of all jobs about something, by which others keep them from running.
pub fn lane_of(about: impl Into<ObjectId>) -> String {
    format!("job {}", about.into().as_uuid().simple())
}

/// Everything about one channel is one lane: its files and its months. The runs of the settlement are one too: a second
/// one waits for the first.
fn lane(connection: &mut AnyConnection, new: &NewJob) -> QueryResult<String> {
    let about = match new.kind {
        JobKind::RateMonth => None,
        JobKind::SettleMonth => return Ok("job settlement".to_owned()),
        JobKind::CheckFile | JobKind::AcceptFile => usage_files::table
            .find(UsageFileId::from_uuid(new.subject.as_uuid()))
            .select(usage_files::channel_id)
            .first::<ChannelId>(connection)
            .optional()?,
    };
    Ok(lane_of(about.map_or(new.subject, ObjectId::from)))
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

/// Whether any job waits, if only for its lane.
pub(super) fn is_any_queued(connection: &mut AnyConnection) -> QueryResult<bool> {
    diesel::select(exists(jobs::table.filter(jobs::state.eq(JobState::Queued)))).get_result(connection)
}

/// Whether there is a job to take, or one that was left behind.
pub(super) fn is_waiting(connection: &mut AnyConnection, now: Timestamp) -> QueryResult<bool> {
    let in_lane = held::table.filter(held::name.eq(jobs::lane)).filter(held::until.gt(now));
    let open = jobs::table
        .filter(jobs::state.eq_any([JobState::Queued, JobState::Running]))
        .filter(not(exists(in_lane)));
    diesel::select(exists(open)).get_result(connection)
}

/// Takes the oldest waiting job whose lane is free, for 30 seconds; of two processes never both.
pub(super) fn take<R>(
    connection: &mut AnyConnection,
    owner: ProcessId,
    now: Timestamp,
) -> Result<Option<Job>, Failure<R>> {
    let left = free(connection, JobState::Running, i64::MAX, now)?;
    requeue(connection, left, ATTEMPTS)?;
    while let Some(row) = free(connection, JobState::Queued, 1, now)?.pop() {
        let taken = job(row);
        // Somebody else may have begun another job of the lane in this very moment; then it is free no longer.
        if !leases::take(connection, &taken.lane, owner, now, now.plus(leases::LENGTH))? {
            continue;
        }
        diesel::update(jobs::table.find(taken.id))
            .set((
                jobs::state.eq(JobState::Running),
                jobs::started_at.eq(now),
                jobs::attempts.eq(jobs::attempts + 1),
            ))
            .execute(connection)?;
        return Ok(Some(taken));
    }
    Ok(None)
}

/// The oldest jobs in this state that nobody is at, locked.
fn free(connection: &mut AnyConnection, state: JobState, most: i64, now: Timestamp) -> QueryResult<Vec<Row>> {
    let in_lane = held::table.filter(held::name.eq(jobs::lane)).filter(held::until.gt(now));
    let free = jobs::table.filter(jobs::state.eq(state)).filter(not(exists(in_lane)));
    SkipLocked(free.order(jobs::id).limit(most).select(JOB)).load(connection)
}

/// Keeps a running job for longer; whether it is still the owner's.
pub(super) fn renew(
    connection: &mut AnyConnection,
    job: &Job,
    owner: ProcessId,
    now: Timestamp,
) -> QueryResult<bool> {
    leases::renew(connection, &job.lane, owner, now.plus(leases::LENGTH))
}

/// What a process that ended left behind waits again, unless it was tried too often or a new one like it waits anyway.
fn requeue(connection: &mut AnyConnection, left: Vec<Row>, most_attempts: i64) -> QueryResult<()> {
    for left in left.into_iter().map(job) {
        let is_over = left.attempts >= most_attempts || waits(connection, &left)?;
        let state = if is_over { JobState::Failed } else { JobState::Queued };
        diesel::update(jobs::table.find(left.id))
            .set((jobs::state.eq(state), jobs::message.eq("The process that ran it ended")))
            .execute(connection)?;
    }
    Ok(())
}

/// Before this process ends as it was asked to: what it runs waits again, and the try does not count.
pub(super) fn hand_back(connection: &mut AnyConnection, owner: ProcessId) -> QueryResult<()> {
    let own = held::table.filter(held::name.eq(jobs::lane)).filter(held::owner.eq(owner));
    let running = jobs::table.filter(jobs::state.eq(JobState::Running)).filter(exists(own));
    let running: Vec<Row> = SkipLocked(running.select(JOB)).load(connection)?;
    for row in &running {
        diesel::update(jobs::table.find(row.0.0))
            .set(jobs::attempts.eq(jobs::attempts - 1))
            .execute(connection)?;
    }
    requeue(connection, running, i64::MAX)?;
    leases::give_all_back(connection, owner)
}

fn waits(connection: &mut AnyConnection, job: &Job) -> QueryResult<bool> {
    let same = NewJob { kind: job.kind, subject: job.subject, month: job.month };
    let same = jobs::table.filter(jobs::key.eq(same.key())).filter(jobs::state.eq(JobState::Queued));
    diesel::select(exists(same)).get_result(connection)
}

/// A job that failed waits again, until it has failed too often or a new one like it waits anyway. Nothing is noted,
/// and the answer is no, when somebody else has taken the job over.
pub(super) fn finish(
    connection: &mut AnyConnection,
    job: &Job,
    owner: ProcessId,
    outcome: &Result<String, String>,
    now: Timestamp,
) -> QueryResult<bool> {
    if !leases::is_held(connection, &job.lane, owner)? {
        return Ok(false);
    }
    let (state, message) = match outcome {
        Ok(message) => (JobState::Done, message),
        Err(message) if job.attempts + 1 < ATTEMPTS && !waits(connection, job)? => {
            (JobState::Queued, message)
        }
        Err(message) => (JobState::Failed, message),
    };
    diesel::update(jobs::table.find(job.id))
        .set((jobs::state.eq(state), jobs::message.eq(message), jobs::finished_at.eq(now)))
        .execute(connection)?;
    leases::give_back(connection, &job.lane, owner)?;
    Ok(true)
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
