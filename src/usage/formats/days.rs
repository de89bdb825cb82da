//! Days written with slashes, as exports of Azure have them: whether `9/2/2023` is in September or in February is told
//! by the whole file, in which some day is past the twelfth.

use chrono::{Datelike, NaiveDate};

use super::times::moment;

const UNREADABLE: &str = "Not a day such as 2023-09-02 or 09/02/2023";
const UNCLEAR: &str = "No day of the file is past the twelfth, so that this may be day/month or month/day; write days as 2023-09-02";
const MIXED: &str = "The file has days as month/day and as day/month; write days as 2023-09-02";

/// How a file writes its days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Days {
    /// Nothing tells; a day that is the same both ways, such as `02/02/2021`, can be read all the same.
    #[default]
    Unclear,
    MonthFirst,
    DayFirst,
    /// Some days can only be read one way, and some only the other.
    Mixed,
}

impl Days {
    /// What is known after one more cell.
    pub(super) fn seeing(self, text: &str) -> Self {
        let Some((first, second, _)) = parts(text) else { return self };
        let told = match (first > 12, second > 12) {
            (true, false) => Self::DayFirst,
            (false, true) => Self::MonthFirst,
            _ => return self,
        };
        match self {
            Self::Unclear => told,
            known if known == told => known,
            _ => Self::Mixed,
        }
    }
}

/// `9/2/2023` as its numbers.
fn parts(text: &str) -> Option<(u32, u32, i32)> {
    let day = text.trim().split(' ').next().unwrap_or_default();
    let mut parts = day.split('/');
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    let is_number = |part: &str, digits| {
        (1..=digits).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if parts.next().is_some() || !is_number(first, 2) || !is_number(second, 2) || year.len() != 4 {
        return None;
    }
    Some((first.parse().ok()?, second.parse().ok()?, year.parse().ok()?))
}

/// Reads a day, with slashes or as [`moment`] does.
pub(super) fn day(text: &str, days: Days) -> Result<NaiveDate, &'static str> {
    if !text.contains('/') {
        return moment(text).map(|moment| moment.day());
    }
    let (first, second, year) = parts(text).ok_or(UNREADABLE)?;
    let (month, day) = match days {
        Days::MonthFirst => (first, second),
        Days::DayFirst => (second, first),
        Days::Unclear if first == second => (first, second),
        Days::Unclear => return Err(UNCLEAR),
        Days::Mixed => return Err(MIXED),
    };
    let day = NaiveDate::from_ymd_opt(year, month, day).ok_or(UNREADABLE)?;
    if (1970..2200).contains(&day.year()) { Ok(day) } else { Err("The year is not between 1970 and 2199") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(cells: &[&str]) -> Days {
        cells.iter().fold(Days::default(), |days, cell| days.seeing(cell))
    }

    #[test]
    fn one_day_past_the_twelfth_tells_how_all_are_written() {
        assert_eq!(seen(&["9/2/2023", "", "9/30/2023"]), Days::MonthFirst);
        assert_eq!(seen(&["30/9/2023", "2/9/2023"]), Days::DayFirst);
        assert_eq!(seen(&["9/30/2023", "30/9/2023", "9/30/2023"]), Days::Mixed);
        assert_eq!(seen(&["02/02/2021", "x/y/2021", "2023-09-30", "99/99/2021"]), Days::Unclear);
    }

    #[test]
    fn a_day_is_read_as_the_file_tells_or_refused_with_what_to_do() {
        let told = |text, days| day(text, days).map(|day| day.to_string());
        assert_eq!(told("9/2/2023", Days::MonthFirst).unwrap(), "2023-09-02");
        assert_eq!(told("09/02/2023", Days::DayFirst).unwrap(), "2023-02-09");
        assert_eq!(told("09/02/2023 00:00:00", Days::DayFirst).unwrap(), "2023-02-09");
        assert_eq!(told("2021-02-02", Days::Unclear).unwrap(), "2021-02-02");
        assert_eq!(told("02/02/2021", Days::Unclear).unwrap(), "2021-02-02");
        assert_eq!(told("9/2/2023", Days::Unclear), Err(UNCLEAR));
        assert_eq!(told("9/2/2023", Days::Mixed), Err(MIXED));
        for text in ["13/13/2023", "9/2/23", "9/2", "/", "2/30/2023", "٩/2/2023"] {
            assert_eq!(told(text, Days::MonthFirst), Err(UNREADABLE), "{text}");
        }
        assert!(told("1/1/1900", Days::DayFirst).is_err());
    }
}
