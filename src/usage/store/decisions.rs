//! What becomes of a file: uploaded, checked, then accepted or rejected. Deciding is told here; the import itself is
//! a background job.

use diesel::prelude::*;
use serde_json::json;

use super::super::{FileState, Format, Tally, UsageFile};
use super::files::{file, save_tally};
use crate::audit::{self, Event};
use crate::channels::Channel;
use crate::db::schema::{usage_file_contents, usage_files};
use crate::db::{AnyConnection, Failure};
use crate::jobs::{self, JobKind, JobState, NewJob};
use crate::values::{Act, ChannelId, Scope, Timestamp, UsageFileId};

/// A file that somebody brings.
#[derive(Debug, Clone)]
pub struct NewFile {
    pub name: String,
    pub format: Format,
}

/// What somebody decides on a checked file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Import it; `skip_rejected` leaves its rejected rows out.
    Accept {
        skip_rejected: bool,
    },
    Reject,
}

/// Why a decision is not possible; `Display` is for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Undecidable {
    #[error("The file is being read; wait until that is done")]
    Busy,
    #[error("The file was accepted or rejected before")]
    Decided,
    #[error("Rows are rejected: leave them out, or reject the file")]
    HasRejected,
    #[error("No row of the file is new")]
    NothingNew,
}

/// Keeps the row of a file whose records the caller is about to store.
pub fn add_file(
    connection: &mut AnyConnection,
    channel: ChannelId,
    new: &NewFile,
    act: &Act,
) -> QueryResult<UsageFileId> {
    let id = UsageFileId::generate();
    diesel::insert_into(usage_files::table)
        .values((
            (
                usage_files::id.eq(id),
                usage_files::channel_id.eq(channel),
                usage_files::name.eq(&new.name),
                usage_files::format.eq(new.format),
                usage_files::state.eq(FileState::Uploaded),
            ),
            (
                usage_files::row_count.eq(0),
                usage_files::accepted_count.eq(0),
                usage_files::duplicate_count.eq(0),
                usage_files::rejected_count.eq(0),
                usage_files::unrated_count.eq(0),
                usage_files::skips_rejected.eq(false),
            ),
            (
                usage_files::message.eq(""),
                usage_files::created_at.eq(act.at),
                usage_files::created_by.eq(&act.who.name),
            ),
        ))
        .execute(connection)?;
    Ok(id)
}

/// Keeps an uploaded file and asks for its check.
pub fn upload(
    connection: &mut AnyConnection,
    channel: &Channel,
    new: &NewFile,
    content: &[u8],
    act: &Act,
) -> QueryResult<UsageFileId> {
    let id = add_file(connection, channel.id, new, act)?;
    diesel::insert_into(usage_file_contents::table)
        .values((usage_file_contents::file_id.eq(id), usage_file_contents::content.eq(content)))
        .execute(connection)?;
    let summary = format!("Uploaded the usage file {} for {}", new.name, channel.name);
    let event = Event::on("usage_file", id, "usage_file.uploaded", summary)
        .of_reseller(channel.reseller)
        .after(json!({ "name": new.name, "format": new.format, "bytes": content.len() }));
    audit::record(connection, act, event)?;
    enqueue(connection, JobKind::CheckFile, id, act.at)?;
    Ok(id)
}

/// Asks for a job about a file.
pub fn enqueue(
    connection: &mut AnyConnection,
    kind: JobKind,
    file: UsageFileId,
    now: Timestamp,
) -> QueryResult<()> {
    jobs::store::enqueue(connection, &NewJob { kind, subject: file.into(), month: None }, now)
}

/// Keeps the result of a check; a file with a fault as a whole is rejected for good.
pub fn finish_check(
    connection: &mut AnyConnection,
    id: UsageFileId,
    tally: &Tally,
    fault: Option<&str>,
    now: Timestamp,
) -> QueryResult<()> {
    let Some(fault) = fault else { return save_tally(connection, id, FileState::Checked, tally) };
    save_tally(connection, id, FileState::Rejected, tally)?;
    close(connection, id, fault, now)
}

/// Decides on a checked file: accepting asks for the import, rejecting drops the content.
pub fn decide(
    connection: &mut AnyConnection,
    scope: Scope,
    id: UsageFileId,
    channel: &Channel,
    decision: Decision,
    act: &Act,
) -> Result<(), Failure<Undecidable>> {
    let file = file(connection, scope, id)?;
    if let Some(why_not) = obstacle(connection, &file, decision)? {
        return Err(Failure::Refused(why_not));
    }
    let (action, summary) = told(&file, decision);
    match decision {
        Decision::Accept { skip_rejected } => {
            diesel::update(usage_files::table.find(id))
                .set(usage_files::skips_rejected.eq(skip_rejected))
                .execute(connection)?;
            enqueue(connection, JobKind::AcceptFile, id, act.at)?;
        }
        Decision::Reject => {
            save_tally(connection, id, FileState::Rejected, &file.tally)?;
            close(connection, id, &format!("Rejected by {}", act.who.name), act.at)?;
        }
    }
    let event = Event::on("usage_file", id, action, summary).of_reseller(channel.reseller);
    Ok(audit::record(connection, act, event)?)
}

fn obstacle(
    connection: &mut AnyConnection,
    file: &UsageFile,
    decision: Decision,
) -> QueryResult<Option<Undecidable>> {
    let job = jobs::store::newest_about(connection, file.id)?;
    let is_busy = job.is_some_and(|job| matches!(job.state, JobState::Queued | JobState::Running));
    Ok(match (file.state, decision) {
        (FileState::Accepted | FileState::Rejected, _) => Some(Undecidable::Decided),
        _ if is_busy => Some(Undecidable::Busy),
        (FileState::Uploaded, Decision::Accept { .. }) => Some(Undecidable::Busy),
        (FileState::Checked, Decision::Accept { .. }) if file.tally.accepted == 0 => {
            Some(Undecidable::NothingNew)
        }
        (FileState::Checked, Decision::Accept { skip_rejected: false }) if file.tally.rejected > 0 => {
            Some(Undecidable::HasRejected)
        }
        _ => None,
    })
}

fn told(file: &UsageFile, decision: Decision) -> (&'static str, String) {
    let (name, rejected) = (&file.name, file.tally.rejected);
    match decision {
        Decision::Accept { .. } if rejected > 0 => {
            ("usage_file.accepted", format!("Accepted the usage file {name} without its {rejected} bad rows"))
        }
        Decision::Accept { .. } => ("usage_file.accepted", format!("Accepted the usage file {name}")),
        Decision::Reject => ("usage_file.rejected", format!("Rejected the usage file {name}")),
    }
}

/// Notes that the records of a file are stored.
pub fn finish_acceptance(
    connection: &mut AnyConnection,
    id: UsageFileId,
    name: &str,
    tally: &Tally,
    channel: &Channel,
    act: &Act,
) -> QueryResult<()> {
    save_tally(connection, id, FileState::Accepted, tally)?;
    close(connection, id, "", act.at)?;
    let summary = format!("Imported {} records from {name}", tally.accepted);
    let event = Event::on("usage_file", id, "usage_file.imported", summary)
        .of_reseller(channel.reseller)
        .after(json!({
            "accepted": tally.accepted,
            "duplicate": tally.duplicate,
            "rejected": tally.rejected,
            "unrated": tally.unrated,
        }));
    audit::record(connection, act, event)
}

fn close(connection: &mut AnyConnection, id: UsageFileId, message: &str, now: Timestamp) -> QueryResult<()> {
    diesel::update(usage_files::table.find(id))
        .set((usage_files::message.eq(message), usage_files::decided_at.eq(now)))
        .execute(connection)?;
    diesel::delete(usage_file_contents::table.find(id)).execute(connection)?;
    Ok(())
}
