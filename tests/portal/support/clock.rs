//! A clock that stands still until a test moves it.

use std::sync::Mutex;

use chrono::Duration;
use reseller_portal::clock::Clock;
use reseller_portal::values::Timestamp;

/// The app's clock in a test.
#[derive(Debug)]
pub struct FixedClock(Mutex<Timestamp>);

impl FixedClock {
    pub fn at(moment: &str) -> Self {
        Self(Mutex::new(moment_of(moment)))
    }

    /// Moves it to a moment such as `2026-12-01T00:00:00Z`.
    pub fn set(&self, moment: &str) {
        *self.0.lock().unwrap() = moment_of(moment);
    }

    pub fn advance(&self, duration: Duration) {
        let mut now = self.0.lock().unwrap();
        *now = now.plus(duration);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

fn moment_of(text: &str) -> Timestamp {
    let moment = chrono::DateTime::parse_from_rfc3339(text);
    Timestamp::new(moment.unwrap_or_else(|error| panic!("{text}: {error}")).to_utc())
}
