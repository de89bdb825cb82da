//! The charts of the Product Usage Report: the period over time, beside the period before.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};
use rust_decimal::Decimal;

use super::period_words;
use crate::reports::usage::Row;
use crate::reports::{Filter, Group};
use crate::values::{Month, Quantity};
use crate::web::charts::{self, Chart, Figures, Label, Measure, Series, Size};

/// More places than these are not drawn; the newest are.
const MOST_PLACES: usize = 60;

/// What one place of the time axis is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Day,
    /// Seven days counted from the first of the period, so that both periods begin alike.
    SevenDays,
    Month,
}

/// The time axis of a report.
pub struct Time<'f> {
    filter: &'f Filter,
    today: NaiveDate,
    step: Step,
}

/// Quantities of one unit by product and place.
type Places<'r> = BTreeMap<&'r str, BTreeMap<usize, Decimal>>;

impl<'f> Time<'f> {
    pub fn new(filter: &'f Filter, today: NaiveDate) -> Self {
        let step = match filter.from.through(filter.to).count() {
            1 => Step::Day,
            2 | 3 => Step::SevenDays,
            _ => Step::Month,
        };
        Self { filter, today, step }
    }

    /// What the rows of the chart must be grouped by.
    pub fn group(filter: &Filter) -> Group {
        if filter.from.through(filter.to).count() > 3 { Group::Month } else { Group::Day }
    }

    /// One chart for each of the first three units: quantity over time by product, with that of the period before.
    pub fn charts(&self, [now, before]: &[Vec<Row>; 2], units: &BTreeMap<String, Quantity>) -> Vec<Chart> {
        units.keys().take(3).map(|unit| self.chart(now, before, unit)).collect()
    }

    fn chart(&self, now: &[Row], before: &[Row], unit: &str) -> Chart {
        let earlier = self.filter.before();
        let now = self.places(now, unit, self.filter.from.first_day());
        let mut then: BTreeMap<usize, Decimal> = BTreeMap::new();
        for (place, quantity) in self.places(before, unit, earlier.from.first_day()).values().flatten() {
            *then.entry(*place).or_default() += *quantity;
        }
        let shown = self.shown(&now, &earlier);
        let values = |by_place: &BTreeMap<usize, Decimal>| {
            shown.clone().map(|place| by_place.get(&place).copied().unwrap_or_default()).collect::<Vec<_>>()
        };
        let series = now.iter().map(|(product, by_place)| Series::new(*product, values(by_place)));
        let has_before =
            shown.clone().any(|place| then.get(&place).is_some_and(|quantity| !quantity.is_zero()));
        let named = || Series::new(format!("Before: {}", period_words(&earlier)), values(&then));
        let figures = Figures {
            title: match unit {
                "" => "Usage without unit".to_owned(),
                _ => format!("Usage in {unit}"),
            },
            labels: shown.clone().map(|place| self.label(place)).collect(),
            series: charts::largest(series.collect()),
            before: has_before.then(named),
            measure: Measure::Unit(unit.to_owned()),
            unfinished: self.running().and_then(|place| place.checked_sub(shown.start)),
        };
        charts::stacked_bars(figures, Size::ACROSS)
    }

    fn places<'r>(&self, rows: &'r [Row], unit: &str, start: NaiveDate) -> Places<'r> {
        let mut places = Places::new();
        for row in rows.iter().filter(|row| row.labels.unit == unit) {
            let of_product = places.entry(row.labels.product.as_str()).or_default();
            *of_product.entry(self.place(row.from, start)).or_default() += decimal(row.quantity);
        }
        places
    }

    /// The places that are drawn: both periods from their beginning, or the newest ones when these are too many.
    fn shown(&self, now: &Places, earlier: &Filter) -> std::ops::Range<usize> {
        let count = |filter: &Filter| {
            let last = filter.to.end().pred_opt().unwrap_or(filter.to.first_day());
            self.place(last, filter.from.first_day()) + 1
        };
        let all = count(self.filter).max(count(earlier));
        if all <= MOST_PLACES {
            return 0..all;
        }
        let end = now.values().flat_map(BTreeMap::keys).max().map_or(all, |last| last + 1);
        end.saturating_sub(MOST_PLACES)..end
    }

    /// Which place a day falls into, counted from the first day of its period.
    fn place(&self, day: NaiveDate, start: NaiveDate) -> usize {
        let days = (day - start).num_days();
        let place = match self.step {
            Step::Day => days,
            Step::SevenDays => days / 7,
            Step::Month => {
                let months = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
                months(day) - months(start)
            }
        };
        usize::try_from(place).unwrap_or_default()
    }

    /// Where today is, if it is in the period.
    fn running(&self) -> Option<usize> {
        let (start, end) = (self.filter.from.first_day(), self.filter.to.end());
        (start..end).contains(&self.today).then(|| self.place(self.today, start))
    }

    fn label(&self, place: usize) -> Label {
        let count = u64::try_from(place).unwrap_or_default();
        let start = self.filter.from.first_day();
        let last = self.filter.to.end().pred_opt().unwrap_or(start);
        let after = |days: u64| start.checked_add_days(Days::new(days)).unwrap_or(last);
        match self.step {
            Step::Day if after(count) > last => {
                Label::new("", format!("Day {} of the period before", place + 1))
            }
            Step::Day => Label::day(after(count)),
            Step::SevenDays if after(count * 7) > last => {
                Label::new("", format!("Days from the {}th on of the period before", place * 7 + 1))
            }
            Step::SevenDays => {
                let (from, to) = (after(count * 7), after(count * 7 + 6).min(last));
                Label::new(
                    from.format("%-d %b").to_string(),
                    format!("{} to {}", from.format("%-d %b"), to.format("%-d %b %Y")),
                )
            }
            Step::Month => Label::month((0..place).fold(self.filter.from, |month, _| Month::of(month.end()))),
        }
    }
}

/// For drawing only: six decimals are more than a picture shows.
pub fn decimal(quantity: Quantity) -> Decimal {
    Decimal::try_from_i128_with_scale(quantity.units() / 10i128.pow(12), 6).unwrap_or_default()
}
