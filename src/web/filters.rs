//! How values read on pages: `{{ amount|filters::money(currency) }}`. One way for each kind of value.
//!
//! Digits are grouped by commas, minus is U+2212, days have the month as a word, moments are in UTC with the zone.

use std::fmt::Display;

use askama::{Values, filter_fn};
use chrono::{Datelike, NaiveDate};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::values::{Amount, Currency, Month, Percent, Quantity, Timestamp, UnitPrice};

const MINUS: &str = "\u{2212}";

/// Puts commas between thousands of a plain decimal: `1234567.891` becomes `1,234,567.891`.
///
/// Only the part before the point is grouped, and a leading sign stays in front.
pub fn group_digits(plain: &str) -> String {
    let start = plain.find(|c: char| c.is_ascii_digit()).unwrap_or_default();
    let (sign, number) = plain.split_at(start);
    let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    let (whole, rest) = number.split_at(end);
    let mut grouped = String::with_capacity(plain.len() + whole.len() / 3);
    grouped.push_str(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + rest
}

/// A number with groups of three and at least `decimals` decimals; all decimals it has are kept.
pub fn grouped(number: Decimal, decimals: u32) -> String {
    let mut number = number.normalize();
    if number.scale() < decimals {
        number.rescale(decimals);
    }
    group_digits(&number.to_string()).replace('-', MINUS)
}

/// A number with groups of three and exactly `decimals` decimals, rounded half away from zero.
pub fn rounded(number: Decimal, decimals: u32) -> String {
    grouped(number.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero), decimals)
}

/// The symbol before the number, or the code when there is none; the minus sign in front of both.
pub fn with_currency(number: &str, currency: Currency) -> String {
    let (sign, digits) = match number.strip_prefix(MINUS) {
        Some(digits) => (MINUS, digits),
        None => ("", number),
    };
    match currency.symbol() {
        "" => format!("{sign}{} {digits}", currency.code()),
        symbol => format!("{sign}{symbol}{digits}"),
    }
}

/// `$1,335.21`, `−$1,335.21`, `CHF 1,335.20`.
pub fn money_text(amount: Amount, currency: Currency) -> String {
    with_currency(&grouped(amount.decimal(), currency.minor_digits()), currency)
}

/// `$0.00425`: a unit price keeps the decimals it has.
pub fn price_text(price: UnitPrice, currency: Currency) -> String {
    with_currency(&grouped(price.decimal(), currency.minor_digits()), currency)
}

/// `$1,335.21`.
#[filter_fn]
pub fn money(amount: &Amount, _: &dyn Values, currency: &Currency) -> askama::Result<String> {
    Ok(money_text(*amount, *currency))
}

/// `USD 1,335.21`, for pages that mix currencies.
#[filter_fn]
pub fn amount(amount: &Amount, _: &dyn Values, currency: &Currency) -> askama::Result<String> {
    Ok(format!("{} {}", currency.code(), grouped(amount.decimal(), currency.minor_digits())))
}

/// `$84,036` without minor units, for figures whose exact value is one click away.
#[filter_fn]
pub fn whole_money(amount: &Amount, _: &dyn Values, currency: &Currency) -> askama::Result<String> {
    Ok(with_currency(&rounded(amount.decimal(), 0), *currency))
}

/// `$0.00425`.
#[filter_fn]
pub fn price(price: &UnitPrice, _: &dyn Values, currency: &Currency) -> askama::Result<String> {
    Ok(price_text(*price, *currency))
}

/// `17.5%`.
#[filter_fn]
pub fn percent(percent: &Percent, _: &dyn Values) -> askama::Result<String> {
    Ok(format!("{}%", grouped(percent.decimal(), 0)))
}

/// `1,284.000025`: a quantity, cost or decimal with groups of three and all its decimals.
#[filter_fn]
pub fn quantity(quantity: impl Display, _: &dyn Values) -> askama::Result<String> {
    Ok(group_digits(&quantity.to_string()).replace('-', MINUS))
}

/// The same outside templates.
pub fn quantity_text(quantity: Quantity) -> String {
    group_digits(&quantity.to_string()).replace('-', MINUS)
}

/// `1 product`, `1,284 products`: for words whose plural ends in s.
pub fn counted(count: i64, one: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{} {one}{ending}", grouped(Decimal::from(count), 0))
}

/// Letters in a row after which a text may be broken wherever it is, so that a word without end widens no table.
const UNBROKEN: usize = 20;

/// A text in parts between which it may be broken.
pub fn parts(text: &str) -> Vec<&str> {
    let (mut parts, mut from, mut letters) = (Vec::with_capacity(1), 0, 0);
    for (at, letter) in text.char_indices() {
        if letters == UNBROKEN {
            parts.push(&text[from..at]);
            (from, letters) = (at, 0);
        }
        letters = if letter.is_whitespace() || letter == '-' { 0 } else { letters + 1 };
    }
    parts.push(&text[from..]);
    parts
}

/// A figure in parts between which it may be broken: after the commas of its thousands.
pub fn thousands(figure: impl Display) -> Vec<String> {
    figure.to_string().split_inclusive(',').map(str::to_owned).collect()
}

/// `1,284`.
#[filter_fn]
pub fn count(count: &i64, _: &dyn Values) -> askama::Result<String> {
    Ok(grouped(Decimal::from(*count), 0))
}

/// `23 Nov 2026`, for tables.
#[filter_fn]
pub fn day(day: &NaiveDate, _: &dyn Values) -> askama::Result<String> {
    Ok(day.format("%-d %b %Y").to_string())
}

/// `23 November 2026`, for text.
#[filter_fn]
pub fn long_day(day: &NaiveDate, _: &dyn Values) -> askama::Result<String> {
    Ok(day.format("%-d %B %Y").to_string())
}

/// `November 2026`.
#[filter_fn]
pub fn month(month: &Month, _: &dyn Values) -> askama::Result<String> {
    Ok(month_text(*month))
}

/// The same outside templates.
pub fn month_text(month: Month) -> String {
    month.first_day().format("%B %Y").to_string()
}

/// `Nov 2026`, for tables.
#[filter_fn]
pub fn short_month(month: &Month, _: &dyn Values) -> askama::Result<String> {
    Ok(month.first_day().format("%b %Y").to_string())
}

/// `23 Nov 2026, 09:45 UTC`.
#[filter_fn]
pub fn moment(at: &Timestamp, _: &dyn Values) -> askama::Result<String> {
    Ok(at.utc().format("%-d %b %Y, %H:%M UTC").to_string())
}

/// The machine's form, for `datetime` attributes.
#[filter_fn]
pub fn iso(at: &Timestamp, _: &dyn Values) -> askama::Result<String> {
    Ok(at.to_string())
}

/// The value, or `–` when it does not apply.
#[filter_fn]
pub fn or_dash<T: Display>(value: &Option<T>, _: &dyn Values) -> askama::Result<String> {
    Ok(value.as_ref().map_or_else(|| "–".to_owned(), T::to_string))
}

/// `just now`, `2 hours ago`, `yesterday`; the day itself from a month on.
#[filter_fn]
pub fn ago(at: &Timestamp, _: &dyn Values, now: &Timestamp) -> askama::Result<String> {
    Ok(ago_text(*at, *now))
}

/// The same outside templates.
pub fn ago_text(at: Timestamp, now: Timestamp) -> String {
    let days = now.day().num_days_from_ce() - at.day().num_days_from_ce();
    match (now.utc() - at.utc()).num_minutes() {
        ..1 => "just now".to_owned(),
        1..1440 => format!("{} ago", age(at, now)),
        _ if days == 1 => "yesterday".to_owned(),
        _ if days <= 30 => format!("{days} days ago"),
        _ => at.day().format("%-d %b %Y").to_string(),
    }
}

/// How long ago, for queues: `2 hours`, `4 days`.
pub fn age(from: Timestamp, now: Timestamp) -> String {
    let minutes = (now.utc() - from.utc()).num_minutes().max(0);
    let (number, unit) = match minutes {
        0..60 => (minutes, "minute"),
        60..1440 => (minutes / 60, "hour"),
        _ => (minutes / 1440, "day"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

/// Whether two values read the same, so that a choice's option can be of another type than what was chosen.
pub fn same(one: impl Display, other: impl Display) -> bool {
    one.to_string() == other.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::filters;

    fn usd() -> Currency {
        "USD".parse().unwrap()
    }

    #[test]
    fn words_without_end_may_be_broken_and_others_may_not() {
        assert_eq!(
            parts("Kestrel Networks of the Nordic Countries"),
            ["Kestrel Networks of the Nordic Countries"]
        );
        assert_eq!(parts(""), [""]);
        assert_eq!(
            parts("Rechenzentrums- und Elektrizitätsversorgungsgesellschaft mbH"),
            ["Rechenzentrums- und Elektrizitätsversorg", "ungsgesellschaft mbH"]
        );
        assert_eq!(
            parts(&"é".repeat(45)).iter().map(|part| part.chars().count()).collect::<Vec<_>>(),
            [20, 20, 5]
        );
        assert_eq!(parts(&"x".repeat(20)).len(), 1);
    }

    #[test]
    fn money_reads_as_people_write_it() {
        assert_eq!(money_text("1335.21".parse().unwrap(), usd()), "$1,335.21");
        assert_eq!(money_text("-1335.2".parse().unwrap(), usd()), "−$1,335.20");
        assert_eq!(money_text("1234567".parse().unwrap(), "JPY".parse().unwrap()), "¥1,234,567");
        assert_eq!(money_text("0.5".parse().unwrap(), "KWD".parse().unwrap()), "KWD 0.500");
        assert_eq!(money_text(Amount::ZERO, usd()), "$0.00");
    }

    #[test]
    fn prices_and_quantities_keep_their_decimals() {
        assert_eq!(price_text("0.00425".parse().unwrap(), usd()), "$0.00425");
        assert_eq!(price_text("12".parse().unwrap(), usd()), "$12.00");
        assert_eq!(quantity_text("-1234.0005".parse().unwrap()), "−1,234.0005");
    }

    #[test]
    fn ages_are_told_in_the_largest_whole_unit() {
        let now = Timestamp::from_micros(0).unwrap();
        let ago = |minutes: i64| age(now.plus(chrono::Duration::minutes(-minutes)), now);
        assert_eq!(
            (ago(1), ago(59), ago(60), ago(3000)),
            ("1 minute".into(), "59 minutes".into(), "1 hour".into(), "2 days".into())
        );
    }

    #[test]
    fn what_is_long_ago_is_told_by_its_day() {
        let at = |text: &str| Timestamp::new(text.parse().unwrap());
        for (then, said) in [
            ("2026-11-23T09:44:30Z", "just now"),
            ("2026-11-23T07:41:00Z", "2 hours ago"),
            ("2026-11-22T09:00:00Z", "yesterday"),
            ("2026-11-19T09:00:00Z", "4 days ago"),
            ("2026-01-02T00:00:00Z", "2 Jan 2026"),
        ] {
            assert_eq!(ago_text(at(then), at("2026-11-23T09:45:00Z")), said);
        }
    }

    #[derive(askama::Template)]
    #[template(
        source = "{{ net|money(usd) }} {{ net|whole_money(usd) }} {{ net|amount(usd) }} {{ price|price(usd) }} \
                  {{ used|quantity }} {{ period|short_month }} {{ none|or_dash }} {{ some|or_dash }}",
        ext = "txt"
    )]
    struct Written {
        net: Amount,
        price: UnitPrice,
        usd: Currency,
        used: crate::values::Cost,
        period: Month,
        none: Option<u8>,
        some: Option<u8>,
    }

    #[test]
    fn templates_write_each_kind_of_value() {
        let written = Written {
            net: "-1335.5".parse().unwrap(),
            price: "0.00425".parse().unwrap(),
            usd: usd(),
            used: "-1284.000025".parse().unwrap(),
            period: "2026-11".parse().unwrap(),
            none: None,
            some: Some(7),
        };
        assert_eq!(
            askama::Template::render(&written).unwrap(),
            "−$1,335.50 −$1,336 USD −1,335.50 $0.00425 −1,284.000025 Nov 2026 – 7"
        );
    }

    #[test]
    fn thousands_are_grouped_and_decimals_are_not() {
        for (plain, grouped) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("1234567.8912345", "1,234,567.8912345"),
            ("-1234.5", "-1,234.5"),
            ("", ""),
        ] {
            assert_eq!(group_digits(plain), grouped);
        }
    }
}
