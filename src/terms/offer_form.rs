//! What is typed to make an offer, and the offer it means.

use std::collections::BTreeMap;

use super::{Collector, Offer, ShareBasis, ShareRule};
use crate::values::{BundleId, Month, Percent};
use crate::web::{Errors, Fields};

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
        let note = self.get("note").trim().to_owned();
        if note.chars().count() > 4000 {
            errors.add("note", "Enter 4,000 characters or fewer");
        }
        if !errors.is_empty() {
            return None;
        }
        let rule = ShareRule { basis: basis?, general: general?, by_category, by_bundle };
        let (collects, payment_days, valid_from) = (collects?, payment_days?, valid_from?);
        Some(Offer { rule, collects, payment_days, valid_from, valid_until, note })
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
}
