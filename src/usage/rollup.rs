//! Adds records up by day, subscription and product, exactly.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::DailyUsage;
use crate::values::{Cost, Currency, OutOfRange, ProductId, Quantity, SubscriptionId};

/// What records must share to be added up.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DailyKey {
    pub subscription: SubscriptionId,
    pub product: ProductId,
    pub day: NaiveDate,
    pub unit: String,
    pub currency: Option<Currency>,
}

/// The sums so far.
#[derive(Debug, Clone, Default)]
pub struct Rollup(BTreeMap<DailyKey, (Quantity, Cost, i64)>);

impl Rollup {
    /// Adds a record's quantity and, when its key has a currency, its list cost.
    pub fn add(&mut self, key: DailyKey, quantity: Quantity, cost: Cost) -> Result<(), OutOfRange> {
        let sum = self.0.entry(key).or_default();
        *sum = (sum.0.checked_add(quantity)?, sum.1.checked_add(cost)?, sum.2 + 1);
        Ok(())
    }

    /// How many sums there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The sums by subscription, product and day.
    pub fn into_sums(self) -> impl Iterator<Item = DailyUsage> {
        self.0.into_iter().map(|(key, (quantity, cost, records))| DailyUsage {
            subscription: key.subscription,
            product: key.product,
            day: key.day,
            unit: key.unit,
            currency: key.currency,
            quantity,
            cost,
            records,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(subscription: usize, day: u64, currency: bool) -> DailyKey {
        DailyKey {
            subscription: SubscriptionId::derived(&subscription.to_string()),
            product: ProductId::derived("vm"),
            day: NaiveDate::from_ymd_opt(2026, 11, 1).unwrap() + chrono::Days::new(day),
            unit: "GB".into(),
            currency: currency.then(|| "USD".parse().unwrap()),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn daily_sums_are_the_exact_sums_of_the_records(
            records in proptest::collection::vec(
                (0usize..3, 0u64..3, any::<bool>(), -(10i128.pow(30))..10i128.pow(30), -(10i128.pow(30))..10i128.pow(30)),
                0..60,
            )
        ) {
            let mut rollup = Rollup::default();
            let mut expected: BTreeMap<DailyKey, (i128, i128, i64)> = BTreeMap::new();
            for (subscription, day, currency, quantity, cost) in &records {
                let key = key(*subscription, *day, *currency);
                rollup.add(key.clone(), Quantity::from_units(*quantity), Cost::from_units(*cost)).unwrap();
                let sum = expected.entry(key).or_default();
                *sum = (sum.0 + quantity, sum.1 + cost, sum.2 + 1);
            }
            let sums: Vec<_> = rollup.into_sums().map(|sum| (sum.quantity.units(), sum.cost.units(), sum.records)).collect();
            prop_assert_eq!(sums, expected.into_values().collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_sum_that_no_column_could_keep_is_an_error() {
        let mut rollup = Rollup::default();
        let most = Quantity::from_units(10i128.pow(37) - 1);
        rollup.add(key(0, 0, true), most, Cost::ZERO).unwrap();
        assert_eq!(rollup.add(key(0, 0, true), most, Cost::ZERO), Err(OutOfRange));
    }
}
