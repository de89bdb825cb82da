//! The values of a chart, cut down to what a reader can tell apart.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::values::Month;

/// The most series that are drawn by name; the rest is one series, "Others".
pub const MOST_SERIES: usize = 4;

/// One place on the axis of time: what stands under it, and its full name for sentences and tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    pub short: String,
    pub full: String,
}

impl Label {
    pub fn new(short: impl Into<String>, full: impl Into<String>) -> Self {
        Self { short: short.into(), full: full.into() }
    }

    /// `Nov` under the axis, `Nov 2026` elsewhere.
    pub fn month(month: Month) -> Self {
        let day = month.first_day();
        Self::new(day.format("%b").to_string(), day.format("%b %Y").to_string())
    }

    /// `23 Nov` under the axis, `23 Nov 2026` elsewhere.
    pub fn day(day: NaiveDate) -> Self {
        Self::new(day.format("%-d %b").to_string(), day.format("%-d %b %Y").to_string())
    }
}

/// A named row of values, one per label. Missing values at the end count as zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    pub name: String,
    pub values: Vec<Decimal>,
}

impl Series {
    pub fn new(name: impl Into<String>, values: Vec<Decimal>) -> Self {
        Self { name: name.into(), values }
    }

    /// The value at `index`; zero where there is none.
    pub fn at(&self, index: usize) -> Decimal {
        self.values.get(index).copied().unwrap_or_default()
    }

    fn weight(&self) -> Decimal {
        self.values.iter().map(Decimal::abs).sum()
    }
}

/// The four largest series, largest first, and the sum of the others as a fifth.
///
/// Five series stay five: a lone "other" would only hide its name.
pub fn largest(mut series: Vec<Series>) -> Vec<Series> {
    series.sort_by_key(|one| std::cmp::Reverse(one.weight()));
    if series.len() <= MOST_SERIES + 1 {
        return series;
    }
    let others = series.split_off(MOST_SERIES);
    let length = others.iter().map(|one| one.values.len()).max().unwrap_or_default();
    let sum = |index| others.iter().map(|one| one.at(index)).sum();
    series.push(Series::new(format!("{} others", others.len()), (0..length).map(sum).collect()));
    series
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(count: i64) -> Vec<Series> {
        (1..=count).map(|n| Series::new(n.to_string(), vec![Decimal::from(n), Decimal::ONE])).collect()
    }

    #[test]
    fn the_four_largest_keep_their_names_and_the_rest_is_summed() {
        let drawn = largest(series(7));
        let names: Vec<_> = drawn.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["7", "6", "5", "4", "3 others"]);
        assert_eq!(
            drawn.last().map(|one| one.values.clone()),
            Some(vec![Decimal::from(6), Decimal::from(3)])
        );
    }

    #[test]
    fn five_series_are_all_named() {
        assert_eq!(largest(series(5)).len(), 5);
    }
}
