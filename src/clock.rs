//! The only place that reads the time; everything else is told.

use std::sync::Arc;

use crate::values::Timestamp;

/// Tells the time. Tests set a fixed one.
pub trait Clock: Send + Sync {
    /// The present moment, to the microsecond.
    fn now(&self) -> Timestamp;
}

/// The machine's clock, in UTC.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::new(chrono::Utc::now())
    }
}

/// A clock that is shared by all of the application.
pub type SharedClock = Arc<dyn Clock>;
