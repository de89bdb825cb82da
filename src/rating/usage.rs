//! Usage charges: what is included is used up in order of days, and the charge's model prices the rest.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use num_bigint::BigInt;
use num_traits::Zero;

use super::piece::Pieces;
use super::{Daily, Input, Line, packages, tiers};
use crate::catalog::{Charge, ChargeModel, PriceValue};
use crate::values::{Cost, Days, Exact, OutOfRange, PriceVersionId, ProductId, Quantity};

/// A day's use of the charge's product, at the prices of that day.
pub(super) struct UsedDay {
    pub day: NaiveDate,
    pub version: PriceVersionId,
    pub value: PriceValue,
    pub reference: PriceValue,
    pub quantity: Quantity,
    pub cost: Cost,
    /// What the month had used before it, and what with it.
    pub before: Quantity,
    pub after: Quantity,
}

/// A month's use of a charge's product.
pub(super) struct Used {
    pub days: Vec<UsedDay>,
    /// What the active days include, an exact fraction.
    pub included: Exact,
}

impl Used {
    /// How much of the use up to a point is included.
    pub fn free(&self, used: Quantity) -> Exact {
        used.exact().max(Exact::zero()).min(self.included.clone())
    }

    /// How much of the use up to a point is charged for; below zero when corrections outweigh what was used.
    pub fn billable(&self, used: Quantity) -> Exact {
        used.exact() - self.free(used)
    }

    /// How much of a day's use is included; a correction gives back what had been taken.
    pub fn free_on(&self, day: &UsedDay) -> Exact {
        self.free(day.after) - self.free(day.before)
    }

    /// What the whole month is charged for.
    pub fn total(&self) -> Exact {
        self.days.last().map(|last| self.billable(last.after)).unwrap_or_default()
    }
}

/// The lines of a usage charge.
pub(super) fn usage(input: &Input<'_>, charge: &Charge, active: Days) -> Result<Vec<Line>, OutOfRange> {
    let Some(product) = charge.product else { return Ok(Vec::new()) };
    let used = used(input, charge, product, active)?;
    let pieces = match charge.model {
        ChargeModel::Flat | ChargeModel::PerUnit => each_unit(&used)?,
        ChargeModel::Graduated => tiers::graduated(&used, &charge.edges)?,
        ChargeModel::Volume => tiers::volume(&used, &charge.edges)?,
        ChargeModel::Package => packages::packages(&used, charge.package)?,
        ChargeModel::CostPlus => cost_plus(&used)?,
    };
    pieces.lines(input, charge)
}

/// The use day by day, whatever the order of its records. A list cost in another currency is not charged.
fn used(input: &Input<'_>, charge: &Charge, product: ProductId, active: Days) -> Result<Used, OutOfRange> {
    let is_payable = |daily: &&Daily| {
        charge.model != ChargeModel::CostPlus
            || daily.currency.is_none_or(|currency| currency == input.subscription.currency)
    };
    let mut by_day: BTreeMap<NaiveDate, (Quantity, Cost)> = BTreeMap::new();
    for daily in input.usage.iter().filter(|daily| daily.product == product).filter(is_payable) {
        let (quantity, cost) = by_day.entry(daily.day).or_default();
        *quantity = quantity.checked_add(daily.quantity)?;
        *cost = cost.checked_add(daily.cost)?;
    }
    let mut used = Used { days: Vec::new(), included: included(input, product, active) };
    let mut before = Quantity::ZERO;
    for (day, (quantity, cost)) in by_day.into_iter().filter(|(day, _)| active.contains(*day)) {
        let Some((version, value)) = input.price(charge.id, day) else { continue };
        let reference = input.reference(charge.id, day, &value);
        let after = before.checked_add(quantity)?;
        used.days.push(UsedDay { day, version, value, reference, quantity, cost, before, after });
        before = after;
    }
    Ok(used)
}

fn included(input: &Input<'_>, product: ProductId, active: Days) -> Exact {
    let a_month = input.included.get(&product).copied().unwrap_or_default().exact();
    let parts = input.stretches(active).into_iter().map(|(days, quantity)| {
        &a_month * Exact::from_integer(BigInt::from(quantity)) * input.part_of_month(days)
    });
    parts.sum()
}

/// Each unit above what is included, at the price of its day.
fn each_unit(used: &Used) -> Result<Pieces, OutOfRange> {
    let mut pieces = Pieces::default();
    for day in &used.days {
        let free = used.free_on(day);
        let billable = day.quantity.exact() - &free;
        let piece = pieces.on(day, 0);
        piece.units = piece.units.checked_add(day.quantity)?;
        piece.charge(&billable, &day.reference);
        piece.included += free;
        piece.billable += billable;
    }
    Ok(pieces)
}

/// The list cost times (1 + percent), without anything included.
fn cost_plus(used: &Used) -> Result<Pieces, OutOfRange> {
    let mut pieces = Pieces::default();
    for day in &used.days {
        let piece = pieces.on(day, 0);
        piece.units = piece.units.checked_add(day.quantity)?;
        piece.cost = piece.cost.checked_add(day.cost)?;
        piece.charge(&day.cost.exact(), &day.reference);
        piece.billable += day.quantity.exact();
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::ChargeKind;
    use crate::rating::sample::{Case, charge, metered, used};

    /// A charge for one unit each on three days: one with a list cost in dollars, as the subscription's prices, one
    /// in euros and one without a currency.
    fn costs(model: ChargeModel, price: PriceValue) -> Case {
        let mut case = metered(charge(ChargeKind::Usage, model), &[("2026-01-01", price)]);
        let costs =
            [("2026-11-12", "10", Some("USD")), ("2026-11-13", "50", Some("EUR")), ("2026-11-14", "1", None)];
        let day = |(on, cost, currency): (&str, &str, Option<&str>)| Daily {
            currency: currency.map(|code| code.parse().unwrap()),
            ..used(on, "1", cost)
        };
        case.usage = costs.map(day).into();
        case
    }

    #[test]
    fn a_list_cost_in_another_currency_is_not_charged() {
        let case = costs(ChargeModel::CostPlus, PriceValue::CostPlus("10".parse().unwrap()));
        let lines = case.rated("2026-11");
        assert_eq!(case.gross("2026-11"), ["12.1"]);
        assert_eq!(
            (lines[0].quantity, &lines[0].billable),
            ("2".parse().unwrap(), &Exact::from_integer(2.into()))
        );
    }

    #[test]
    fn a_price_for_each_unit_does_not_ask_what_it_costs() {
        let case = costs(ChargeModel::PerUnit, PriceValue::Unit("2".parse().unwrap()));
        assert_eq!(case.gross("2026-11"), ["6"]);
    }
}
