//! Which prices a version may hold.

use std::collections::BTreeMap;

use super::{Charge, ChargeKind, ChargeModel, PriceValue};
use crate::values::{ChargeId, Currency};

/// Why a charge's price is refused; `Display` is the message beside the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ValueFault {
    #[error("Enter a price")]
    Missing,
    #[error("Enter a percent for a cost-plus charge, a price for each tier, and one price for any other")]
    WrongKind,
    /// One-time and recurring charges are due as they are, so the currency must be able to pay them.
    #[error("Enter a price with at most {digits} decimals, as {currency} has")]
    Precision { currency: Currency, digits: u32 },
    #[error("Enter a percent of -100 or more")]
    BelowNothing,
}

/// Checks a version's values against the charges of its bundle: one for each, of the charge's own kind, and no finer
/// than the currency where the charge is not multiplied by usage. All faults are reported, by charge.
pub fn check(
    charges: &[Charge],
    values: &BTreeMap<ChargeId, PriceValue>,
    currency: Currency,
) -> Result<(), Vec<(ChargeId, ValueFault)>> {
    let faults: Vec<_> = charges
        .iter()
        .filter_map(|charge| fault(charge, values.get(&charge.id), currency).map(|fault| (charge.id, fault)))
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn fault(charge: &Charge, value: Option<&PriceValue>, currency: Currency) -> Option<ValueFault> {
    let digits = currency.minor_digits();
    match (value, charge.model) {
        (None, _) => Some(ValueFault::Missing),
        (Some(PriceValue::CostPlus(percent)), ChargeModel::CostPlus) => {
            (percent.units() < -1_000_000).then_some(ValueFault::BelowNothing)
        }
        (Some(PriceValue::Tiers(prices)), ChargeModel::Graduated | ChargeModel::Volume) => {
            (prices.len() != charge.tiers().count()).then_some(ValueFault::WrongKind)
        }
        (Some(PriceValue::Unit(price)), ChargeModel::Flat | ChargeModel::PerUnit | ChargeModel::Package) => {
            let is_fine = charge.kind == ChargeKind::Usage || price.decimal().scale() <= digits;
            (!is_fine).then_some(ValueFault::Precision { currency, digits })
        }
        (Some(_), _) => Some(ValueFault::WrongKind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::ProductId;

    fn charge(kind: ChargeKind, model: ChargeModel) -> Charge {
        let product = (kind == ChargeKind::Usage).then(ProductId::generate);
        let (edges, package) = (Vec::new(), None);
        Charge { id: ChargeId::generate(), kind, model, product, position: 1, edges, package }
    }

    fn faults(charge: &Charge, value: Option<PriceValue>, currency: &str) -> Vec<ValueFault> {
        let values = value.map(|value| (charge.id, value)).into_iter().collect();
        let checked = check(std::slice::from_ref(charge), &values, currency.parse().unwrap());
        checked.err().unwrap_or_default().into_iter().map(|(_, fault)| fault).collect()
    }

    fn unit(text: &str) -> Option<PriceValue> {
        Some(PriceValue::Unit(text.parse().unwrap()))
    }

    #[test]
    fn a_recurring_price_has_the_decimals_of_its_currency() {
        let monthly = charge(ChargeKind::Recurring, ChargeModel::Flat);
        assert_eq!(faults(&monthly, unit("36.00"), "USD"), []);
        assert_eq!(faults(&monthly, unit("36.5"), "JPY").len(), 1);
        assert_eq!(faults(&monthly, unit("36.125"), "KWD"), []);
        assert!(matches!(
            faults(&monthly, unit("36.125"), "USD")[..],
            [ValueFault::Precision { digits: 2, .. }]
        ));
    }

    #[test]
    fn a_usage_price_has_up_to_ten_decimals() {
        let usage = charge(ChargeKind::Usage, ChargeModel::PerUnit);
        assert_eq!(faults(&usage, unit("0.0000000001"), "JPY"), []);
    }

    #[test]
    fn each_charge_needs_a_value_of_its_kind() {
        let usage = charge(ChargeKind::Usage, ChargeModel::PerUnit);
        let resold = charge(ChargeKind::Usage, ChargeModel::CostPlus);
        let percent = |text: &str| Some(PriceValue::CostPlus(text.parse().unwrap()));
        assert_eq!(faults(&usage, None, "USD"), [ValueFault::Missing]);
        assert_eq!(faults(&usage, percent("10"), "USD"), [ValueFault::WrongKind]);
        assert_eq!(faults(&resold, unit("10"), "USD"), [ValueFault::WrongKind]);
        assert_eq!(faults(&resold, percent("12.5"), "USD"), []);
        assert_eq!(faults(&resold, percent("-100"), "USD"), []);
        assert_eq!(faults(&resold, percent("-100.0001"), "USD"), [ValueFault::BelowNothing]);
    }

    #[test]
    fn tiers_need_a_price_each() {
        let mut graduated = charge(ChargeKind::Usage, ChargeModel::Graduated);
        graduated.edges = vec!["100".parse().unwrap()];
        let tiers = |prices: &[&str]| {
            Some(PriceValue::Tiers(prices.iter().map(|price| price.parse().unwrap()).collect()))
        };
        assert_eq!(faults(&graduated, tiers(&["0.12", "0.1"]), "USD"), []);
        assert_eq!(faults(&graduated, tiers(&["0.12"]), "USD"), [ValueFault::WrongKind]);
        assert_eq!(faults(&graduated, unit("0.12"), "USD"), [ValueFault::WrongKind]);
        let package = charge(ChargeKind::Usage, ChargeModel::Package);
        assert_eq!(faults(&package, tiers(&["5"]), "USD"), [ValueFault::WrongKind]);
        assert_eq!(faults(&package, unit("5"), "USD"), []);
    }
}
