//! Calendar months and half-open ranges of days, in UTC for everyone.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::{Serialize, Serializer};

/// A calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i32,
    month: u32,
}

/// A month that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter a month as 2026-11")]
pub struct MonthFault;

impl Month {
    /// The month of a day.
    pub fn of(day: NaiveDate) -> Self {
        Self { year: day.year(), month: day.month() }
    }

    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, self.month, 1).unwrap_or(NaiveDate::MIN)
    }

    /// The first day after the month.
    pub fn end(self) -> NaiveDate {
        self.next().first_day()
    }

    pub fn all_days(self) -> Days {
        Days { from: self.first_day(), until: self.end() }
    }

    /// How many days it has.
    pub fn days(self) -> u32 {
        self.all_days().len()
    }

    pub fn next(self) -> Self {
        if self.month == 12 {
            Self { year: self.year + 1, month: 1 }
        } else {
            Self { month: self.month + 1, ..self }
        }
    }

    pub fn previous(self) -> Self {
        if self.month == 1 {
            Self { year: self.year - 1, month: 12 }
        } else {
            Self { month: self.month - 1, ..self }
        }
    }

    /// Each month from this one to `last`, both included; none when `last` is earlier.
    pub fn through(self, last: Self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |month| Some(month.next())).take_while(move |month| *month <= last)
    }
}

impl FromStr for Month {
    type Err = MonthFault;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let (year, month) = text.split_once('-').ok_or(MonthFault)?;
        if year.len() != 4 || month.len() != 2 {
            return Err(MonthFault);
        }
        if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            return Err(MonthFault);
        }
        let (Ok(year), Ok(month)) = (year.parse::<i32>(), month.parse::<u32>()) else {
            return Err(MonthFault);
        };
        let is_month = (1900..=9998).contains(&year) && (1..=12).contains(&month);
        if is_month { Ok(Self { year, month }) } else { Err(MonthFault) }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}", self.year, self.month))
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A day that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter a day as 2026-11-23")]
pub struct DayFault;

/// A day as people and date fields type it, from 1900 to 9998.
pub fn parse_day(text: &str) -> Result<NaiveDate, DayFault> {
    let day = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").map_err(|_| DayFault)?;
    if (1900..=9998).contains(&day.year()) { Ok(day) } else { Err(DayFault) }
}

/// Days from `from` up to but without `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Days {
    pub from: NaiveDate,
    pub until: NaiveDate,
}

impl Days {
    /// `None` when it would end before it begins.
    pub fn new(from: NaiveDate, until: NaiveDate) -> Option<Self> {
        (from <= until).then_some(Self { from, until })
    }

    pub fn len(self) -> u32 {
        u32::try_from((self.until - self.from).num_days()).unwrap_or(0)
    }

    pub fn is_empty(self) -> bool {
        self.from >= self.until
    }

    pub fn contains(self, day: NaiveDate) -> bool {
        self.from <= day && day < self.until
    }

    /// What both have; `None` when that is nothing.
    pub fn intersect(self, other: Self) -> Option<Self> {
        let both = Self { from: self.from.max(other.from), until: self.until.min(other.until) };
        (!both.is_empty()).then_some(both)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    #[test]
    fn months_know_their_days_and_neighbours() {
        assert_eq!(month("2024-02").days(), 29);
        assert_eq!(month("2026-12").next(), month("2027-01"));
        assert_eq!(month("2026-01").previous(), month("2025-12"));
        assert_eq!(month("2025-11").through(month("2026-02")).count(), 4);
        assert_eq!(month("2026-02").through(month("2026-01")).count(), 0);
        for wrong in ["2026-13", "2026-1", "26-01", "", "2026", "0000-01"] {
            assert!(wrong.parse::<Month>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn days_are_read_as_date_fields_send_them() {
        assert_eq!(parse_day(" 2024-02-29 "), Ok(month("2024-02").end().pred_opt().unwrap()));
        for wrong in ["", "2026-02-29", "29.2.2024", "0001-01-01", "9999-01-01"] {
            assert_eq!(parse_day(wrong), Err(DayFault), "{wrong}");
        }
    }

    #[test]
    fn ranges_of_days_are_half_open() {
        let month = month("2026-11").all_days();
        assert!(month.contains(month.from) && !month.contains(month.until));
        let later = Days { from: month.until, until: month.until + chrono::Days::new(1) };
        assert_eq!(month.intersect(later), None);
        assert_eq!(Days::new(month.until, month.from), None);
    }
}
