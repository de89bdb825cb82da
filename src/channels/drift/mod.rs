//! Drift: a reference price moved after a channel price was set.
//!
//! A channel price stays where it is when the reference price moves. Root sees every such price on one board and
//! **accepts** the reference price as the channel price, **keeps** the channel price until the reference moves again,
//! or **reprices**: moves the channel price by the same ratio, charge by charge and tier by tier.

pub mod store;

use std::collections::BTreeMap;

use num_traits::Zero;

use crate::catalog::{Bundle, Charge, ChargeKind, PriceValue, PriceVersion, prices};
use crate::text_enum;
use crate::values::{ChargeId, Currency, PriceFault};

text_enum! {
    /// What root does with a price that drifted.
    pub enum DriftAction {
        /// The channel price becomes the reference price.
        Accept => "accept",
        /// The channel price stays.
        Keep => "keep",
        /// The channel price moves as the reference price did.
        Reprice => "reprice",
    }
}

/// The versions that a drifted price lies between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The channel's last version, planned ones included.
    pub own: PriceVersion,
    /// The reference price that was known for its day when it was set.
    pub then: PriceVersion,
    /// The last reference price, planned ones included.
    pub now: PriceVersion,
}

/// Whether the reference price moved since the channel price was set. Both books by effective day.
pub fn moved(own: &[PriceVersion], reference: &[PriceVersion]) -> Option<Moved> {
    let (own, now) = (own.last()?, reference.last()?);
    let known: Vec<PriceVersion> =
        reference.iter().filter(|version| version.created_at <= own.created_at).cloned().collect();
    let then =
        prices::current(&known, own.effective_from).or(prices::current(reference, own.effective_from))?;
    (now.values != then.values).then(|| Moved { own: own.clone(), then: then.clone(), now: now.clone() })
}

impl Moved {
    /// The channel prices moved by the ratio of the reference prices. A reference price of zero then, or none, leaves
    /// a price as it is. Decimals: those of the finer of the two prices, and of the currency at least.
    pub fn repriced(
        &self,
        bundle: &Bundle,
        currency: Currency,
    ) -> Result<BTreeMap<ChargeId, PriceValue>, PriceFault> {
        let mut values = BTreeMap::new();
        for charge in &bundle.charges {
            let mut parts = Vec::new();
            for tier in charge.tiers() {
                let part = |version: &PriceVersion| version.values.get(&charge.id)?.part(tier);
                let Some(own) = part(&self.own) else { continue };
                let moved = match (part(&self.then), part(&self.now)) {
                    (Some(then), Some(now)) => by_ratio(&own, &then, &now, charge, currency)?,
                    _ => own,
                };
                parts.push((tier, moved));
            }
            values.extend(PriceValue::joined(&parts).map(|value| (charge.id, value)));
        }
        Ok(values)
    }
}

fn by_ratio(
    own: &PriceValue,
    then: &PriceValue,
    now: &PriceValue,
    charge: &Charge,
    currency: Currency,
) -> Result<PriceValue, PriceFault> {
    let (before, after) = (then.factor(0), now.factor(0));
    if before.is_zero() {
        return Ok(own.clone());
    }
    let fine = if charge.kind == ChargeKind::Usage { own.decimals().max(now.decimals()) } else { 0 };
    own.times(&(after / before), fine.max(currency.minor_digits()))
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::catalog::{BundleKind, BundleState, ChargeModel, PriceConcern};
    use crate::values::{BundleId, PriceVersionId, Timestamp};

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, number).unwrap()
    }

    fn charge(kind: ChargeKind, model: ChargeModel, position: i64) -> Charge {
        let id = ChargeId::derived(&position.to_string());
        Charge { id, kind, model, product: None, position, edges: Vec::new(), package: None }
    }

    fn bundle() -> Bundle {
        let charges = vec![
            charge(ChargeKind::Recurring, ChargeModel::Flat, 1),
            charge(ChargeKind::Usage, ChargeModel::PerUnit, 2),
            charge(ChargeKind::Usage, ChargeModel::CostPlus, 3),
        ];
        Bundle {
            id: BundleId::derived("bundle"),
            code: "ONE".into(),
            name: "One".into(),
            description: String::new(),
            kind: BundleKind::Bundle,
            state: BundleState::Active,
            components: Vec::new(),
            charges,
        }
    }

    /// Monthly price, price per unit and percent, from a day on and set on another.
    fn version(from: u32, set: u32, [monthly, unit, percent]: [&str; 3]) -> PriceVersion {
        let unit_price = |text: &str| PriceValue::Unit(text.parse().unwrap());
        let values = [unit_price(monthly), unit_price(unit), PriceValue::CostPlus(percent.parse().unwrap())];
        PriceVersion {
            id: PriceVersionId::generate(),
            channel: None,
            bundle: BundleId::derived("bundle"),
            currency: usd(),
            effective_from: day(from),
            concerns: PriceConcern::Existing,
            reason: String::new(),
            values: bundle().charges.iter().map(|charge| charge.id).zip(values).collect(),
            created_at: Timestamp::start_of(day(set)),
            created_by: "Root".into(),
        }
    }

    fn usd() -> Currency {
        "USD".parse().unwrap()
    }

    const OLD: [&str; 3] = ["100", "0.5", "10"];
    const NEW: [&str; 3] = ["110", "0.4", "21"];
    const OWN: [&str; 3] = ["120", "0.75", "20"];

    #[test]
    fn a_price_drifts_when_its_reference_moves_after_it_and_not_before() {
        let own = [version(10, 5, OWN)];
        assert_eq!(moved(&own, &[version(1, 1, OLD)]), None);
        assert_eq!(moved(&own, &[version(1, 1, OLD), version(8, 2, NEW)]), None, "known when it was set");
        assert!(moved(&own, &[version(1, 1, OLD), version(20, 2, NEW)]).is_some(), "from a later day");
        assert!(moved(&own, &[version(1, 1, OLD), version(8, 6, NEW)]).is_some(), "set afterwards");
        assert_eq!(moved(&own, &[version(1, 1, OLD), version(20, 20, OLD)]), None, "the same price again");
        assert_eq!(moved(&[], &[version(1, 1, OLD), version(20, 20, NEW)]), None, "no price of its own");
        let answered = [version(10, 5, OWN), version(20, 21, OWN)];
        assert_eq!(moved(&answered, &[version(1, 1, OLD), version(20, 20, NEW)]), None, "answered since");
    }

    #[test]
    fn repricing_moves_each_charge_as_its_reference_moved() {
        let reference = [version(1, 1, OLD), version(20, 20, NEW)];
        let moved = moved(&[version(10, 5, OWN)], &reference).unwrap();
        let values = moved.repriced(&bundle(), usd()).unwrap();
        let texts: Vec<String> = bundle()
            .charges
            .iter()
            .map(|charge| match &values[&charge.id] {
                PriceValue::CostPlus(percent) => format!("{percent}%"),
                value => value.price(0).unwrap().to_string(),
            })
            .collect();
        // 120 x 110/100; 0.75 x 0.4/0.5; 1.2 x 1.21/1.1 = 1.32.
        assert_eq!(texts, ["132", "0.6", "32%"]);
    }

    #[test]
    fn a_reference_price_of_zero_moves_nothing() {
        let free = [version(1, 1, ["0", "0", "-100"]), version(20, 20, NEW)];
        let moved = moved(&[version(10, 5, OWN)], &free).unwrap();
        assert_eq!(moved.repriced(&bundle(), usd()).unwrap(), version(10, 5, OWN).values);
    }
}
