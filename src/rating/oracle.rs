//! Metered charges by another reading of the rules: whole units one by one, where the program counts in fractions.
//!
//! A unit lies between two places of the month. Up to zero and above what is included it is charged, between them it is
//! free; a correction gives back the unit at the present place. Graduated prices look at the unit's place, volume prices
//! at the month's total, packages at the day on which the total passes each full number of them.

use std::collections::BTreeMap;

use num_traits::Zero;
use proptest::prelude::*;

use super::Line;
use super::sample::{Case, metered, product, tiered};
use crate::catalog::{Charge, ChargeModel, PriceValue};
use crate::customers::PriceRule;
use crate::values::{Amount, Currency, Exact, round};

/// Prices in cents, by tier.
type Prices = Vec<i64>;

#[derive(Debug, Clone)]
struct Month {
    model: ChargeModel,
    edges: Vec<i64>,
    package: i64,
    included: i64,
    /// From 1 January, and from a day of November on.
    first: Prices,
    second: (u32, Prices),
    is_frozen: bool,
    used: BTreeMap<u32, i64>,
}

fn month() -> impl Strategy<Value = Month> {
    let models = [ChargeModel::PerUnit, ChargeModel::Graduated, ChargeModel::Volume, ChargeModel::Package];
    let edges = prop::collection::btree_set(1i64..40, 1..4);
    let prices = || prop::collection::vec(0i64..500, 4);
    let second = (2u32..=30, prices());
    let used = prop::collection::btree_map(1u32..=30, -20i64..40, 0..8);
    let numbers = (1i64..15, 0i64..25, any::<bool>());
    (prop::sample::select(models.to_vec()), edges, numbers, prices(), second, used).prop_map(
        |(model, edges, (package, included, is_frozen), first, second, used)| Month {
            model,
            edges: edges.into_iter().collect(),
            package,
            included,
            first,
            second,
            is_frozen,
            used,
        },
    )
}

impl Month {
    fn is_tiered(&self) -> bool {
        matches!(self.model, ChargeModel::Graduated | ChargeModel::Volume)
    }

    fn case(&self) -> Case {
        let edges: Vec<String> = self.edges.iter().map(ToString::to_string).collect();
        let edges: Vec<&str> = edges.iter().map(String::as_str).filter(|_| self.is_tiered()).collect();
        let package = (self.model == ChargeModel::Package).then(|| self.package.to_string().parse().unwrap());
        let charge = Charge { package, ..tiered(self.model, &edges) };
        let (day, second) = &self.second;
        let prices =
            [("2026-01-01", self.value(&self.first)), (&*format!("2026-11-{day:02}"), self.value(second))];
        let mut case = metered(charge, &prices);
        case.included.insert(product(), self.included.to_string().parse().unwrap());
        case.subscription.price_rule = if self.is_frozen { PriceRule::Frozen } else { PriceRule::Follow };
        case
    }

    fn value(&self, cents: &Prices) -> PriceValue {
        let price = |cents: &i64| format!("{}.{:02}", cents / 100, cents % 100).parse().unwrap();
        match self.is_tiered() {
            true => PriceValue::Tiers(cents.iter().take(self.edges.len() + 1).map(price).collect()),
            false => PriceValue::Unit(price(&cents[0])),
        }
    }

    /// Which of the two prices holds on a day.
    fn version(&self, day: u32) -> usize {
        usize::from(!self.is_frozen && day >= self.second.0)
    }

    fn cents(&self, version: usize, tier: usize) -> i64 {
        if version == 0 { self.first[tier] } else { self.second.1[tier] }
    }

    fn tier(&self, place: i64) -> usize {
        self.edges.iter().filter(|edge| **edge < place).count()
    }

    /// The charged units of each day, each with its place above what is included, or below zero.
    fn units(&self) -> Vec<(u32, i64, i64)> {
        let mut place = 0;
        let mut charged = Vec::new();
        for (day, used) in &self.used {
            for _ in 0..used.abs() {
                // The unit between the present place and the next one, upwards or downwards.
                let unit = if *used > 0 { place + 1 } else { place };
                place += used.signum();
                if unit <= 0 || unit > self.included {
                    charged.push((*day, used.signum(), if unit <= 0 { unit } else { unit - self.included }));
                }
            }
        }
        charged
    }

    /// Cents by price version and tier.
    fn gross(&self) -> BTreeMap<(usize, Option<u32>), i64> {
        let mut sums: BTreeMap<(usize, Option<u32>), i64> = BTreeMap::new();
        let units = self.units();
        let total: i64 = units.iter().map(|(_, sign, _)| sign).sum();
        if self.model == ChargeModel::Package {
            for package in 0..((total + self.package - 1) / self.package).max(0) {
                let reached = |day: u32| -> i64 {
                    units.iter().filter(|(on, ..)| *on <= day).map(|(_, sign, _)| sign).sum()
                };
                let day = (1..=30).find(|day| reached(*day) > package * self.package).unwrap();
                let version = self.version(day);
                *sums.entry((version, None)).or_default() += self.cents(version, 0);
            }
            return sums;
        }
        for (day, sign, place) in units {
            let version = self.version(day);
            let tier = match self.model {
                ChargeModel::Graduated => self.tier(place),
                ChargeModel::Volume => self.tier(total),
                _ => 0,
            };
            let told = self.is_tiered().then(|| u32::try_from(tier + 1).unwrap());
            *sums.entry((version, told)).or_default() += sign * self.cents(version, tier);
        }
        sums
    }
}

/// What the program says, lines of nothing apart.
fn told(case: &Case, lines: &[Line]) -> BTreeMap<(usize, Option<u32>), Amount> {
    let version = |line: &Line| {
        case.prices.reference.iter().position(|version| version.id == line.price_version).unwrap()
    };
    let all = lines.iter().map(|line| ((version(line), line.tier), line.gross));
    all.filter(|(_, gross)| !gross.is_zero()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn each_model_charges_what_counting_unit_by_unit_finds(month in month()) {
        let mut case = month.case();
        let used: Vec<(u32, String)> = month.used.iter().map(|(day, units)| (*day, units.to_string())).collect();
        case.november(&used.iter().map(|(day, units)| (*day, units.as_str())).collect::<Vec<_>>());
        let usd: Currency = "USD".parse().unwrap();
        let found = month.gross().into_iter().filter(|(_, cents)| *cents != 0);
        let expected: BTreeMap<_, _> = found.map(|(key, cents)| (key, Amount::from_minor_units(cents, usd).unwrap())).collect();
        let lines = case.rated("2026-11");
        prop_assert_eq!(told(&case, &lines), expected);

        // The order of the records within the month, and a day in two records, change nothing.
        case.usage.reverse();
        prop_assert_eq!(&case.rated("2026-11"), &lines);

        // What was used is in the lines to the last unit, free or charged.
        let units: i64 = month.used.values().sum();
        let in_lines: Exact = lines.iter().map(|line| line.quantity.exact()).sum();
        prop_assert_eq!(in_lines, Exact::from_integer(units.into()));
        if month.model != ChargeModel::Package {
            for line in &lines {
                prop_assert_eq!(&line.included + &line.billable, line.quantity.exact());
                let exact = line.unit_price.map_or_else(Exact::zero, |price| price.exact() * &line.billable);
                prop_assert_eq!(line.gross, round(&exact, usd).unwrap());
            }
        }
    }
}
