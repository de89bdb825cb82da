//! The Product Usage Report: how much of each product was used.

use std::collections::{BTreeMap, HashMap};

use chrono::{Datelike, NaiveDate};
use serde::Serialize;

use super::{Filter, Group};
use crate::values::{Month, OutOfRange, Quantity};

/// A sum of usage as the database gives it; `day` only when the report is grouped by time.
#[derive(Debug, Clone)]
pub struct Used {
    pub labels: Labels,
    pub day: Option<NaiveDate>,
    pub quantity: Quantity,
}

/// What a row is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Labels {
    pub reseller: String,
    pub channel_name: String,
    pub channel_code: String,
    pub customer: String,
    pub bundle: String,
    pub product: String,
    pub sku: String,
    pub category: String,
    pub unit: String,
}

/// A row of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    #[serde(flatten)]
    pub labels: Labels,
    /// The day, the week (`2026-W47`) or the month; empty otherwise.
    pub period: String,
    pub quantity: Quantity,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

/// The rows: one for each channel, bundle, product and unit, and for each customer or period when grouped so.
pub fn rows(used: Vec<Used>, filter: &Filter) -> Result<Vec<Row>, OutOfRange> {
    let whole = filter.days();
    let last = whole.until.pred_opt().unwrap_or(whole.until);
    // A year has many days and few labels: each of these is compared once.
    let mut subjects = Subjects::default();
    let mut sums: BTreeMap<(usize, String), (Quantity, NaiveDate, NaiveDate)> = BTreeMap::new();
    for Used { mut labels, day, quantity } in used {
        if filter.group != Group::Customer {
            labels.customer.clear();
        }
        let (period, from, to) = period(filter.group, day, (whole.from, last));
        let sum = sums.entry((subjects.number(labels), period)).or_insert((Quantity::ZERO, from, to));
        sum.0 = sum.0.checked_add(quantity)?;
    }
    let labels = subjects.in_order(filter.group);
    let mut rows: Vec<(usize, Row)> = sums
        .into_iter()
        .filter_map(|((number, period), (quantity, from, to))| {
            let (place, labels) = labels.get(number)?;
            Some((*place, Row { labels: labels.clone(), period, quantity, from, to }))
        })
        .collect();
    // Periods are in order already.
    rows.sort_by_key(|(place, _)| *place);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// What rows are about, numbered as it comes.
#[derive(Default)]
struct Subjects(HashMap<Labels, usize>);

impl Subjects {
    fn number(&mut self, labels: Labels) -> usize {
        let next = self.0.len();
        *self.0.entry(labels).or_insert(next)
    }

    /// By its number: its place among the others, and what it is.
    fn in_order(self, group: Group) -> Vec<(usize, Labels)> {
        let mut sorted: Vec<(Labels, usize)> = self.0.into_iter().collect();
        sorted.sort_by_cached_key(|(labels, _)| (order(group, labels), labels.clone()));
        let mut numbered: Vec<(usize, (usize, Labels))> = sorted
            .into_iter()
            .enumerate()
            .map(|(place, (labels, number))| (number, (place, labels)))
            .collect();
        numbered.sort_by_key(|(number, _)| *number);
        numbered.into_iter().map(|(_, placed)| placed).collect()
    }
}

/// What the rows are sorted by first.
fn order(group: Group, labels: &Labels) -> Vec<String> {
    match group {
        Group::Bundle => vec![labels.reseller.clone(), labels.bundle.clone()],
        Group::Customer => vec![labels.reseller.clone(), labels.customer.clone()],
        _ => vec![labels.product.clone(), labels.reseller.clone()],
    }
}

fn period(
    group: Group,
    day: Option<NaiveDate>,
    whole: (NaiveDate, NaiveDate),
) -> (String, NaiveDate, NaiveDate) {
    match (group, day) {
        (Group::Day, Some(day)) => (day.to_string(), day, day),
        (Group::Week, Some(day)) => {
            let week = day.week(chrono::Weekday::Mon);
            let (first, last) = (week.first_day().max(whole.0), week.last_day().min(whole.1));
            (format!("{}-W{:02}", day.iso_week().year(), day.iso_week().week()), first, last)
        }
        (Group::Month, Some(day)) => {
            let month = Month::of(day);
            (month.to_string(), month.first_day(), month.end().pred_opt().unwrap_or(day))
        }
        _ => (String::new(), whole.0, whole.1),
    }
}

/// The quantity of each unit; units are never added.
pub fn totals(rows: &[Row]) -> Result<BTreeMap<String, Quantity>, OutOfRange> {
    let mut totals: BTreeMap<String, Quantity> = BTreeMap::new();
    for row in rows {
        let sum = totals.entry(row.labels.unit.clone()).or_default();
        *sum = sum.checked_add(row.quantity)?;
    }
    Ok(totals)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(product: &str, customer: &str, day: &str, quantity: &str) -> Used {
        let text = |text: &str| text.to_owned();
        let labels = Labels {
            reseller: text("Kestrel"),
            channel_name: text("Kestrel"),
            channel_code: text("KESTREL"),
            customer: text(customer),
            bundle: text("Compute M"),
            product: text(product),
            sku: text(product),
            category: text("Compute"),
            unit: text("Hours"),
        };
        Used { labels, day: day.parse().ok(), quantity: quantity.parse().unwrap() }
    }

    fn filter(group: Group) -> Filter {
        Filter::month("2026-11".parse().unwrap(), group)
    }

    #[test]
    fn customers_are_added_unless_the_report_asks_for_them() {
        let all = vec![used("CPU", "A", "2026-11-01", "0.1"), used("CPU", "B", "2026-11-01", "0.2")];
        let quantities = |group| -> Vec<String> {
            rows(all.clone(), &filter(group)).unwrap().iter().map(|row| row.quantity.to_string()).collect()
        };
        assert_eq!(
            (quantities(Group::Product), quantities(Group::Customer)),
            (vec!["0.3".into()], vec!["0.1".into(), "0.2".into()])
        );
    }

    #[test]
    fn weeks_are_cut_at_the_period() {
        let rows = rows(vec![used("CPU", "A", "2026-11-01", "1")], &filter(Group::Week)).unwrap();
        let row = &rows[0];
        assert_eq!(
            (row.period.as_str(), row.from.to_string(), row.to.to_string()),
            ("2026-W44", "2026-11-01".into(), "2026-11-01".into())
        );
    }
}
