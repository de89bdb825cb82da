//! The words for states, formats and causes.

use crate::jobs::{Job, JobKind, JobState};
use crate::usage::{FileState, Format, Tally, UnratedCause};
use crate::web::filters::counted;

pub fn state_tone(state: FileState) -> &'static str {
    match state {
        FileState::Uploaded => "warn",
        FileState::Checked => "info",
        FileState::Importing => "info",
        FileState::Accepted => "ok",
        FileState::Rejected => "plain",
    }
}

pub fn state_name(state: FileState) -> &'static str {
    match state {
        FileState::Uploaded => "Being checked",
        FileState::Checked => "Needs a decision",
        FileState::Importing => "Being imported",
        FileState::Accepted => "Imported",
        FileState::Rejected => "Rejected",
    }
}

pub fn format_name(format: Format) -> &'static str {
    match format {
        Format::Portal => "Portal CSV",
        Format::Focus => "FOCUS 1.x",
        Format::AwsCur => "AWS CUR",
        Format::Azure => "Azure costs",
        Format::Oci => "OCI costs",
        Format::CloudStack => "CloudStack",
        Format::CloudEvents => "CloudEvents",
    }
}

pub fn cause_name(cause: UnratedCause) -> &'static str {
    match cause {
        UnratedCause::Customer => "No customer",
        UnratedCause::Product => "No product",
        UnratedCause::Subscription => "No subscription",
        UnratedCause::Price => "No price",
        UnratedCause::Currency => "Other currency",
        UnratedCause::Unit => "Other unit",
    }
}

/// What is missing, in a sentence.
pub fn cause_text(cause: UnratedCause) -> &'static str {
    match cause {
        UnratedCause::Customer => {
            "No customer of the channel has this name, and no mapping says which it is."
        }
        UnratedCause::Product => "No product has this name, and no mapping says which it is.",
        UnratedCause::Subscription => {
            "The customer had no subscription on that day that charges the product."
        }
        UnratedCause::Price => "No price was in effect on that day in the subscription’s currency.",
        UnratedCause::Currency => "The list cost is missing or in another currency than the subscription.",
        UnratedCause::Unit => "The record counts in another unit than the product.",
    }
}

/// What a running job does, for the file's page; empty when none runs.
pub fn progress(job: Option<&Job>) -> String {
    let Some(job) = job.filter(|job| is_unfinished(job)) else { return String::new() };
    match (job.kind, job.state) {
        (JobKind::AcceptFile, _) if job.progress < job.total => {
            let done = counted(job.progress, "row");
            format!("{done} of {} stored", counted(job.total, "row"))
        }
        (JobKind::AcceptFile, _) => format!("Storing {}", counted(job.total, "row")),
        (_, JobState::Queued) => "Waiting to be read".to_owned(),
        _ => format!("{} read so far", counted(job.progress, "row")),
    }
}

pub fn is_unfinished(job: &Job) -> bool {
    matches!(job.state, JobState::Queued | JobState::Running)
}

/// What the rows of a file come to, in a line: `580 new, 12 bad`.
pub fn outcome(tally: &Tally) -> String {
    let parts = [
        (tally.accepted, "new"),
        (tally.duplicate, "duplicate"),
        (tally.rejected, "bad"),
        (tally.unrated, "not rated"),
    ];
    let told: Vec<_> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    if told.is_empty() { "no rows".to_owned() } else { told.join(", ") }
}
