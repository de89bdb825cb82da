//! Days, months and moments as people and files write them: no text breaks a parser, and what is shown is read back
//! as the same.

#![no_main]

use chrono::Datelike;
use libfuzzer_sys::fuzz_target;
use reseller_portal::usage::formats::moment;
use reseller_portal::values::{Days, Month, Timestamp, parse_day};

const YEARS: std::ops::RangeInclusive<i32> = 1900..=9998;

fuzz_target!(|text: &str| {
    if let Ok(day) = parse_day(text) {
        assert!(YEARS.contains(&day.year()));
        assert_eq!(parse_day(&day.to_string()), Ok(day));
        assert!(Month::of(day).all_days().contains(day));
    }
    if let Ok(month) = text.parse::<Month>() {
        neighbours(month);
    }
    if let Ok(read) = moment(text) {
        assert_eq!(moment(&read.to_string()), Ok(read));
        assert_eq!(Timestamp::from_micros(read.micros()), Some(read));
        assert!((1970..2200).contains(&read.day().year()));
    }
    // Two days.
    if let Some((from, until)) = text.split_once(' ')
        && let (Ok(from), Ok(until)) = (parse_day(from), parse_day(until))
        && let Some(days) = Days::new(from, until)
    {
        assert_eq!(days.is_empty(), days.len() == 0);
        assert_eq!(days.intersect(days), (!days.is_empty()).then_some(days));
    }
});

fn neighbours(month: Month) {
    assert!(YEARS.contains(&month.first_day().year()));
    assert_eq!(month.to_string().parse(), Ok(month));
    assert_eq!(month.next().previous(), month);
    assert_eq!(month.previous().next(), month);
    assert!((28..=31).contains(&month.days()));
    assert_eq!(month.through(month.next()).count(), 2);
}
