//! The charts of the Revenue Report.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::period_words;
use crate::reports::revenue::{Charged, Money, Totals};
use crate::reports::store;
use crate::reports::{Filter, Group};
use crate::values::{Currency, Month};
use crate::web::charts::{self, Chart, Entry, Figures, Label, Measure, Ranked, Series, Size, Split};

/// The charts over time show a year at least.
pub fn chart_start(filter: &Filter) -> Month {
    (0..11).fold(filter.to, |month, _| month.previous()).min(filter.from)
}

/// More months than these are not drawn; the newest are.
const MOST_MONTHS: usize = 60;

/// The months of a report.
pub struct Months<'f> {
    pub filter: &'f Filter,
    pub last_is_partial: bool,
}

impl Months<'_> {
    /// Net revenue by month and by what the report is grouped by; grouped by month, by both sides' shares.
    pub fn chart(&self, charged: &[Charged], currency: Currency) -> Chart {
        let own: Vec<&Charged> = charged.iter().filter(|one| one.currency == currency).collect();
        let months = self.shown(&own);
        let is_by_month = self.filter.group == Group::Month;
        let series = if is_by_month { shares(&own, &months) } else { by_name(&own, &months) };
        let by = if is_by_month { "side".into() } else { self.filter.group.words().to_lowercase() };
        let figures = Figures {
            title: format!("Net revenue by month and {by} in {currency}"),
            unfinished: months.iter().position(|month| self.last_is_partial && *month == self.filter.to),
            labels: months.into_iter().map(Label::month).collect(),
            series,
            before: None,
            measure: Measure::Money(currency),
        };
        charts::stacked_bars(figures, Size::ACROSS)
    }

    /// A year at least; of too many months the newest in which something was charged.
    fn shown(&self, charged: &[&Charged]) -> Vec<Month> {
        let months: Vec<Month> = chart_start(self.filter).through(self.filter.to).collect();
        if months.len() <= MOST_MONTHS {
            return months;
        }
        let last = charged.iter().map(|one| one.month).max().unwrap_or(self.filter.to);
        (1..MOST_MONTHS).fold(last, |month, _| month.previous()).through(last).collect()
    }

    /// How the whole report's net revenue is shared.
    pub fn split(&self, total: Money, currency: Currency) -> Split {
        let parts = [
            ("Provider share", total.provider_share.decimal()),
            ("Re-seller share", total.reseller_share.decimal()),
        ];
        let title = format!("Net revenue in {currency} by side, {}", period_words(self.filter));
        charts::split(title, &parts, &Measure::Money(currency), self.unfinished().as_deref(), Size::ACROSS)
    }

    /// The re-sellers by net revenue, for each currency; `open` leads to a re-seller's report.
    pub fn rankings(
        &self,
        ranking: &[store::Ranked],
        totals: &Totals,
        open: impl Fn(&store::Ranked) -> String,
    ) -> Vec<Ranked> {
        let entry = |row: &store::Ranked| Entry {
            name: row.reseller.clone(),
            href: open(row),
            note: String::new(),
            value: row.money.net.decimal(),
        };
        let ranked = |(currency, total): (&Currency, &Money)| {
            let (currency, whole) = (*currency, total.net.decimal());
            let own = ranking.iter().filter(|row| row.currency == currency);
            let title = format!("Net revenue by re-seller in {currency}, {}", period_words(self.filter));
            let unfinished = self.unfinished();
            let measure = Measure::Money(currency);
            let entries = own.map(entry).collect();
            charts::ranking(title, entries, whole, &measure, unfinished.as_deref(), Size::ACROSS)
        };
        let is_ranked = |currency: &Currency| ranking.iter().any(|row| row.currency == *currency);
        totals.iter().filter(|(currency, _)| is_ranked(currency)).map(ranked).collect()
    }

    /// The month that is not over.
    fn unfinished(&self) -> Option<String> {
        self.last_is_partial.then(|| Label::month(self.filter.to).full)
    }
}

fn by_name(charged: &[&Charged], months: &[Month]) -> Vec<Series> {
    let mut sums: BTreeMap<(&str, &str), BTreeMap<Month, Decimal>> = BTreeMap::new();
    for one in charged {
        let of_name = sums.entry((&one.name, &one.code)).or_default();
        *of_name.entry(one.month).or_default() += one.money.net.decimal();
    }
    let series = sums.into_iter().map(|((name, _), by_month)| {
        Series::new(
            name,
            months.iter().map(|month| by_month.get(month).copied().unwrap_or_default()).collect(),
        )
    });
    charts::largest(series.collect())
}

fn shares(charged: &[&Charged], months: &[Month]) -> Vec<Series> {
    let series = |name: &str, part: fn(&Money) -> Decimal| {
        let sum = |month: &Month| {
            charged.iter().filter(|one| one.month == *month).map(|one| part(&one.money)).sum()
        };
        Series::new(name, months.iter().map(sum).collect())
    };
    vec![
        series("Provider share", |money| money.provider_share.decimal()),
        series("Re-seller share", |money| money.reseller_share.decimal()),
    ]
}
