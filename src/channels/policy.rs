//! Whether a channel price is allowed: all failed checks together, each with the nearest allowed price.
//!
//! Floor and ceiling are percent of the reference price; the margin is channel price less reference price, in percent
//! of the channel price. For cost-plus the same is asked of the factor 1 + percent. A reference price of zero has
//! neither floor nor ceiling nor margin. The order is policy, floor, margin, ceiling, precision.

use num_bigint::BigInt;
use num_traits::{One, ToPrimitive, Zero};

use super::{Band, PricePolicy};
use crate::catalog::{ChargeKind, PriceValue};
use crate::values::{Currency, Exact, Percent, UnitPrice};

/// Which check failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    Policy,
    Floor(Percent),
    Margin(Percent),
    Ceiling(Percent),
    Precision,
}

/// A failed check with the nearest price that passes it; `Display` is the message beside the field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub check: Check,
    /// `None` when no price would pass: the policy is locked.
    pub nearest: Option<PriceValue>,
    /// The tier that it is about, from 1; 0 without tiers.
    pub tier: u32,
    currency: Currency,
}

impl Fault {
    /// Whether it is about a limit, which root may let pass, and not about what can be entered at all.
    pub fn is_limit(&self) -> bool {
        matches!(self.check, Check::Floor(_) | Check::Margin(_) | Check::Ceiling(_))
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let nearest = match &self.nearest {
            Some(PriceValue::Unit(price)) => format!("{} {price}", self.currency),
            Some(PriceValue::CostPlus(percent)) => format!("{percent}%"),
            Some(PriceValue::Tiers(_)) | None => String::new(),
        };
        match self.check {
            Check::Policy => f.write_str("This price is locked; ask the provider to change it"),
            Check::Floor(percent) => {
                write!(f, "Enter {nearest} or more: the floor is {percent}% of the reference price")
            }
            Check::Margin(percent) => {
                write!(f, "Enter {nearest} or more: the margin must be {percent}% or more")
            }
            Check::Ceiling(percent) => {
                write!(f, "Enter {nearest} or less: the ceiling is {percent}% of the reference price")
            }
            Check::Precision => {
                write!(f, "Enter {nearest}: {} prices of this charge have fewer decimals", self.currency)
            }
        }
    }
}

/// A price that somebody wishes for; of a charge with tiers the price of one of them.
#[derive(Debug, Clone)]
pub struct Wish {
    pub kind: ChargeKind,
    pub currency: Currency,
    pub reference: PriceValue,
    pub price: PriceValue,
    /// From 1; 0 without tiers.
    pub tier: u32,
}

/// Checks a re-seller's wish against the policy. `editable` is the channel's switch.
pub fn check(editable: bool, policy: PricePolicy, band: Band, wish: &Wish) -> Result<(), Vec<Fault>> {
    let mut faults = Vec::new();
    let fault = |check, nearest| Fault { check, nearest, tier: wish.tier, currency: wish.currency };
    if !editable || policy == PricePolicy::Locked {
        return Err(vec![fault(Check::Policy, None)]);
    }
    let (reference, price) = (wish.reference.factor(0), wish.price.factor(0));
    if policy == PricePolicy::Band && !reference.is_zero() {
        if let Some(percent) = band.floor {
            let least = &reference * percent.ratio();
            if price < least {
                faults.push(fault(Check::Floor(percent), wish.nearest(&least, Direction::Up)));
            }
        }
        if let Some(percent) = band.min_margin.filter(|percent| percent.ratio() < Exact::one()) {
            let least = &reference / (Exact::one() - percent.ratio());
            if price < least {
                faults.push(fault(Check::Margin(percent), wish.nearest(&least, Direction::Up)));
            }
        }
        if let Some(percent) = band.ceiling {
            let most = &reference * percent.ratio();
            if price > most {
                faults.push(fault(Check::Ceiling(percent), wish.nearest(&most, Direction::Down)));
            }
        }
    }
    if !has_precision(&(&price * BigInt::from(10).pow(wish.decimals()))) && !wish.is_cost_plus() {
        faults.push(fault(Check::Precision, wish.nearest(&price, Direction::Up)));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// Channel price less reference price, as a part of the channel price; `None` for a price of zero. Of tiers it is the
/// first one's: give them part by part.
pub fn margin(price: &PriceValue, reference: &PriceValue) -> Option<Exact> {
    let (price, reference) = (price.factor(0), reference.factor(0));
    (!price.is_zero()).then(|| (&price - reference) / &price)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

impl Wish {
    fn is_cost_plus(&self) -> bool {
        matches!(self.price, PriceValue::CostPlus(_))
    }

    /// Usage is multiplied and may have fine prices; other charges are due as they are.
    fn decimals(&self) -> u32 {
        if self.kind == ChargeKind::Usage { 10 } else { self.currency.minor_digits() }
    }

    /// The limit as a price that can be entered, on its allowed side.
    fn nearest(&self, limit: &Exact, direction: Direction) -> Option<PriceValue> {
        if self.is_cost_plus() {
            let percent = (limit - Exact::one()) * BigInt::from(1_000_000);
            return whole(&percent, direction)
                .to_i64()
                .map(|units| PriceValue::CostPlus(Percent::from_units(units)));
        }
        let scale = BigInt::from(10).pow(self.decimals());
        let mantissa = whole(&(limit * &scale), direction) * BigInt::from(10).pow(10 - self.decimals());
        UnitPrice::from_mantissa(mantissa.to_i128()?).ok().map(PriceValue::Unit)
    }
}

fn whole(number: &Exact, direction: Direction) -> BigInt {
    match direction {
        Direction::Up => number.ceil().to_integer(),
        Direction::Down => number.floor().to_integer(),
    }
}

fn has_precision(scaled: &Exact) -> bool {
    scaled.is_integer()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unit(text: &str) -> PriceValue {
        PriceValue::Unit(text.parse().unwrap())
    }

    fn wish(kind: ChargeKind, reference: PriceValue, price: PriceValue) -> Wish {
        Wish { kind, currency: "USD".parse().unwrap(), reference, price, tier: 0 }
    }

    fn band(floor: &str, ceiling: &str, margin: &str) -> Band {
        let percent = |text: &str| text.parse().ok();
        Band { floor: percent(floor), ceiling: percent(ceiling), min_margin: percent(margin) }
    }

    fn messages(policy: PricePolicy, band: Band, wish: &Wish) -> Vec<String> {
        let faults = check(true, policy, band, wish).err().unwrap_or_default();
        faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_failed_check_is_told_in_order_with_the_nearest_price() {
        let low = wish(ChargeKind::Recurring, unit("100"), unit("84.005"));
        assert_eq!(
            messages(PricePolicy::Band, band("90", "150", "5"), &low),
            [
                "Enter USD 90 or more: the floor is 90% of the reference price",
                "Enter USD 105.27 or more: the margin must be 5% or more",
                "Enter USD 84.01: USD prices of this charge have fewer decimals",
            ]
        );
        let high = wish(ChargeKind::Recurring, unit("100"), unit("151"));
        assert_eq!(
            messages(PricePolicy::Band, band("90", "150", ""), &high),
            ["Enter USD 150 or less: the ceiling is 150% of the reference price"]
        );
    }

    #[test]
    fn a_locked_price_stays_and_a_free_one_moves() {
        let any = wish(ChargeKind::Recurring, unit("100"), unit("1"));
        assert!(check(true, PricePolicy::Locked, Band::default(), &any).is_err());
        assert!(check(false, PricePolicy::Free, Band::default(), &any).is_err());
        assert_eq!(check(true, PricePolicy::Free, band("90", "", ""), &any), Ok(()));
    }

    #[test]
    fn cost_plus_is_limited_by_its_factor() {
        let percent = |text: &str| PriceValue::CostPlus(text.parse().unwrap());
        let low = wish(ChargeKind::Usage, percent("10"), percent("4"));
        assert_eq!(
            messages(PricePolicy::Band, band("100", "", ""), &low),
            ["Enter 10% or more: the floor is 100% of the reference price"]
        );
    }

    #[test]
    fn a_reference_price_of_zero_limits_nothing() {
        let any = wish(ChargeKind::OneTime, unit("0"), unit("25"));
        assert_eq!(check(true, PricePolicy::Band, band("90", "110", "50"), &any), Ok(()));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn the_nearest_price_passes_its_own_check(
            reference in 1i64..10_000_000, price in 0i64..20_000_000,
            floor in 1i64..2_000_000, margin in 0i64..900_000, usage: bool,
        ) {
            let kind = if usage { ChargeKind::Usage } else { ChargeKind::Recurring };
            let scale = if usage { 1 } else { 100_000_000 };
            let value = |number: i64| PriceValue::Unit(UnitPrice::from_mantissa(i128::from(number) * scale).unwrap());
            let limits = Band {
                floor: Some(Percent::from_units(floor)),
                ceiling: None,
                min_margin: Some(Percent::from_units(margin)),
            };
            let wished = wish(kind, value(reference), value(price));
            let Err(faults) = check(true, PricePolicy::Band, limits, &wished) else { return Ok(()) };
            let nearest = faults.into_iter().filter_map(|fault| fault.nearest).max_by_key(|value| value.factor(0)).unwrap();
            let mended = Wish { price: nearest, ..wished };
            prop_assert_eq!(check(true, PricePolicy::Band, limits, &mended), Ok(()));
        }
    }
}
