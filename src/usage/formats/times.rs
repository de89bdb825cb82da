//! Moments as usage files write them: a day, or day and time with or without a zone; without one they are in UTC.

use chrono::{Datelike, NaiveDate, NaiveTime, TimeDelta};

use crate::values::Timestamp;

const UNREADABLE: &str = "Not a time such as 2026-11-23T09:45:00Z or a day such as 2026-11-23";
const AMBIGUOUS: &str = "A day such as 5/1/25 can be read in two ways; write it as 2025-05-01";
const OUT_OF_RANGE: &str = "The year is not between 1970 and 2199";

/// Reads `2024-10-01`, `2024-10-01 00:00:00`, `2023-11-13T10:00Z`, `2024-10-01T02:00:00.5+02:00`.
pub fn moment(text: &str) -> Result<Timestamp, &'static str> {
    if text.contains('/') {
        return Err(AMBIGUOUS);
    }
    let (day, rest) = text.split_at_checked(10).ok_or(UNREADABLE)?;
    let day = day_of(day)?;
    let (time, offset) = match rest.strip_prefix(['T', 't', ' ']) {
        Some(rest) => time_and_offset(rest)?,
        None if rest.is_empty() => (NaiveTime::MIN, TimeDelta::zero()),
        None => return Err(UNREADABLE),
    };
    let moment = day.and_time(time).and_utc().checked_sub_signed(offset).ok_or(OUT_OF_RANGE)?;
    if (1970..2200).contains(&moment.year()) { Ok(Timestamp::new(moment)) } else { Err(OUT_OF_RANGE) }
}

fn day_of(text: &str) -> Result<NaiveDate, &'static str> {
    let mut parts = text.splitn(3, '-');
    let (Some(year), Some(month), Some(day)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(UNREADABLE);
    };
    let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    let year = i32::try_from(year).map_err(|_| UNREADABLE)?;
    NaiveDate::from_ymd_opt(year, month, day).ok_or(UNREADABLE)
}

fn time_and_offset(text: &str) -> Result<(NaiveTime, TimeDelta), &'static str> {
    let zone = text.find(['Z', 'z', '+', '-', 'U']).unwrap_or(text.len());
    let (time, zone) = text.split_at_checked(zone).ok_or(UNREADABLE)?;
    Ok((time_of(time.trim_end())?, offset_of(zone)?))
}

fn time_of(text: &str) -> Result<NaiveTime, &'static str> {
    let (text, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let mut parts = text.splitn(3, ':');
    let (Some(hour), Some(minute)) = (parts.next(), parts.next()) else { return Err(UNREADABLE) };
    let second = parts.next().unwrap_or("00");
    let is_fraction = (1..=9).contains(&fraction.len()) && fraction.bytes().all(|byte| byte.is_ascii_digit());
    if !is_fraction {
        return Err(UNREADABLE);
    }
    let nanos: u32 = format!("{fraction:0<9}").parse().map_err(|_| UNREADABLE)?;
    NaiveTime::from_hms_nano_opt(number(hour, 2)?, number(minute, 2)?, number(second, 2)?, nanos)
        .ok_or(UNREADABLE)
}

/// East of UTC is positive: `Z`, `UTC`, `+02`, `+0200`, `+02:00` or nothing.
fn offset_of(text: &str) -> Result<TimeDelta, &'static str> {
    if matches!(text, "" | "Z" | "z" | "UTC") {
        return Ok(TimeDelta::zero());
    }
    let (sign, digits) = match text.split_at_checked(1) {
        Some(("+", digits)) => (1, digits),
        Some(("-", digits)) => (-1, digits),
        _ => return Err(UNREADABLE),
    };
    let (hours, minutes) = match digits.split_at_checked(2) {
        Some((hours, "")) => (number(hours, 2)?, 0),
        Some((hours, minutes)) => (number(hours, 2)?, number(minutes.trim_start_matches(':'), 2)?),
        None => return Err(UNREADABLE),
    };
    if hours > 18 || minutes > 59 {
        return Err(UNREADABLE);
    }
    Ok(TimeDelta::minutes(sign * i64::from(hours * 60 + minutes)))
}

/// A number of exactly so many digits.
fn number(text: &str, digits: usize) -> Result<u32, &'static str> {
    if text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().map_err(|_| UNREADABLE)
    } else {
        Err(UNREADABLE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_notation_of_real_files_is_the_same_moment() {
        for text in [
            "2024-10-01",
            "2024-10-01 00:00:00",
            "2024-10-01T00:00Z",
            "2024-10-01T00:00:00.000Z",
            "2024-10-01 00:00:00 UTC",
            "2024-10-01T02:00:00+02:00",
            "2024-09-30T17:00:00-0700",
            "2024-10-01T01:00:00+01",
        ] {
            assert_eq!(moment(text).unwrap().to_string(), "2024-10-01T00:00:00Z", "{text}");
        }
        assert_eq!(moment("2024-10-01T00:00:00.25").unwrap().to_string(), "2024-10-01T00:00:00.250Z");
    }

    #[test]
    fn days_that_can_be_read_in_two_ways_are_refused_as_such() {
        for text in ["5/1/25", "05/01/2025", "2025/05/01"] {
            assert_eq!(moment(text), Err(AMBIGUOUS));
        }
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "-1",
            "20241001",
            "2024-13-01",
            "2023-02-29",
            "2024-10-01T",
            "2024-10-01T24:00",
            "2024-10-01T00",
            "2024-10-01T00:00:60",
            "2024-10-01T00:00:00X",
            "2024-10-01T00:00:00+2",
            "2024-10-01x",
            "٢٠٢٤-10-01",
            "2024-10-01T00:00:00.Z",
            "2024-10-01T00:00:00+19:00",
        ] {
            assert_eq!(moment(text), Err(UNREADABLE), "{text}");
        }
        for text in ["0001-01-01", "9999-12-31", "1970-01-01T00:00:00+01:00"] {
            assert_eq!(moment(text), Err(OUT_OF_RANGE), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "\\PC{0,30}") {
            let _read = moment(&text);
        }
    }
}
