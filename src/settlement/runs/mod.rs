//! A step of the settlement for all statements of a month at once: closing, sending or posting them.
//!
//! It runs in the background. Each statement takes its step in a transaction of its own, as if somebody had taken it by
//! hand, in the name of who asked for it. What a rule refuses is passed over and kept with its reason. A run that is
//! broken off goes on with what is left.

pub mod store;
mod work;

pub use work::{Office, take_steps};

use super::StatementState;
use crate::text_enum;
use crate::values::{Actor, ChannelId, Month, SettlementRunId, StatementId, Timestamp};

text_enum! {
    /// What a run does.
    pub enum RunStep { Close => "close", Send => "send", Post => "post" }
}

impl RunStep {
    /// The state of the statements that wait for it.
    pub fn waiting(self) -> StatementState {
        match self {
            Self::Close => StatementState::Open,
            Self::Send => StatementState::Closing,
            Self::Post => StatementState::Agreed,
        }
    }

    /// What it does with statements, as a title begins.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Close => "Close",
            Self::Send => "Send",
            Self::Post => "Post",
        }
    }

    /// What became of a statement that took it.
    pub fn done(self) -> &'static str {
        match self {
            Self::Close => "closed",
            Self::Send => "sent",
            Self::Post => "posted",
        }
    }
}

/// A run, and how many statements took its step so far.
#[derive(Debug, Clone)]
pub struct Run {
    pub id: SettlementRunId,
    pub step: RunStep,
    pub month: Month,
    pub started_by: Actor,
    pub started_at: Timestamp,
    pub taken: i64,
}

/// What a run passed over.
#[derive(Debug, Clone)]
pub struct PassedOver {
    pub channel: ChannelId,
    /// None where the month of the channel could not be closed.
    pub statement: Option<StatementId>,
    /// The statement's name, or the channel's code and the month.
    pub what: String,
    pub reason: String,
}
