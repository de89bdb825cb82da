//! What is typed to make an offer, and the offer it means.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::{Collector, Offer, ShareBasis, ShareRule, Tier};
use crate::values::{Amount, BundleId, Currency, Month, Percent};
use crate::web::{Errors, Fields};

/// More rows of tiers or limits than this are not read.
const MOST_ROWS: usize = 50;

/// An offer as typed. Special rates come as `bundle_share.{id}` and `category_share.{name}`; empty is none.
#[derive(Debug, Clone, Default)]
pub struct OfferForm {
    pub fields: Fields,
}

impl OfferForm {
    /// The form filled with an offer, to begin a counter-offer from it.
    pub fn from_offer(offer: &Offer) -> Self {
        let mut fields = vec![
            ("share".to_owned(), offer.rule.general.to_string()),
            ("basis".to_owned(), offer.rule.basis.to_string()),
            ("collects".to_owned(), offer.collects.to_string()),
            ("payment_days".to_owned(), offer.payment_days.to_string()),
            ("valid_from".to_owned(), offer.valid_from.to_string()),
            ("valid_until".to_owned(), offer.valid_until.map(|month| month.to_string()).unwrap_or_default()),
        ];
        let bundles = offer.rule.by_bundle.iter();
        fields.extend(bundles.map(|(bundle, share)| (format!("bundle_share.{bundle}"), share.to_string())));
        let categories = offer.rule.by_category.iter();
        fields.extend(categories.map(|(name, share)| (format!("category_share.{name}"), share.to_string())));
        let tiers = offer
            .rule
            .tiers
            .iter()
            .flat_map(|(currency, tiers)| tiers.iter().map(move |tier| (currency, tier)));
        for (row, (currency, tier)) in tiers.enumerate() {
            fields.push((format!("tier_currency.{row}"), currency.to_string()));
            fields.push((format!("tier_from.{row}"), tier.from.plain(*currency)));
            fields.push((format!("tier_share.{row}"), tier.share.to_string()));
        }
        let limited: BTreeSet<&Currency> =
            offer.rule.commitments.keys().chain(offer.rule.caps.keys()).collect();
        for (row, currency) in limited.into_iter().enumerate() {
            let typed = |limits: &BTreeMap<Currency, Amount>| {
                limits.get(currency).map(|amount| amount.plain(*currency)).unwrap_or_default()
            };
            fields.push((format!("limit_currency.{row}"), currency.to_string()));
            fields.push((format!("commitment.{row}"), typed(&offer.rule.commitments)));
            fields.push((format!("cap.{row}"), typed(&offer.rule.caps)));
        }
        Self { fields: Fields(fields) }
    }

    /// A first offer: from the next month on.
    pub fn first(next: Month) -> Self {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let month = next.to_string();
        Self {
            fields: Fields(vec![
                field("basis", "revenue"),
                field("collects", "provider"),
                field("payment_days", "30"),
                field("valid_from", &month),
            ]),
        }
    }

    pub fn get(&self, name: &str) -> &str {
        self.fields.get(name)
    }

    /// The product categories that have a rate of their own.
    pub fn categories(&self) -> impl Iterator<Item = &str> {
        let typed = self.fields.0.iter().filter(|(_, share)| !share.trim().is_empty());
        typed.filter_map(|(field, _)| field.strip_prefix("category_share."))
    }

    /// The rows of tiers to show: what was typed, and two more.
    pub fn tier_rows(&self) -> Range<usize> {
        0..self.rows(&["tier_from.", "tier_share."]) + 2
    }

    /// The rows of limits to show: what was typed, and one more.
    pub fn limit_rows(&self) -> Range<usize> {
        0..self.rows(&["commitment.", "cap."]) + 1
    }

    /// One more than the last row with something typed.
    fn rows(&self, prefixes: &[&str]) -> usize {
        let typed = self.fields.0.iter().filter(|(_, value)| !value.trim().is_empty());
        let rows = typed.filter_map(|(field, _)| {
            let row = prefixes.iter().find_map(|prefix| field.strip_prefix(prefix))?;
            row.parse::<usize>().ok().filter(|row| *row < MOST_ROWS)
        });
        rows.max().map_or(0, |last| last + 1)
    }

    /// The offer, or messages beside the fields.
    pub fn parse(&self, errors: &mut Errors) -> Option<Offer> {
        let general = errors.take("share", Percent::parse_share(self.get("share")));
        let basis = self.get("basis").parse::<ShareBasis>().map_err(|_| "Choose what the share is a part of");
        let basis = errors.take("basis", basis);
        let collects = self.get("collects").parse::<Collector>().map_err(|_| "Choose who collects");
        let collects = errors.take("collects", collects);
        let days = self.get("payment_days").trim().parse::<u32>().ok().filter(|days| *days <= 365);
        let payment_days = errors.take("payment_days", days.ok_or("Enter a number of days from 0 to 365"));
        let valid_from = errors.take("valid_from", self.get("valid_from").parse::<Month>());
        let valid_until = match self.get("valid_until").trim() {
            "" => None,
            typed => errors.take("valid_until", typed.parse::<Month>()),
        };
        if let (Some(from), Some(until)) = (valid_from, valid_until)
            && until < from
        {
            errors.add("valid_until", "Enter the first month or a later one, or leave it empty");
        }
        let by_bundle = self.rates("bundle_share.", errors, |key| key.parse::<BundleId>().ok());
        let by_category = self.rates("category_share.", errors, |key| Some(key.to_owned()));
        let tiers = self.tiers(errors);
        let (commitments, caps) = self.limits(errors);
        let note = self.get("note").trim().to_owned();
        if note.chars().count() > 4000 {
            errors.add("note", "Enter 4,000 characters or fewer");
        }
        if !errors.is_empty() {
            return None;
        }
        let (basis, general) = (basis?, general?);
        let rule = ShareRule { basis, general, tiers, by_category, by_bundle, commitments, caps };
        let (collects, payment_days, valid_from) = (collects?, payment_days?, valid_from?);
        Some(Offer { rule, collects, payment_days, valid_from, valid_until, note })
    }

    fn tiers(&self, errors: &mut Errors) -> BTreeMap<Currency, Vec<Tier>> {
        let mut tiers: BTreeMap<Currency, Vec<Tier>> = BTreeMap::new();
        for row in 0..self.rows(&["tier_from.", "tier_share."]) {
            let name = |part: &str| format!("tier_{part}.{row}");
            if self.get(&name("from")).trim().is_empty() && self.get(&name("share")).trim().is_empty() {
                continue;
            }
            let currency = errors.take(&name("currency"), self.get(&name("currency")).parse::<Currency>());
            let from = self.amount(&name("from"), currency, errors);
            let share = errors.take(&name("share"), Percent::parse_share(self.get(&name("share"))));
            let (Some(currency), Some(from), Some(share)) = (currency, from, share) else { continue };
            let own = tiers.entry(currency).or_default();
            if from <= Amount::ZERO {
                errors.add(name("from"), "Enter an amount above zero; up to it the general share holds");
            } else if own.iter().any(|tier| tier.from == from) {
                errors.add(name("from"), "Another tier begins at this amount");
            } else {
                own.push(Tier { from, share });
            }
        }
        tiers.values_mut().for_each(|own| own.sort_by_key(|tier| tier.from));
        tiers.retain(|_, own| !own.is_empty());
        tiers
    }

    fn limits(&self, errors: &mut Errors) -> (BTreeMap<Currency, Amount>, BTreeMap<Currency, Amount>) {
        let (mut commitments, mut caps) = (BTreeMap::new(), BTreeMap::new());
        for row in 0..self.rows(&["commitment.", "cap."]) {
            let name = |part: &str| format!("{part}.{row}");
            let is_typed = |part: &str| !self.get(&name(part)).trim().is_empty();
            if !is_typed("commitment") && !is_typed("cap") {
                continue;
            }
            let typed = self.get(&name("limit_currency"));
            let Some(currency) = errors.take(&name("limit_currency"), typed.parse::<Currency>()) else {
                continue;
            };
            if commitments.contains_key(&currency) || caps.contains_key(&currency) {
                errors.add(name("limit_currency"), "Another row has this currency");
                continue;
            }
            for (part, limits) in [("commitment", &mut commitments), ("cap", &mut caps)] {
                let amount =
                    is_typed(part).then(|| self.amount(&name(part), Some(currency), errors)).flatten();
                match amount {
                    Some(amount) if amount.is_negative() => {
                        errors.add(name(part), "Enter an amount of 0 or more")
                    }
                    // A commitment of nothing is none.
                    Some(amount) if part == "commitment" && amount.is_zero() => {}
                    Some(amount) => {
                        limits.insert(currency, amount);
                    }
                    None => {}
                }
            }
        }
        (commitments, caps)
    }

    /// An amount in whole minor units of its currency.
    fn amount(&self, name: &str, currency: Option<Currency>, errors: &mut Errors) -> Option<Amount> {
        let amount = errors.take(name, self.get(name).parse::<Amount>())?;
        let digits = currency?.minor_digits();
        if amount.decimal().scale() > digits {
            errors.add(name, format!("Enter an amount with at most {digits} decimals"));
            return None;
        }
        Some(amount)
    }

    fn rates<K: Ord>(
        &self,
        prefix: &str,
        errors: &mut Errors,
        key: impl Fn(&str) -> Option<K>,
    ) -> BTreeMap<K, Percent> {
        let mut rates = BTreeMap::new();
        for (field, typed) in &self.fields.0 {
            let Some(name) = field.strip_prefix(prefix) else { continue };
            if typed.trim().is_empty() {
                continue;
            }
            if let (Some(key), Some(share)) = (key(name), errors.take(field, Percent::parse_share(typed))) {
                rates.insert(key, share);
            }
        }
        rates
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(changes: &[(&str, &str)]) -> OfferForm {
        let mut form = OfferForm::first("2026-12".parse().unwrap());
        form.fields.0.insert(0, ("share".into(), "17.5".into()));
        for (name, value) in changes {
            form.fields.0.retain(|(field, _)| field != name);
            form.fields.0.push(((*name).into(), (*value).into()));
        }
        form
    }

    #[test]
    fn what_is_typed_becomes_an_offer_and_back() {
        let bundle = BundleId::derived("b");
        let form = typed(&[(&format!("bundle_share.{bundle}"), "20"), ("valid_from", "2024-09")]);
        let offer = form.parse(&mut Errors::default()).unwrap();
        assert_eq!(offer.rule.by_bundle.get(&bundle).unwrap().to_string(), "20");
        assert_eq!(OfferForm::from_offer(&offer).parse(&mut Errors::default()).unwrap(), offer);
    }

    #[test]
    fn every_fault_has_its_message() {
        let form =
            typed(&[("share", "101"), ("payment_days", "400"), ("valid_from", "soon"), ("valid_until", "x")]);
        let mut errors = Errors::default();
        assert!(form.parse(&mut errors).is_none());
        let fields: Vec<&str> = errors.list().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["payment_days", "share", "valid_from", "valid_until"]);
    }

    #[test]
    fn tiers_and_limits_are_read_in_any_order_and_written_back() {
        let form = typed(&[
            ("tier_currency.1", "USD"),
            ("tier_from.1", "10,000"),
            ("tier_share.1", "20"),
            ("tier_currency.3", "usd"),
            ("tier_from.3", "5000.50"),
            ("tier_share.3", "18%"),
            ("limit_currency.0", "JPY"),
            ("commitment.0", "100000"),
        ]);
        let offer = form.parse(&mut Errors::default()).unwrap();
        let tiers: Vec<String> =
            offer.rule.tiers.values().flatten().map(|tier| format!("{} {}", tier.from, tier.share)).collect();
        assert_eq!(tiers, ["5000.5 18", "10000 20"]);
        assert_eq!(offer.rule.commitments.len(), 1);
        assert_eq!(OfferForm::from_offer(&offer).parse(&mut Errors::default()).unwrap(), offer);
        assert_eq!((form.tier_rows(), form.limit_rows()), (0..6, 0..2));
    }

    #[test]
    fn tiers_and_limits_that_cannot_be_have_their_messages() {
        let form = typed(&[
            ("tier_currency.0", "USD"),
            ("tier_from.0", "0"),
            ("tier_share.0", "20"),
            ("tier_currency.1", "XXX"),
            ("tier_from.1", "10"),
            ("tier_currency.2", "JPY"),
            ("tier_from.2", "10.5"),
            ("tier_share.2", "101"),
            ("tier_currency.3", "EUR"),
            ("tier_from.3", "10"),
            ("tier_share.3", "1"),
            ("tier_currency.4", "EUR"),
            ("tier_from.4", "10.00"),
            ("tier_share.4", "2"),
            ("limit_currency.0", "USD"),
            ("cap.0", "-1"),
        ]);
        let mut errors = Errors::default();
        assert!(form.parse(&mut errors).is_none());
        let fields: Vec<&str> = errors.list().into_iter().map(|(field, _)| field).collect();
        let expected = [
            "cap.0",
            "tier_currency.1",
            "tier_from.0",
            "tier_from.2",
            "tier_from.4",
            "tier_share.1",
            "tier_share.2",
        ];
        assert_eq!(fields, expected);
    }
}
