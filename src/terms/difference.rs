//! Two versions side by side: what changed, and what it means in money at the forecast.

use std::collections::BTreeSet;

use super::limits::{Part, Shares, adjust};
use super::split::{SplitLine, split};
use super::{Collector, Offer, ShareBasis, ShareRule};
use crate::values::{Amount, BundleId, Currency, Month, OutOfRange};

/// One field of two offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub label: String,
    /// Empty when there is no older version, or it has no such field.
    pub old: String,
    pub new: String,
}

impl Row {
    pub fn is_changed(&self) -> bool {
        self.old != self.new
    }
}

/// Every field of `new` beside that of `old`. `bundle_name` names the bundles of special rates.
pub fn rows(old: Option<&Offer>, new: &Offer, bundle_name: impl Fn(BundleId) -> String) -> Vec<Row> {
    let row = |label: &str, text: &dyn Fn(&Offer) -> String| Row {
        label: label.to_owned(),
        old: old.map(text).unwrap_or_default(),
        new: text(new),
    };
    let mut rows = vec![
        row("Re-seller share", &|offer| format!("{}%", offer.rule.general)),
        row("Share of", &|offer| basis_words(offer.rule.basis).to_owned()),
        row("Collects from the customers", &|offer| collector_words(offer.collects).to_owned()),
        row("Payment days", &|offer| offer.payment_days.to_string()),
        row("Valid from", &|offer| month_words(offer.valid_from)),
        row("Valid until", &|offer| offer.valid_until.map_or_else(|| "No end".to_owned(), month_words)),
    ];
    let offers: Vec<&Offer> = old.into_iter().chain([new]).collect();
    for currency in currencies(&offers, |rule| rule.tiers.keys().copied().collect()) {
        rows.push(row(&format!("Tiers in {currency}"), &|offer| tier_words(offer, currency)));
    }
    for currency in currencies(&offers, |rule| rule.commitments.keys().copied().collect()) {
        let text = |offer: &Offer| limit_words(offer.rule.commitments.get(&currency), currency);
        rows.push(row(&format!("Minimum commitment in {currency}"), &text));
    }
    for currency in currencies(&offers, |rule| rule.caps.keys().copied().collect()) {
        let text = |offer: &Offer| limit_words(offer.rule.caps.get(&currency), currency);
        rows.push(row(&format!("Cap of the share in {currency}"), &text));
    }
    let categories: BTreeSet<&String> =
        offers.iter().flat_map(|offer| offer.rule.by_category.keys()).collect();
    for category in categories {
        let text = |offer: &Offer| rate_words(offer.rule.by_category.get(category).copied());
        rows.push(row(&format!("Share of category {category}"), &text));
    }
    let bundles: BTreeSet<BundleId> =
        offers.iter().flat_map(|offer| offer.rule.by_bundle.keys().copied()).collect();
    for bundle in bundles {
        let text = |offer: &Offer| rate_words(offer.rule.by_bundle.get(&bundle).copied());
        rows.push(row(&format!("Share of {}", bundle_name(bundle)), &text));
    }
    rows
}

fn currencies(offers: &[&Offer], of: impl Fn(&ShareRule) -> Vec<Currency>) -> BTreeSet<Currency> {
    offers.iter().flat_map(|offer| of(&offer.rule)).collect()
}

/// `15% up to 10,000.00, 20% above`.
fn tier_words(offer: &Offer, currency: Currency) -> String {
    let slices = offer.rule.slices(currency);
    if slices.len() < 2 {
        return "–".to_owned();
    }
    let told = slices.iter().map(|slice| match slice.up_to {
        Some(end) => format!("{}% up to {}", slice.share, digits(end, currency)),
        None => format!("{}% above", slice.share),
    });
    told.collect::<Vec<_>>().join(", ")
}

fn limit_words(limit: Option<&Amount>, currency: Currency) -> String {
    limit.map_or_else(|| "–".to_owned(), |amount| format!("{} a month", digits(*amount, currency)))
}

/// An amount in groups of three digits.
fn digits(amount: Amount, currency: Currency) -> String {
    let plain = amount.plain(currency);
    let (whole, rest) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let length = whole.len();
    let grouped = whole.chars().enumerate().fold(String::new(), |mut text, (place, digit)| {
        if place > 0 && (length - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
        text
    });
    format!("{grouped}{rest}")
}

/// What the terms move at a forecast of a full month's revenue: the re-seller's share by the new ones less that by the
/// old ones, tiers, commitment and cap counted. For revenue terms.
pub fn at_forecast(
    old: &Offer,
    new: &Offer,
    revenue: Amount,
    currency: Currency,
) -> Result<Option<Amount>, OutOfRange> {
    if old.rule.basis != ShareBasis::Revenue || new.rule.basis != ShareBasis::Revenue {
        return Ok(None);
    }
    let moved =
        at_revenue(&new.rule, revenue, currency)?.checked_sub(at_revenue(&old.rule, revenue, currency)?)?;
    Ok(Some(moved))
}

/// The re-seller's share of a full month in which everything falls under the general rate.
fn at_revenue(rule: &ShareRule, revenue: Amount, currency: Currency) -> Result<Amount, OutOfRange> {
    let line = SplitLine {
        bundle: BundleId::derived("forecast"),
        category: None,
        net: revenue,
        reference: Amount::ZERO,
    };
    let shares = split(rule, &[line], currency)?;
    let shared = shares.first().map_or(Shares { reseller: Amount::ZERO, provider: revenue }, |share| {
        Shares { reseller: share.reseller, provider: share.provider }
    });
    let (commitment, cap) = (rule.commitments.get(&currency).copied(), rule.caps.get(&currency).copied());
    let full = Part { active_days: 1, month_days: 1 };
    let moved = adjust(commitment, cap, shared, full, currency)?;
    shared.reseller.checked_sub(moved.commitment)?.checked_sub(moved.cap)
}

fn rate_words(percent: Option<crate::values::Percent>) -> String {
    percent.map_or_else(|| "–".to_owned(), |percent| format!("{percent}%"))
}

fn month_words(month: Month) -> String {
    month.first_day().format("%B %Y").to_string()
}

pub fn basis_words(basis: ShareBasis) -> &'static str {
    match basis {
        ShareBasis::Revenue => "Net revenue",
        ShareBasis::Margin => "Margin over the reference price",
    }
}

pub fn collector_words(collector: Collector) -> &'static str {
    match collector {
        Collector::Provider => "The provider",
        Collector::Reseller => "The re-seller",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::Tier;

    fn offer(share: &str) -> Offer {
        let rule = ShareRule::flat(ShareBasis::Revenue, share.parse().unwrap());
        Offer {
            rule,
            collects: Collector::Provider,
            payment_days: 30,
            valid_from: "2026-12".parse().unwrap(),
            valid_until: None,
            note: String::new(),
        }
    }

    #[test]
    fn only_what_differs_is_marked() {
        let (old, mut new) = (offer("15"), offer("18"));
        new.rule.by_bundle.insert(BundleId::derived("b"), "20".parse().unwrap());
        let changed: Vec<_> = rows(Some(&old), &new, |_| "Compute M".into())
            .into_iter()
            .filter(Row::is_changed)
            .map(|row| (row.label, row.old, row.new))
            .collect();
        assert_eq!(
            changed,
            [
                ("Re-seller share".into(), "15%".into(), "18%".into()),
                ("Share of Compute M".into(), "–".into(), "20%".into()),
            ]
        );
    }

    #[test]
    fn a_higher_share_costs_its_part_of_the_forecast() {
        let money = at_forecast(&offer("15"), &offer("18"), "22000".parse().unwrap(), "USD".parse().unwrap());
        assert_eq!(money.unwrap().unwrap().to_string(), "660");
    }

    #[test]
    fn shares_of_a_margin_are_not_counted_at_a_revenue() {
        let mut margin = offer("15");
        margin.rule.basis = ShareBasis::Margin;
        let counted = |old: &Offer, new: &Offer| {
            at_forecast(old, new, "22000".parse().unwrap(), "USD".parse().unwrap()).unwrap()
        };
        assert_eq!(counted(&offer("15"), &margin), None);
        assert_eq!(counted(&margin, &offer("15")), None);
    }

    #[test]
    fn basis_collector_and_months_are_told_in_words() {
        let (old, mut new) = (offer("15"), offer("15"));
        new.rule.basis = ShareBasis::Margin;
        new.collects = Collector::Reseller;
        new.valid_from = "2027-01".parse().unwrap();
        let changed: Vec<_> = rows(Some(&old), &new, |_| String::new())
            .into_iter()
            .filter(Row::is_changed)
            .map(|row| (row.old, row.new))
            .collect();
        let expected = [
            ("Net revenue", "Margin over the reference price"),
            ("The provider", "The re-seller"),
            ("December 2026", "January 2027"),
        ];
        for (old, new) in expected {
            assert!(changed.contains(&(old.to_owned(), new.to_owned())), "{new} in {changed:?}");
        }
    }

    #[test]
    fn tiers_and_limits_are_told_and_counted_at_the_forecast() {
        let usd: Currency = "USD".parse().unwrap();
        let (old, mut new) = (offer("15"), offer("15"));
        let tier = Tier { from: "10000".parse().unwrap(), share: "20".parse().unwrap() };
        new.rule.tiers.insert(usd, vec![tier]);
        new.rule.caps.insert(usd, "3000".parse().unwrap());
        new.rule.commitments.insert(usd, "100000".parse().unwrap());
        let changed: Vec<_> = rows(Some(&old), &new, |_| String::new())
            .into_iter()
            .filter(Row::is_changed)
            .map(|row| (row.label, row.old, row.new))
            .collect();
        let expected = [
            ("Tiers in USD", "15% up to 10,000.00, 20% above"),
            ("Minimum commitment in USD", "100,000.00 a month"),
            ("Cap of the share in USD", "3,000.00 a month"),
        ];
        let none = || "–".to_owned();
        assert_eq!(changed, expected.map(|(label, text)| (label.to_owned(), none(), text.to_owned())));
        new.rule.commitments.clear();
        let moved = |revenue: &str| {
            at_forecast(&old, &new, revenue.parse().unwrap(), usd).unwrap().unwrap().to_string()
        };
        // 1,500 and 2,000 of 20,000 against 3,000; the cap takes the 500 again.
        assert_eq!((moved("20000"), moved("12000")), ("0".into(), "100".into()));
    }
}
