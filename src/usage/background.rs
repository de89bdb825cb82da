//! The two jobs of a usage file: its check, and its import once somebody accepted it.
//!
//! Both can run again after a restart. The check keeps its findings step by step and starts anew; the import is one
//! transaction, so that it has happened or has not.

use super::check::{Checked, survey};
use super::formats::FileFault;
use super::store::{self, Import, ImportRefusal};
use super::{FileState, Tally, UsageFile};
use crate::channels;
use crate::clock::SharedClock;
use crate::db::{AnyConnection, Db, Decided, Failure, Never};
use crate::jobs::{self, Job, JobKind};
use crate::values::{Act, Actor, JobId, Scope, Timestamp, UsageFileId};

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
    if matches!(file.state, FileState::Accepted | FileState::Rejected) {
        return Ok("The file was decided before".to_owned());
    }
    let content = db.read_blocking(|connection| store::content(connection, file.id))?;
    db.write_blocking::<_, Never>(|connection| Ok(store::begin_check(connection, file.id)?))?;
    let mut faults_so_far = 0;
    let checked = survey(db, file.channel, file.format, &content, |rows, faults| {
        note(db, job.id, file.id, rows, faults, &mut faults_so_far)
    })?;
    let Checked { tally, fault } = checked;
    let reason = fault.as_ref().map(FileFault::to_string);
    db.write_blocking::<_, Never>(|connection| {
        Ok(store::finish_check(connection, file.id, &tally, reason.as_deref(), clock.now())?)
    })?;
    Ok(reason.unwrap_or_else(|| format!("Checked {} rows", tally.rows())))
}

/// Keeps the faults of a part and how far the check is.
fn note(
    db: &Db,
    job: JobId,
    file: UsageFileId,
    rows: i64,
    faults: &[super::RowFault],
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
    if file.state != FileState::Checked {
        return Ok("The file was decided before".to_owned());
    }
    let content = db.read_blocking(|connection| store::content(connection, file.id))?;
    let total = file.tally.rows();
    db.write_blocking::<_, Never>(|connection| {
        Ok(jobs::store::note_progress(connection, job.id, 0, total)?)
    })?;
    let imported = db.write_blocking(|connection| import(connection, &file, &content, job.id, clock.now()));
    match imported.decided()? {
        Ok(tally) => Ok(format!("Imported {} records", tally.accepted)),
        // Somebody has to look at what is rejected now.
        Err(ImportRefusal::Changed | ImportRefusal::Fault(_)) => {
            db.write_blocking::<_, Never>(|connection| {
                Ok(store::enqueue(connection, JobKind::CheckFile, file.id, clock.now())?)
            })?;
            Ok("Another import changed what is rejected; the file is checked again".to_owned())
        }
    }
}

fn import(
    connection: &mut AnyConnection,
    file: &UsageFile,
    content: &[u8],
    job: JobId,
    now: Timestamp,
) -> Result<Tally, Failure<ImportRefusal>> {
    let rejected = if file.skips_rejected { file.tally.rejected } else { 0 };
    let import = Import { channel: file.channel, file: file.id, format: file.format, content, rejected };
    let tally = store::import(connection, &import, now)?;
    let channel = channels::store::find(connection, Scope::Root, file.channel)?;
    let act = Act { who: Actor::system("Usage import"), at: now };
    store::finish_acceptance(connection, file.id, &file.name, &tally, &channel, &act)?;
    store::retry_unrated(connection, file.channel, now)?;
    jobs::store::note_progress(connection, job, tally.rows(), tally.rows())?;
    Ok(tally)
}

fn open(db: &Db, job: &Job) -> Result<UsageFile, Failure> {
    let id = UsageFileId::from_uuid(job.subject.as_uuid());
    db.read_blocking(|connection| store::file(connection, Scope::Root, id))
}
