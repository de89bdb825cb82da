//! How much an invented customer uses on a day: growth over the year, quiet weekends, busy weeks before holidays.
//! Integers only; the same seed and day give the same quantity.

use chrono::{Datelike, NaiveDate, Weekday};
use sha2::{Digest, Sha256};

use crate::values::{Quantity, Timestamp};

/// Thousandths.
const ONE: i64 = 1000;

/// What a usage series is drawn from.
pub(super) struct Series<'a> {
    /// Tells series apart, such as the subscription's reference and the SKU.
    pub seed: &'a str,
    /// Typical units a day, in thousandths.
    pub daily: i64,
    /// The day the growth is counted from.
    pub start: NaiveDate,
}

impl Series<'_> {
    /// The day's quantity; never negative.
    pub fn on(&self, day: NaiveDate) -> Quantity {
        let months = (day - self.start).num_days() / 30;
        let factors = [weekday(day), month(day), ONE + 18 * months, 850 + self.noise(day) % 300];
        let thousandths = factors.into_iter().fold(self.daily, |value, factor| value * factor / ONE);
        Quantity::from_units(i128::from(thousandths) * 10i128.pow(15))
    }

    fn noise(&self, day: NaiveDate) -> i64 {
        let digest = Sha256::digest(format!("{} {day}", self.seed));
        digest.iter().take(4).fold(0, |number, byte| number * 256 + i64::from(*byte))
    }
}

/// Offices are closed at weekends.
fn weekday(day: NaiveDate) -> i64 {
    match day.weekday() {
        Weekday::Sat => 620,
        Weekday::Sun => 540,
        Weekday::Mon => 1080,
        _ => ONE,
    }
}

/// Summer is quiet, the weeks before Christmas are not.
fn month(day: NaiveDate) -> i64 {
    match day.month() {
        7 => 880,
        8 => 910,
        11 => 1120,
        12 => 1180,
        _ => ONE,
    }
}

/// A number below `limit` that depends on the words only.
pub(super) fn pick(words: &str, limit: usize) -> usize {
    let digest = Sha256::digest(words);
    digest.iter().take(4).fold(0usize, |number, byte| number * 256 + usize::from(*byte)) % limit.max(1)
}

/// A moment of a working day.
pub(super) fn office_hour(day: NaiveDate, words: &str) -> Timestamp {
    let minutes = 8 * 60 + pick(words, 9 * 60);
    Timestamp::start_of(day).plus(chrono::Duration::minutes(i64::try_from(minutes).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn usage_repeats_grows_and_rests_at_weekends() {
        let series = Series { seed: "S-1 CPU-H", daily: 50_000, start: day("2026-01-01") };
        assert_eq!(series.on(day("2026-03-04")), series.on(day("2026-03-04")));
        let sum = |from: &str, days: i64, weekday: Weekday| -> i128 {
            (0..days)
                .map(|n| day(from) + chrono::Duration::days(n))
                .filter(|day| day.weekday() == weekday)
                .map(|day| series.on(day).units())
                .sum()
        };
        assert!(sum("2026-03-01", 28, Weekday::Sun) < sum("2026-03-01", 28, Weekday::Wed));
        assert!(sum("2026-02-01", 28, Weekday::Wed) < sum("2026-10-01", 28, Weekday::Wed));
    }
}
