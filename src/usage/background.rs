//! The two jobs of a usage file: its check, and its import once somebody accepted it.
//!
//! Both can run again after a restart. The check keeps its findings step by step and starts anew; the import goes on behind
//! the last batch that was stored.

use super::FileState;
use super::check::survey;
use super::formats::FileFault;
use super::importing::{Order, import};
use super::store::{self, ImportRefusal, Origin, Task, Upload};
use super::{RowFault, UsageFile};
use crate::channels;
use crate::clock::SharedClock;
use crate::db::{Db, Decided, Failure, Never};
use crate::jobs::{self, Job, JobKind};
use crate::values::{Act, Actor, JobId, Scope, UsageFileId};

/// Reads an uploaded file and keeps what an import would do.
pub fn check_file(db: &Db, job: &Job, clock: &SharedClock) -> Result<String, String> {
    check(db, job, clock).map_err(|failure| failure.to_string())
}

/// Stores the records of an accepted file.
pub fn accept_file(db: &Db, job: &Job, clock: &SharedClock) -> Result<String, String> {
    accept(db, job, clock).map_err(|failure| failure.to_string())
}

fn check(db: &Db, job: &Job, clock: &SharedClock) -> Result<String, Failure> {
    let file = open(db, job)?;
    if !matches!(file.state, FileState::Uploaded | FileState::Checked) {
        return Ok("The file was decided before".to_owned());
    }
    let content = Upload { db: db.clone(), file: file.id };
    db.write_blocking::<_, Never>(|connection| Ok(store::begin_check(connection, file.id)?))?;
    let mut faults_so_far = 0;
    let checked = survey(db, file.channel, file.format, &content, |rows, faults| {
        note(db, job.id, file.id, rows, faults, &mut faults_so_far)
    })?;
    db.write_blocking::<_, Never>(|connection| {
        Ok(store::finish_check(connection, file.id, &checked, clock.now())?)
    })?;
    let reason = checked.fault.as_ref().map(FileFault::to_string);
    Ok(reason.unwrap_or_else(|| format!("Checked {} rows", checked.tally.rows())))
}

/// Keeps the faults of a part and how far the check is.
fn note(
    db: &Db,
    job: JobId,
    file: UsageFileId,
    rows: i64,
    faults: &[RowFault],
    faults_so_far: &mut i64,
) -> Result<(), Failure> {
    db.write_blocking::<_, Never>(|connection| {
        store::add_faults(connection, file, faults, *faults_so_far)?;
        Ok(jobs::store::note_progress(connection, job, rows, 0)?)
    })?;
    *faults_so_far += i64::try_from(faults.len()).unwrap_or_default();
    Ok(())
}

fn accept(db: &Db, job: &Job, clock: &SharedClock) -> Result<String, Failure> {
    let file = open(db, job)?;
    if !matches!(file.state, FileState::Checked | FileState::Importing) {
        return Ok("The file was decided before".to_owned());
    }
    let (channel, rows_before) = db.read_blocking(|connection| {
        let channel = channels::store::find(connection, Scope::Root, file.channel)?;
        Ok((channel, store::rows_before(connection, file.id)?))
    })?;
    let act = Act { who: Actor::system("Usage import"), at: clock.now() };
    // What was found when it was checked is gone once its import has begun.
    let rows = if file.state == FileState::Checked { file.tally.rows() } else { job.total };
    let (id, content) = (file.id, Upload { db: db.clone(), file: file.id });
    let task = Task { channel, file: id, origin: Origin::Uploaded, job: Some(job.id), rows, act };
    let rejected = file.tally.rejected;
    let order = Order { task: &task, format: file.format, content: &content, rejected, rows_before };
    db.write_blocking::<_, Never>(|connection| {
        let done = if file.state == FileState::Importing { file.tally.rows() } else { 0 };
        Ok(jobs::store::note_progress(connection, job.id, done, rows)?)
    })?;
    match import(db, &order, |_, _| {}).decided()? {
        Ok(tally) => Ok(format!("Imported {} records", tally.accepted)),
        Err(ImportRefusal::Overtaken) => Ok("Another process imported the file".to_owned()),
        // Somebody has to look at what is rejected now.
        Err(ImportRefusal::Changed | ImportRefusal::Fault(_)) => {
            db.write_blocking::<_, Never>(|connection| {
                Ok(store::enqueue(connection, JobKind::CheckFile, id, clock.now())?)
            })?;
            Ok("Another import changed what is rejected; the file is checked again".to_owned())
        }
    }
}

fn open(db: &Db, job: &Job) -> Result<UsageFile, Failure> {
    let id = UsageFileId::from_uuid(job.subject.as_uuid());
    db.read_blocking(|connection| store::file(connection, Scope::Root, id))
}
