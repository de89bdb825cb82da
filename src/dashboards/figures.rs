//! The charts of the home pages.

use std::collections::BTreeMap;

use chrono::{Duration, Months, NaiveDate};
use rust_decimal::Decimal;

use super::store::{MonthMoney, Part};
use crate::requests::funnel::{Funnel, Stage};
use crate::values::{Currency, Month, Scope, Timestamp};
use crate::web::charts::{self, Chart, Entry, Figures, Label, Measure, Ranked, Series, Size, Split};
use crate::web::filters::{counted, rounded};
use crate::web::links::address;

/// How many months the revenue goes back, the running one included.
const MONTHS: usize = 12;

/// The first month of the revenue's chart.
pub fn first_month(last: Month) -> Month {
    (1..MONTHS).fold(last, |month, _| month.previous())
}

/// From when on the requests are counted: twelve months ago.
pub fn funnel_start(today: NaiveDate) -> Timestamp {
    Timestamp::start_of(today.checked_sub_months(Months::new(12)).unwrap_or(today))
}

/// Net revenue by re-seller or bundle and month, in the currency that has most of it.
pub fn revenue(parts: &[Part], last: Month, scope: Scope) -> Option<Chart> {
    let currency = main_currency(parts)?;
    let months: Vec<Month> = first_month(last).through(last).collect();
    let mut names: Vec<&str> = Vec::new();
    for part in parts.iter().filter(|part| part.currency == currency) {
        if !names.contains(&part.name.as_str()) {
            names.push(&part.name);
        }
    }
    let value = |name: &str, month: Month| {
        let is_it = |part: &&Part| part.name == name && part.month == month && part.currency == currency;
        parts.iter().filter(is_it).map(|part| part.net.decimal()).sum()
    };
    let series = names
        .into_iter()
        .map(|name| Series::new(name, months.iter().map(|month| value(name, *month)).collect()))
        .collect();
    // The database chose the largest re-sellers and added the others up.
    let (by, series) = match scope {
        Scope::Root => ("re-seller", series),
        Scope::Reseller(_) => ("bundle", charts::largest(series)),
    };
    let figures = Figures {
        title: format!("Net revenue by {by} and month in {currency}"),
        unfinished: months.len().checked_sub(1),
        labels: months.iter().map(|month| Label::month(*month)).collect(),
        series,
        before: None,
        measure: Measure::Money(currency),
    };
    Some(charts::stacked_bars(figures, Size::HALF))
}

/// The currency with most revenue; a chart never adds two.
fn main_currency(parts: &[Part]) -> Option<Currency> {
    let mut totals: Vec<(Currency, Decimal)> = Vec::new();
    for part in parts {
        match totals.iter_mut().find(|(currency, _)| *currency == part.currency) {
            Some((_, total)) => *total += part.net.decimal(),
            None => totals.push((part.currency, part.net.decimal())),
        }
    }
    totals.into_iter().max_by_key(|(_, total)| *total).map(|(currency, _)| currency)
}

/// How the running month is shared, for each currency.
pub fn splits(money: &[MonthMoney], month: Month, scope: Scope) -> BTreeMap<Currency, Split> {
    let split = |row: &MonthMoney| {
        let (provider, reseller) = (row.provider.decimal(), row.reseller.decimal());
        let parts = match scope {
            Scope::Root => [("Your share", provider), ("Re-sellers’ share", reseller)],
            Scope::Reseller(_) => [("Provider’s share", provider), ("Your share", reseller)],
        };
        let title = format!("Net revenue in {} by side", row.currency);
        let month = Label::month(month).full;
        charts::split(title, &parts, &Measure::Money(row.currency), Some(&month), Size::ACROSS)
    };
    money.iter().map(|row| (row.currency, split(row))).collect()
}

/// The month's re-sellers, a ranking for each currency; each name opens the re-seller's report.
pub fn rankings(parts: &[Part], money: &[MonthMoney], month: Month) -> Vec<Ranked> {
    let ranking = |row: &MonthMoney| {
        let own = parts.iter().filter(|part| part.month == month && part.currency == row.currency);
        let title = format!("Net revenue by re-seller in {}", row.currency);
        let (measure, unfinished) = (Measure::Money(row.currency), Label::month(month).full);
        let entries = own.map(entry).collect();
        charts::ranking(title, entries, row.net.decimal(), &measure, Some(&unfinished), Size::HALF)
    };
    money.iter().map(ranking).collect()
}

fn entry(part: &Part) -> Entry {
    let (month, currency) = (part.month.to_string(), part.currency.to_string());
    let report = |reseller: &str| {
        let parts = [("from", &*month), ("to", &month), ("currency", &currency), ("reseller", reseller)];
        address("/reports/revenue", &parts)
    };
    Entry {
        name: part.name.clone(),
        href: part.reseller.map(|id| report(&id.to_string())).unwrap_or_default(),
        note: String::new(),
        value: part.net.decimal(),
    }
}

/// How far the requests came, unless there were none.
pub fn funnel(funnel: &Funnel) -> Option<Ranked> {
    let (sent, accepted) = funnel.ends();
    if sent == 0 {
        return None;
    }
    let time = funnel.whole.map(|time| format!(", after {} (median)", days(time))).unwrap_or_default();
    let requests = counted(i64::try_from(sent).unwrap_or(i64::MAX), "request");
    let conclusion =
        format!("Of {requests} sent in the last 12 months {accepted} came to an account so far{time}.");
    let stages: Vec<_> = funnel.stages.iter().map(stage).collect();
    let title = "Requests of the last 12 months by stage".to_owned();
    Some(charts::funnel(title, conclusion, &stages, &Measure::Unit(String::new()), Size::HALF))
}

fn stage(stage: &Stage) -> Entry {
    Entry {
        name: stage.state.words().to_owned(),
        href: String::new(),
        note: stage.after.map(|time| format!("after {} (median)", days(time))).unwrap_or_default(),
        value: Decimal::from(stage.reached),
    }
}

/// `2.5 days`, `1 day`.
fn days(time: Duration) -> String {
    let days = rounded(Decimal::from(time.num_minutes()) / Decimal::from(24 * 60), 1);
    match days.strip_suffix(".0").unwrap_or(&days) {
        "1" => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &str, currency: &str, net: &str) -> Part {
        Part {
            month: "2026-11".parse().unwrap(),
            currency: currency.parse().unwrap(),
            name: name.into(),
            reseller: None,
            net: net.parse().unwrap(),
        }
    }

    #[test]
    fn the_ranking_never_compares_two_currencies() {
        let parts = [part("A", "USD", "30"), part("B", "EUR", "900"), part("C", "USD", "70")];
        let money = [("EUR", "900"), ("USD", "100")].map(|(currency, net)| MonthMoney {
            currency: currency.parse().unwrap(),
            net: net.parse().unwrap(),
            reseller: "0".parse().unwrap(),
            provider: net.parse().unwrap(),
        });
        let shown: Vec<Vec<_>> = rankings(&parts, &money, "2026-11".parse().unwrap())
            .into_iter()
            .map(|ranking| ranking.rows.into_iter().map(|row| (row.name, row.percent)).collect())
            .collect();
        let row = |name: &str, percent: &str| (name.to_owned(), percent.to_owned());
        assert_eq!(shown, [vec![row("B", "100%")], vec![row("C", "70%"), row("A", "30%")]]);
    }

    #[test]
    fn a_time_is_told_in_days_to_a_tenth() {
        let told =
            [Duration::hours(60), Duration::days(1), Duration::minutes(10), Duration::days(21)].map(days);
        assert_eq!(told, ["2.5 days", "1 day", "0 days", "21 days"]);
    }
}
