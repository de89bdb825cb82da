//! Rates one subscription's month: a pure function of its inputs.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use num_bigint::BigInt;
use num_traits::Zero;

use super::Line;
use crate::catalog::{Charge, ChargeKind, ChargeModel, PriceValue, PriceVersion, prices};
use crate::customers::{PriceRule, Subscription};
use crate::values::{
    ChargeId, Cost, Currency, Days, Exact, Month, OutOfRange, PriceVersionId, ProductId, Quantity, round,
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
    /// In order of days.
    pub usage: &'a [Daily],
    pub month: Month,
}

/// What is charged at one price, summed exactly.
struct Stretch {
    first: NaiveDate,
    last: NaiveDate,
    value: PriceValue,
    quantity: Exact,
    units: Quantity,
    included: Exact,
    cost: Cost,
    gross: Exact,
    reference: Exact,
}

/// The month's lines, in the order of the charges and of their days.
pub fn rate(input: &Input<'_>) -> Result<Vec<Line>, OutOfRange> {
    let Some(active) = input.subscription.days_within(input.month.all_days()) else { return Ok(Vec::new()) };
    let mut lines = Vec::new();
    for charge in input.charges {
        match charge.kind {
            ChargeKind::OneTime => lines.extend(one_time(input, charge)?),
            ChargeKind::Recurring => lines.extend(recurring(input, charge, active)?),
            ChargeKind::Usage => lines.extend(usage(input, charge, active)?),
        }
    }
    Ok(lines)
}

impl Input<'_> {
    /// The version and value of a charge on a day: frozen subscriptions keep those of their first day.
    fn price(&self, charge: ChargeId, day: NaiveDate) -> Option<(PriceVersionId, PriceValue)> {
        let start = self.subscription.start;
        let day = if self.subscription.price_rule == PriceRule::Frozen { start } else { day };
        let version = prices::paid(&self.prices.channel, &self.prices.reference, day, start)?;
        version.values.get(&charge).map(|value| (version.id, *value))
    }

    /// The reference value of the same day; the price itself where there is none.
    fn reference(&self, charge: ChargeId, day: NaiveDate, paid: PriceValue) -> PriceValue {
        let version = prices::in_effect(&self.prices.reference, day, self.subscription.start);
        version.and_then(|version| version.values.get(&charge)).copied().unwrap_or(paid)
    }

    /// Days of equal quantity within `active`.
    fn stretches(&self, active: Days) -> Vec<(Days, u32)> {
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

    fn part_of_month(&self, days: Days) -> Exact {
        Exact::new(BigInt::from(days.len()), BigInt::from(self.month.days()))
    }

    fn line(&self, charge: &Charge, version: PriceVersionId, stretch: Stretch) -> Result<Line, OutOfRange> {
        let subscription = self.subscription;
        let until = stretch.last.succ_opt().unwrap_or(stretch.last);
        let (unit_price, percent) = match stretch.value {
            PriceValue::Unit(price) => (Some(price), None),
            PriceValue::CostPlus(percent) => (None, Some(percent)),
        };
        Ok(Line {
            customer: subscription.customer,
            subscription: subscription.id,
            bundle: subscription.bundle,
            product: charge.product,
            charge: charge.id,
            kind: charge.kind,
            days: Days { from: stretch.first, until },
            currency: subscription.currency,
            quantity: stretch.units,
            included: stretch.included,
            billable: stretch.quantity,
            unit_price,
            percent,
            cost: percent.map(|_| stretch.cost),
            price_version: version,
            gross: round(&stretch.gross, subscription.currency)?,
            reference: round(&stretch.reference, subscription.currency)?,
        })
    }
}

fn one_time(input: &Input<'_>, charge: &Charge) -> Result<Option<Line>, OutOfRange> {
    let start = input.subscription.start;
    if Month::of(start) != input.month {
        return Ok(None);
    }
    let Some((version, value)) = input.price(charge.id, start) else { return Ok(None) };
    let units = Quantity::whole(i64::from(input.subscription.quantity_on(start)));
    let stretch = flat(input, charge, value, Days { from: start, until: start }, units, units.exact());
    input.line(charge, version, stretch).map(Some)
}

fn recurring(input: &Input<'_>, charge: &Charge, active: Days) -> Result<Vec<Line>, OutOfRange> {
    let Some((version, value)) = input.price(charge.id, active.from) else { return Ok(Vec::new()) };
    let mut lines = Vec::new();
    for (days, quantity) in input.stretches(active) {
        let units = Quantity::whole(i64::from(quantity));
        let billable = units.exact() * input.part_of_month(days);
        let mut stretch = flat(input, charge, value, days, units, billable.clone());
        stretch.reference = billable * input.reference(charge.id, active.from, value).factor();
        lines.push(input.line(charge, version, stretch)?);
    }
    Ok(lines)
}

fn flat(
    input: &Input<'_>,
    charge: &Charge,
    value: PriceValue,
    days: Days,
    units: Quantity,
    billable: Exact,
) -> Stretch {
    Stretch {
        first: days.from,
        last: days.until.pred_opt().filter(|last| *last >= days.from).unwrap_or(days.from),
        value,
        units,
        included: Exact::zero(),
        cost: Cost::ZERO,
        gross: &billable * value.factor(),
        reference: &billable * input.reference(charge.id, days.from, value).factor(),
        quantity: billable,
    }
}

fn usage(input: &Input<'_>, charge: &Charge, active: Days) -> Result<Vec<Line>, OutOfRange> {
    let Some(product) = charge.product else { return Ok(Vec::new()) };
    let mut allowance = Allowance { all: included(input, product, active), used: Exact::zero() };
    let mut stretches: Vec<(PriceVersionId, Stretch)> = Vec::new();
    for daily in input.usage.iter().filter(|daily| daily.product == product && active.contains(daily.day)) {
        let Some((version, value)) = input.price(charge.id, daily.day) else { continue };
        let index = match stretches.iter().rposition(|(known, _)| *known == version) {
            Some(index) => index,
            None => {
                stretches.push((version, empty(daily.day, value)));
                stretches.len() - 1
            }
        };
        let reference = input.reference(charge.id, daily.day, value);
        if let Some((_, stretch)) = stretches.get_mut(index) {
            stretch.last = stretch.last.max(daily.day);
            add(stretch, charge.model, daily, reference, &mut allowance)?;
        }
    }
    stretches.into_iter().map(|(version, stretch)| input.line(charge, version, stretch)).collect()
}

/// What is included, and what was used of it up to now.
struct Allowance {
    all: Exact,
    used: Exact,
}

impl Allowance {
    /// How much of a day's use is included; a correction gives back what had been taken.
    fn take(&mut self, quantity: &Exact) -> Exact {
        let before = self.taken();
        self.used += quantity;
        self.taken() - before
    }

    fn taken(&self) -> Exact {
        self.used.clone().max(Exact::zero()).min(self.all.clone())
    }
}

/// What the active days include, an exact fraction.
fn included(input: &Input<'_>, product: ProductId, active: Days) -> Exact {
    let a_month = input.included.get(&product).copied().unwrap_or_default().exact();
    let parts = input.stretches(active).into_iter().map(|(days, quantity)| {
        &a_month * Exact::from_integer(BigInt::from(quantity)) * input.part_of_month(days)
    });
    parts.sum()
}

fn empty(day: NaiveDate, value: PriceValue) -> Stretch {
    Stretch {
        first: day,
        last: day,
        value,
        quantity: Exact::zero(),
        units: Quantity::ZERO,
        included: Exact::zero(),
        cost: Cost::ZERO,
        gross: Exact::zero(),
        reference: Exact::zero(),
    }
}

fn add(
    stretch: &mut Stretch,
    model: ChargeModel,
    daily: &Daily,
    reference: PriceValue,
    allowance: &mut Allowance,
) -> Result<(), OutOfRange> {
    stretch.units = stretch.units.checked_add(daily.quantity)?;
    let counted = match model {
        ChargeModel::CostPlus => {
            stretch.cost = stretch.cost.checked_add(daily.cost)?;
            stretch.quantity += daily.quantity.exact();
            daily.cost.exact()
        }
        ChargeModel::PerUnit | ChargeModel::Flat => {
            let used = daily.quantity.exact();
            let free = allowance.take(&used);
            stretch.included += &free;
            let billable = used - free;
            stretch.quantity += &billable;
            billable
        }
    };
    stretch.gross += &counted * stretch.value.factor();
    stretch.reference += counted * reference.factor();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::PriceConcern;
    use crate::values::{BundleId, ChannelId, CustomerId, SubscriptionId, Timestamp};
    use proptest::prelude::*;

    struct Case {
        subscription: Subscription,
        charges: Vec<Charge>,
        included: BTreeMap<ProductId, Quantity>,
        prices: Prices,
        usage: Vec<Daily>,
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn product() -> ProductId {
        ProductId::derived("cpu")
    }

    fn charge(kind: ChargeKind, model: ChargeModel) -> Charge {
        let product = (kind == ChargeKind::Usage).then(product);
        Charge { id: ChargeId::derived(kind.as_str()), kind, model, product, position: 1 }
    }

    fn version(from: &str, values: &[(ChargeKind, PriceValue)]) -> PriceVersion {
        PriceVersion {
            id: PriceVersionId::derived(from),
            channel: None,
            bundle: BundleId::derived("b"),
            currency: "USD".parse().unwrap(),
            effective_from: day(from),
            concerns: PriceConcern::Existing,
            reason: String::new(),
            values: values.iter().map(|(kind, value)| (ChargeId::derived(kind.as_str()), *value)).collect(),
            created_at: Timestamp::from_micros(0).unwrap(),
            created_by: String::new(),
        }
    }

    fn unit(text: &str) -> PriceValue {
        PriceValue::Unit(text.parse().unwrap())
    }

    fn case(charge: Charge, versions: Vec<PriceVersion>) -> Case {
        let start = day("2026-11-11");
        Case {
            subscription: Subscription {
                id: SubscriptionId::derived("s"),
                reference: "S-000001".into(),
                channel: ChannelId::derived("c"),
                customer: CustomerId::derived("k"),
                bundle: BundleId::derived("b"),
                currency: "USD".parse().unwrap(),
                start,
                end: None,
                price_rule: PriceRule::Follow,
                quantities: vec![(start, 3)],
            },
            charges: vec![charge],
            included: BTreeMap::new(),
            prices: Prices { channel: Vec::new(), reference: versions },
            usage: Vec::new(),
        }
    }

    fn rated(case: &Case, month: &str) -> Vec<Line> {
        let input = Input {
            subscription: &case.subscription,
            charges: &case.charges,
            included: &case.included,
            prices: &case.prices,
            usage: &case.usage,
            month: month.parse().unwrap(),
        };
        rate(&input).unwrap()
    }

    fn gross(case: &Case, month: &str) -> Vec<String> {
        rated(case, month).iter().map(|line| line.gross.to_string()).collect()
    }

    fn used(on: &str, quantity: &str, cost: &str) -> Daily {
        Daily {
            product: product(),
            day: day(on),
            currency: None,
            quantity: quantity.parse().unwrap(),
            cost: cost.parse().unwrap(),
        }
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
        #[test]
        fn usage_adds_up_to_the_exact_sum_rounded_once(
            quantities in prop::collection::vec((1u32..30, 0i64..10_000_000_000), 0..40), price in 0i64..100_000_000,
            included in 0i64..1000,
        ) {
            let value = PriceValue::Unit(crate::values::UnitPrice::from_mantissa(i128::from(price)).unwrap());
            let mut case = case(
                charge(ChargeKind::Usage, ChargeModel::PerUnit),
                vec![version("2026-01-01", &[(ChargeKind::Usage, value)])],
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
            let expected = (used - free).max(Exact::zero()) * value.factor();
            let total: Vec<Line> = rated(&case, "2026-11");
            let gross = total.first().map(|line| line.gross).unwrap_or_default();
            prop_assert_eq!(gross, round(&expected, "USD".parse().unwrap()).unwrap());
            prop_assert_eq!(rated(&case, "2026-11"), total);
        }

        #[test]
        fn the_order_of_records_and_corrections_does_not_matter(
            quantities in prop::collection::vec(-1000i64..1000, 1..20).prop_shuffle(), included in 0i64..500,
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
            let expected = round(&(billable * unit("0.37").factor()), "USD".parse().unwrap()).unwrap();
            prop_assert_eq!(there, vec![expected]);
        }
    }
}
