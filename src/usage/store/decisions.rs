//! What becomes of a file: uploaded, checked, then accepted or rejected. Deciding is told here; the import itself is
//! a background job.

use std::io::Read;

use diesel::prelude::*;
use serde_json::json;

use super::super::check::Checked;
use super::super::{FileState, Format, Tally, UsageFile};
use super::files::{file, save_tally};
use super::parts;
use crate::audit::{self, Event};
use crate::channels::Channel;
use crate::db::schema::usage_files;
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
    #[error("Some of its rows are imported already: let it go on")]
    HalfImported,
    #[error("It was given to the command line; give the command again, and the import goes on")]
    Elsewhere,
}

/// Keeps the row of a file whose records the caller is about to store.
pub fn add_file(
    connection: &mut AnyConnection,
    channel: ChannelId,
    new: &NewFile,
    act: &Act,
) -> QueryResult<UsageFileId> {
    let id = UsageFileId::generate();
    add_file_with_id(connection, id, channel, new, act)?;
    Ok(id)
}

pub(super) fn add_file_with_id(
    connection: &mut AnyConnection,
    id: UsageFileId,
    channel: ChannelId,
    new: &NewFile,
    act: &Act,
) -> QueryResult<()> {
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
    Ok(())
}

/// Keeps an uploaded file and asks for its check.
pub fn upload(
    connection: &mut AnyConnection,
    channel: &Channel,
    new: &NewFile,
    content: &mut dyn Read,
    act: &Act,
) -> QueryResult<UsageFileId> {
    let id = add_file(connection, channel.id, new, act)?;
    let bytes = parts::keep(connection, id, content)?;
    let summary = format!("Uploaded the usage file {} for {}", new.name, channel.name);
    let event = Event::on("usage_file", id, "usage_file.uploaded", summary)
        .of_reseller(channel.reseller)
        .after(json!({ "name": new.name, "format": new.format, "bytes": bytes }));
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
    checked: &Checked,
    now: Timestamp,
) -> QueryResult<()> {
    let Checked { tally, fault, rows_before } = checked;
    if let Some(fault) = fault {
        save_tally(connection, id, FileState::Rejected, tally)?;
        return close(connection, id, Some(&fault.to_string()), now);
    }
    diesel::update(usage_files::table.find(id))
        .set(usage_files::rows_before.eq(rows_before))
        .execute(connection)?;
    save_tally(connection, id, FileState::Checked, tally)
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
            // What was agreed to when an import began holds for all of it.
            if file.state != FileState::Importing {
                diesel::update(usage_files::table.find(id))
                    .set(usage_files::skips_rejected.eq(skip_rejected))
                    .execute(connection)?;
            }
            enqueue(connection, JobKind::AcceptFile, id, act.at)?;
        }
        Decision::Reject => {
            save_tally(connection, id, FileState::Rejected, &file.tally)?;
            close(connection, id, Some(&format!("Rejected by {}", act.who.name)), act.at)?;
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
        (FileState::Importing, Decision::Accept { .. }) => {
            (!parts::is_kept(connection, file.id)?).then_some(Undecidable::Elsewhere)
        }
        (FileState::Importing, Decision::Reject) => Some(Undecidable::HalfImported),
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
    tally: &Tally,
    channel: &Channel,
    act: &Act,
) -> QueryResult<()> {
    save_tally(connection, id, FileState::Accepted, tally)?;
    close(connection, id, None, act.at)?;
    let name: String = usage_files::table.find(id).select(usage_files::name).first(connection)?;
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

/// Notes when the file was decided and drops its content; without a message the one that is there stays.
fn close(
    connection: &mut AnyConnection,
    id: UsageFileId,
    message: Option<&str>,
    now: Timestamp,
) -> QueryResult<()> {
    diesel::update(usage_files::table.find(id))
        .set((message.map(|message| usage_files::message.eq(message)), usage_files::decided_at.eq(now)))
        .execute(connection)?;
    parts::forget(connection, id)?;
    Ok(())
}
