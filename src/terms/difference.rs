//! Two versions side by side: what changed, and what it means in money at the forecast.

use std::collections::BTreeSet;

use super::{Collector, Offer, ShareBasis};
use crate::values::{Amount, BundleId, Currency, Month, OutOfRange, round};

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

/// What the general share moves at a forecast of monthly revenue: new share less old share, for revenue terms.
pub fn at_forecast(
    old: &Offer,
    new: &Offer,
    revenue: Amount,
    currency: Currency,
) -> Result<Option<Amount>, OutOfRange> {
    if old.rule.basis != ShareBasis::Revenue || new.rule.basis != ShareBasis::Revenue {
        return Ok(None);
    }
    let moved = (new.rule.general.ratio() - old.rule.general.ratio()) * revenue.exact();
    round(&moved, currency).map(Some)
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
    use crate::terms::ShareRule;
    use std::collections::BTreeMap;

    fn offer(share: &str) -> Offer {
        let rule = ShareRule {
            basis: ShareBasis::Revenue,
            general: share.parse().unwrap(),
            by_category: BTreeMap::new(),
            by_bundle: BTreeMap::new(),
        };
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
}
