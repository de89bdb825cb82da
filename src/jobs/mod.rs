//! Background work kept in the database: it survives a restart, and people see how far it is.
//!
//! A capability enqueues a job in the transaction of the change that asks for it; `app` says which function runs
//! which kind. Two waiting jobs with one key are one job.
//!
//! Several processes may share the queue. A job is claimed together with the [lease](crate::leases) of its lane, which
//! is renewed while it runs: jobs of one lane, such as two months of one channel, never run side by side. When a
//! process ends without a word, its leases run out and others take its jobs over; what it says about them after that
//! is not noted.

mod runner;
pub mod store;

pub use runner::{Handler, Runner, hand_back};

use crate::text_enum;
use crate::values::{JobId, Month, ObjectId, Timestamp};

text_enum! {
    /// What a job does.
    pub enum JobKind {
        /// Read an uploaded usage file and report on each row.
        CheckFile => "check_file",
        /// Store the records of a checked usage file.
        AcceptFile => "accept_file",
        /// Rate a channel's month again.
        RateMonth => "rate_month",
        /// Take a step of the settlement for every statement of a month.
        SettleMonth => "settle_month",
    }
}

text_enum! {
    pub enum JobState { Queued => "queued", Running => "running", Done => "done", Failed => "failed" }
}

/// A job to be done.
#[derive(Debug, Clone)]
pub struct NewJob {
    pub kind: JobKind,
    /// What it is about: a usage file, a channel or a run of the settlement.
    pub subject: ObjectId,
    pub month: Option<Month>,
}

impl NewJob {
    fn key(&self) -> String {
        let month = self.month.map(|month| month.to_string()).unwrap_or_default();
        format!("{} {} {month}", self.kind, self.subject)
    }
}

/// A job as it stands.
#[derive(Debug, Clone)]
pub struct Job {
    pub id: JobId,
    pub kind: JobKind,
    /// The name of the lease under which it runs; jobs of one lane follow each other.
    pub lane: String,
    pub subject: ObjectId,
    pub month: Option<Month>,
    pub state: JobState,
    pub progress: i64,
    /// Zero while it is not known.
    pub total: i64,
    /// How it ended, for people.
    pub message: String,
    pub attempts: i64,
    pub created_at: Timestamp,
}
