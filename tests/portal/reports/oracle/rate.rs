//! The month's charge lines in exact fractions.

use chrono::{Days, NaiveDate};
use num_bigint::BigInt;
use num_traits::Zero;

use super::fraction::{Fraction, fraction, percent, rounded, whole};
use super::read::{Sorted, Used};
use super::scenario::*;

/// A charge line; amounts in minor units of its currency.
#[derive(Debug, Clone)]
pub struct Line {
    pub sale: usize,
    pub rule: Rule,
    pub price: &'static str,
    pub first: NaiveDate,
    pub last: NaiveDate,
    pub quantity: Fraction,
    pub included: Fraction,
    pub billable: Fraction,
    pub cost: Fraction,
    exact: Fraction,
    exact_reference: Fraction,
}

impl Line {
    pub fn currency(&self) -> &'static str {
        currency(&SALES[self.sale])
    }

    pub fn gross(&self) -> BigInt {
        rounded(&self.exact, decimals(self.currency()))
    }

    pub fn reference(&self) -> BigInt {
        rounded(&self.exact_reference, decimals(self.currency()))
    }
}

fn currency(sale: &Sale) -> &'static str {
    BUYERS.iter().find(|buyer| buyer.id == sale.buyer).unwrap().currency
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn offer(sale: &Sale) -> &'static Offer {
    OFFERS.iter().find(|offer| offer.code == sale.offer).unwrap()
}

/// The price version in effect on a day: the channel's own before the reference.
fn version(sale: &Sale, on: NaiveDate, books: &[bool]) -> Option<&'static Price> {
    books.iter().find_map(|is_own| {
        let begun = PRICES.iter().filter(|price| price.is_own == *is_own && day(price.from) <= on);
        begun.rev().find(|price| price.offer == sale.offer && price.currency == currency(sale))
    })
}

/// Who pays what on a day, with the day from which it holds; a frozen sale keeps the prices of its first day.
pub fn price_on(sale: &Sale, rule: usize, on: NaiveDate) -> Option<(&'static str, &'static str)> {
    let asked = if sale.is_frozen { day(sale.quantities[0].0) } else { on };
    version(sale, asked, &[true, false]).map(|price| (price.values[rule], price.from))
}

fn reference_on(sale: &Sale, rule: usize, on: NaiveDate) -> Option<&'static str> {
    version(sale, on, &[false]).map(|price| price.values[rule])
}

/// What a price does to units or to a cost.
fn factor(rule: Rule, price: &str) -> Fraction {
    match rule {
        Rule::CostPlus(_) => whole(1) + percent(price),
        _ => fraction(price),
    }
}

pub fn lines(sorted: &Sorted) -> Vec<Line> {
    let nothing = Vec::new();
    let of_sale = |place: usize| {
        let used = sorted.rated.get(&place).unwrap_or(&nothing);
        let rules = offer(&SALES[place]).rules.iter().enumerate();
        rules.flat_map(move |(at, rule)| match rule {
            Rule::OneTime => one_time(place, at),
            Rule::Recurring => recurring(place, at),
            Rule::PerUnit(sku) | Rule::CostPlus(sku) => {
                let of_sku: Vec<&Used> = used.iter().filter(|one| one.sku == *sku).collect();
                usage(place, at, sku, &of_sku)
            }
        })
    };
    (0..SALES.len()).flat_map(of_sale).collect()
}

fn empty(place: usize, at: usize, price: &'static str, first: NaiveDate) -> Line {
    let rule = offer(&SALES[place]).rules[at];
    let [quantity, included, billable, cost, exact, exact_reference] = [(); 6].map(|()| Fraction::zero());
    Line {
        sale: place,
        rule,
        price,
        first,
        last: first,
        quantity,
        included,
        billable,
        cost,
        exact,
        exact_reference,
    }
}

fn flat(place: usize, at: usize, priced: NaiveDate, units: i64, part: Fraction) -> Option<Line> {
    let sale = &SALES[place];
    let (price, _) = price_on(sale, at, priced)?;
    let billable = whole(units) * part;
    let reference = reference_on(sale, at, priced).unwrap_or(price);
    Some(Line {
        quantity: whole(units),
        exact: &billable * fraction(price),
        exact_reference: &billable * fraction(reference),
        billable,
        ..empty(place, at, price, priced)
    })
}

fn one_time(place: usize, at: usize) -> Vec<Line> {
    let (start, units) = SALES[place].quantities[0];
    let is_new = start.starts_with(MONTH);
    is_new.then(|| flat(place, at, day(start), units, whole(1))).flatten().into_iter().collect()
}

/// Days of equal quantity in the month: first, last, units.
fn stretches(sale: &Sale) -> Vec<(NaiveDate, NaiveDate, i64)> {
    let (first, next) = (day("2024-09-01"), day("2024-10-01"));
    let end = sale.end.map_or(next, |end| day(end).min(next));
    let ends = sale.quantities.iter().skip(1).map(|(from, _)| day(from)).chain([end]);
    let all = sale.quantities.iter().zip(ends);
    all.map(|((from, units), until)| (day(from).max(first), until.min(end) - Days::new(1), *units)).collect()
}

fn part(first: NaiveDate, last: NaiveDate) -> Fraction {
    whole((last - first).num_days() + 1) / whole(DAYS)
}

fn recurring(place: usize, at: usize) -> Vec<Line> {
    let stretches = stretches(&SALES[place]);
    let priced = stretches[0].0;
    let line = |(first, last, units)| {
        let line = flat(place, at, priced, units, part(first, last))?;
        Some(Line { first, last, ..line })
    };
    stretches.into_iter().filter_map(line).collect()
}

fn usage(place: usize, at: usize, sku: &str, used: &[&Used]) -> Vec<Line> {
    let sale = &SALES[place];
    let mut lines: Vec<(&str, Line)> = Vec::new();
    let mut before = Fraction::zero();
    for one in used {
        let (price, from) = price_on(sale, at, one.day).unwrap();
        if lines.last().is_none_or(|(known, _)| *known != from) {
            lines.push((from, empty(place, at, price, one.day)));
        }
        let (_, line) = lines.last_mut().unwrap();
        let after = &before + &one.quantity;
        let free = match line.rule {
            Rule::PerUnit(_) => free(sale, sku, &after) - free(sale, sku, &before),
            _ => Fraction::zero(),
        };
        before = after;
        let billable = &one.quantity - &free;
        let counted =
            if matches!(line.rule, Rule::CostPlus(_)) { one.cost.clone() } else { billable.clone() };
        let reference = reference_on(sale, at, one.day).unwrap_or(price);
        line.last = one.day;
        line.exact += &counted * factor(line.rule, price);
        line.exact_reference += &counted * factor(line.rule, reference);
        line.quantity += &one.quantity;
        line.cost += &one.cost;
        line.included += free;
        line.billable += billable;
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

/// How much of a month's use up to now is included.
fn free(sale: &Sale, sku: &str, used: &Fraction) -> Fraction {
    let Some((_, a_month)) = offer(sale).included.iter().find(|(of, _)| *of == sku) else {
        return Fraction::zero();
    };
    let parts = stretches(sale).into_iter().map(|(first, last, units)| part(first, last) * whole(units));
    let all = fraction(a_month) * parts.sum::<Fraction>();
    used.clone().max(Fraction::zero()).min(all)
}
