//! Rates one subscription's month: a pure function of its inputs.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use num_bigint::BigInt;

use super::{Line, flat, usage};
use crate::catalog::{Charge, ChargeKind, PriceValue, PriceVersion, prices};
use crate::customers::{PriceRule, Subscription};
use crate::values::{
    ChargeId, Cost, Currency, Days, Exact, Month, OutOfRange, PriceVersionId, ProductId, Quantity,
};

/// Both price books' versions of the subscription's bundle and currency.
#[derive(Debug, Clone, Default)]
pub struct Prices {
    pub channel: Vec<PriceVersion>,
    pub reference: Vec<PriceVersion>,
}

/// A day's usage of a product; several when units or currencies differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Daily {
    pub product: ProductId,
    pub day: NaiveDate,
    /// The currency of the list cost.
    pub currency: Option<Currency>,
    pub quantity: Quantity,
    pub cost: Cost,
}

/// Everything that a subscription's month is rated from.
#[derive(Debug, Clone)]
pub struct Input<'a> {
    pub subscription: &'a Subscription,
    pub charges: &'a [Charge],
    /// What one unit of the bundle includes in a full month.
    pub included: &'a BTreeMap<ProductId, Quantity>,
    pub prices: &'a Prices,
    /// In any order.
    pub usage: &'a [Daily],
    pub month: Month,
}

/// The month's lines, in the order of the charges, of the days on which their prices begin, and of their tiers.
pub fn rate(input: &Input<'_>) -> Result<Vec<Line>, OutOfRange> {
    let Some(active) = input.subscription.days_within(input.month.all_days()) else { return Ok(Vec::new()) };
    let mut lines = Vec::new();
    for charge in input.charges {
        match charge.kind {
            ChargeKind::OneTime => lines.extend(flat::one_time(input, charge)?),
            ChargeKind::Recurring => lines.extend(flat::recurring(input, charge, active)?),
            ChargeKind::Usage => lines.extend(usage::usage(input, charge, active)?),
        }
    }
    Ok(lines)
}

impl Input<'_> {
    /// The version and value of a charge on a day: frozen subscriptions keep those of their first day.
    pub(super) fn price(&self, charge: ChargeId, day: NaiveDate) -> Option<(PriceVersionId, PriceValue)> {
        let start = self.subscription.start;
        let day = if self.subscription.price_rule == PriceRule::Frozen { start } else { day };
        let version = prices::paid(&self.prices.channel, &self.prices.reference, day, start)?;
        version.values.get(&charge).map(|value| (version.id, value.clone()))
    }

    /// The reference value of the same day; the price itself where there is none.
    pub(super) fn reference(&self, charge: ChargeId, day: NaiveDate, paid: &PriceValue) -> PriceValue {
        let version = prices::in_effect(&self.prices.reference, day, self.subscription.start);
        version.and_then(|version| version.values.get(&charge)).unwrap_or(paid).clone()
    }

    /// Days of equal quantity within `active`.
    pub(super) fn stretches(&self, active: Days) -> Vec<(Days, u32)> {
        let changes = &self.subscription.quantities;
        let mut stretches = Vec::new();
        for (index, (from, quantity)) in changes.iter().enumerate() {
            let until = changes.get(index + 1).map_or(NaiveDate::MAX, |(next, _)| *next);
            if let Some(days) = Days::new(*from, until).and_then(|days| days.intersect(active)) {
                stretches.push((days, *quantity));
            }
        }
        stretches
    }

    pub(super) fn part_of_month(&self, days: Days) -> Exact {
        Exact::new(BigInt::from(days.len()), BigInt::from(self.month.days()))
    }
}

#[cfg(test)]
mod tests {
    use num_traits::Zero;
    use proptest::prelude::*;

    use super::*;
    use crate::catalog::ChargeModel;
    use crate::rating::sample::{Case, case, charge, day, product, unit, used, version};
    use crate::values::round;

    fn gross(case: &Case, month: &str) -> Vec<String> {
        case.gross(month)
    }

    fn rated(case: &Case, month: &str) -> Vec<Line> {
        case.rated(month)
    }

    #[test]
    fn a_one_time_charge_falls_in_the_month_of_the_start_only() {
        let case = case(
            charge(ChargeKind::OneTime, ChargeModel::Flat),
            vec![version("2026-01-01", &[(ChargeKind::OneTime, unit("49"))])],
        );
        assert_eq!((gross(&case, "2026-11"), gross(&case, "2026-12")), (vec!["147".into()], vec![]));
    }

    #[test]
    fn a_recurring_charge_counts_active_days_and_each_quantity() {
        let price = version("2026-01-01", &[(ChargeKind::Recurring, unit("36"))]);
        let mut case = case(charge(ChargeKind::Recurring, ChargeModel::Flat), vec![price]);
        // 20 of 30 days at 3 units.
        assert_eq!(gross(&case, "2026-11"), ["72"]);
        case.subscription.quantities.push((day("2026-11-21"), 5));
        // 10 days at 3, 10 days at 5.
        assert_eq!(gross(&case, "2026-11"), ["36", "60"]);
        case.subscription.end = Some(day("2026-11-21"));
        assert_eq!(gross(&case, "2026-11"), ["36"]);
        assert!(gross(&case, "2026-12").is_empty());
    }

    #[test]
    fn a_recurring_charge_has_the_price_of_the_first_active_day() {
        let versions = vec![
            version("2026-01-01", &[(ChargeKind::Recurring, unit("30"))]),
            version("2026-11-20", &[(ChargeKind::Recurring, unit("60"))]),
        ];
        let mut case = case(charge(ChargeKind::Recurring, ChargeModel::Flat), versions);
        case.subscription.quantities = vec![(day("2026-11-11"), 1)];
        assert_eq!(
            (gross(&case, "2026-11"), gross(&case, "2026-12")),
            (vec!["20".into()], vec!["60".into()])
        );
        case.subscription.price_rule = PriceRule::Frozen;
        assert_eq!(gross(&case, "2026-12"), ["30"]);
    }

    #[test]
    fn included_units_are_used_up_in_order_of_days_and_the_rest_is_charged_at_the_days_price() {
        let versions = vec![
            version("2026-01-01", &[(ChargeKind::Usage, unit("0.10"))]),
            version("2026-11-20", &[(ChargeKind::Usage, unit("0.20"))]),
        ];
        let mut case = case(charge(ChargeKind::Usage, ChargeModel::PerUnit), versions);
        // 3 x 30 x 20/30 = 60 units included.
        case.included.insert(product(), "30".parse().unwrap());
        case.usage =
            vec![used("2026-11-12", "50", "0"), used("2026-11-13", "30", "0"), used("2026-11-25", "7", "0")];
        let lines = rated(&case, "2026-11");
        let shown: Vec<_> =
            lines.iter().map(|line| (line.gross.to_string(), line.included.to_string())).collect();
        assert_eq!(shown, [("2".into(), "60".into()), ("1.4".into(), "0".into())]);
    }

    #[test]
    fn tiny_costs_are_summed_before_they_are_rounded() {
        let percent = PriceValue::CostPlus("10".parse().unwrap());
        let versions = vec![version("2026-01-01", &[(ChargeKind::Usage, percent)])];
        let mut case = case(charge(ChargeKind::Usage, ChargeModel::CostPlus), versions);
        case.usage = vec![
            used("2026-11-12", "1", "0.0030000000000001"),
            used("2026-11-13", "1", "0.0020000000000001"),
        ];
        assert_eq!(gross(&case, "2026-11"), ["0.01"]);
    }

    #[test]
    fn the_reference_amount_has_the_reference_price_of_the_same_day() {
        let reference = version("2026-01-01", &[(ChargeKind::Recurring, unit("30"))]);
        let mut case = case(charge(ChargeKind::Recurring, ChargeModel::Flat), vec![reference]);
        case.prices.channel = vec![version("2026-02-01", &[(ChargeKind::Recurring, unit("45"))])];
        case.subscription.quantities = vec![(day("2026-11-11"), 1)];
        let lines = rated(&case, "2026-12");
        let shown: Vec<_> =
            lines.iter().map(|line| (line.gross.to_string(), line.reference.to_string())).collect();
        assert_eq!(shown, [("45".into(), "30".into())]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn usage_adds_up_to_the_exact_sum_rounded_once(
            quantities in prop::collection::vec((1u32..30, 0i64..10_000_000_000), 0..9), price in 0i64..100_000_000,
            included in 0i64..1000,
        ) {
            let value = PriceValue::Unit(crate::values::UnitPrice::from_mantissa(i128::from(price)).unwrap());
            let mut case = case(
                charge(ChargeKind::Usage, ChargeModel::PerUnit),
                vec![version("2026-01-01", &[(ChargeKind::Usage, value.clone())])],
            );
            case.subscription.start = day("2026-11-01");
            case.subscription.quantities = vec![(day("2026-11-01"), 2)];
            case.included.insert(product(), Quantity::whole(included));
            let mut quantities = quantities;
            quantities.sort_unstable();
            case.usage = quantities
                .iter()
                .map(|(on, units)| Daily {
                    product: product(),
                    day: NaiveDate::from_ymd_opt(2026, 11, *on).unwrap(),
                    currency: None,
                    quantity: Quantity::from_units(i128::from(*units) * 10i128.pow(10)),
                    cost: Cost::ZERO,
                })
                .collect();
            // The oracle knows nothing of days: all that is used, less what is included, at one price.
            let used: Exact = case.usage.iter().map(|daily| daily.quantity.exact()).sum();
            let free = Exact::from_integer((2 * included).into());
            let expected = (used - free).max(Exact::zero()) * value.factor(0);
            let total: Vec<Line> = rated(&case, "2026-11");
            let gross = total.first().map(|line| line.gross).unwrap_or_default();
            prop_assert_eq!(gross, round(&expected, "USD".parse().unwrap()).unwrap());
            prop_assert_eq!(rated(&case, "2026-11"), total);
        }

        #[test]
        fn the_order_of_records_and_corrections_does_not_matter(
            quantities in prop::collection::vec(-1000i64..1000, 1..9).prop_shuffle(), included in 0i64..500,
        ) {
            let mut case = case(
                charge(ChargeKind::Usage, ChargeModel::PerUnit),
                vec![version("2026-01-01", &[(ChargeKind::Usage, unit("0.37"))])],
            );
            case.subscription.start = day("2026-11-01");
            case.subscription.quantities = vec![(day("2026-11-01"), 1)];
            case.included.insert(product(), Quantity::whole(included));
            let mut gross_of = |quantities: &[i64]| {
                let days = quantities.iter().zip(1..);
                let daily = |(units, on): (&i64, u32)| used(&format!("2026-11-{on:02}"), &units.to_string(), "0");
                case.usage = days.map(daily).collect();
                rated(&case, "2026-11").iter().map(|line| line.gross).collect::<Vec<_>>()
            };
            let there = gross_of(&quantities);
            prop_assert_eq!(there.len(), 1);
            let mut sorted = quantities;
            sorted.sort_unstable();
            prop_assert_eq!(gross_of(&sorted), there.clone());
            // What is used in all decides: nothing is paid back that was never charged.
            let total: i64 = sorted.iter().sum();
            let billable = Exact::from_integer((total - total.clamp(0, included)).into());
            let expected = round(&(billable * unit("0.37").factor(0)), "USD".parse().unwrap()).unwrap();
            prop_assert_eq!(there, vec![expected]);
        }
    }
}
