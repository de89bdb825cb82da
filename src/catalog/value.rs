//! What a charge costs in a price version.

use num_bigint::BigInt;
use num_traits::{One, ToPrimitive};
use serde::{Deserialize, Serialize};

use crate::values::{Exact, Percent, PriceFault, UnitPrice, rounded};

/// What a charge costs: a price for each unit or package, for cost-plus the percent on top of the list cost, and for
/// graduated and volume charges one price a tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceValue {
    Unit(UnitPrice),
    CostPlus(Percent),
    /// In the order of the charge's tiers, and never empty.
    Tiers(Vec<UnitPrice>),
}

impl PriceValue {
    /// What a quantity or a cost is multiplied with: the price, or 1 + percent. The tier counts from 1 and matters to
    /// tiers only; the last one goes on for good.
    pub fn factor(&self, tier: u32) -> Exact {
        match self {
            Self::Unit(price) => price.exact(),
            Self::CostPlus(percent) => percent.ratio() + Exact::one(),
            Self::Tiers(_) => self.price(tier).map(UnitPrice::exact).unwrap_or_default(),
        }
    }

    /// The price of a unit in a tier; `None` for cost-plus, which has none.
    pub fn price(&self, tier: u32) -> Option<UnitPrice> {
        match self {
            Self::Unit(price) => Some(*price),
            Self::CostPlus(_) => None,
            Self::Tiers(prices) => {
                let index = usize::try_from(tier.saturating_sub(1)).unwrap_or(usize::MAX);
                prices.get(index).or(prices.last()).copied()
            }
        }
    }

    /// Each price by itself, a `Unit` or a `CostPlus`, with its tier: from 1, or 0 without tiers.
    pub fn parts(&self) -> Vec<(u32, Self)> {
        match self {
            Self::Tiers(prices) => (1..).zip(prices.iter().map(|price| Self::Unit(*price))).collect(),
            one => vec![(0, one.clone())],
        }
    }

    /// The price of one tier by itself; `None` when there is no such tier.
    pub fn part(&self, tier: u32) -> Option<Self> {
        self.parts().into_iter().find(|(known, _)| *known == tier).map(|(_, part)| part)
    }

    /// From the parts of a charge in the order of its tiers; `None` when they are not of one kind.
    pub fn joined(parts: &[(u32, Self)]) -> Option<Self> {
        match parts {
            [] => None,
            [(0, one)] => Some(one.clone()),
            tiers => {
                let price = |(_, part): &(u32, Self)| match part {
                    Self::Unit(price) => Some(*price),
                    _ => None,
                };
                tiers.iter().map(price).collect::<Option<Vec<_>>>().map(Self::Tiers)
            }
        }
    }

    /// Every price changed by that many percent; see [`times`](Self::times).
    pub fn scaled(&self, change: Percent, decimals: u32) -> Result<Self, PriceFault> {
        self.times(&(change.ratio() + Exact::one()), decimals)
    }

    /// Every price times a ratio, rounded to `decimals`, half away from zero. Of cost-plus the factor 1 + percent
    /// changes, to four decimals of a percent.
    pub fn times(&self, ratio: &Exact, decimals: u32) -> Result<Self, PriceFault> {
        let price = |price: &UnitPrice| {
            let decimals = decimals.min(10);
            let mantissa = rounded(&(price.exact() * ratio), decimals) * BigInt::from(10).pow(10 - decimals);
            UnitPrice::from_mantissa(mantissa.to_i128().ok_or(PriceFault::OutOfRange)?)
        };
        match self {
            Self::Unit(unit) => price(unit).map(Self::Unit),
            Self::Tiers(prices) => prices.iter().map(price).collect::<Result<_, _>>().map(Self::Tiers),
            Self::CostPlus(percent) => {
                let more = (percent.ratio() + Exact::one()) * ratio - Exact::one();
                let units = rounded(&more, 6).to_i64().ok_or(PriceFault::OutOfRange)?;
                Ok(Self::CostPlus(Percent::from_units(units)))
            }
        }
    }

    /// The decimals that its finest price is written with; none for cost-plus.
    pub fn decimals(&self) -> u32 {
        let of_part = |(tier, part): (u32, Self)| part.price(tier).map_or(0, |price| price.decimal().scale());
        self.parts().into_iter().map(of_part).max().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tiers(prices: &[&str]) -> PriceValue {
        PriceValue::Tiers(prices.iter().map(|price| price.parse().unwrap()).collect())
    }

    #[test]
    fn each_tier_has_its_price_and_the_last_goes_on() {
        let value = tiers(&["0.12", "0.10"]);
        let prices = [1, 2, 3].map(|tier| value.price(tier).unwrap().to_string());
        assert_eq!(prices, ["0.12", "0.1", "0.1"]);
        assert_eq!(PriceValue::joined(&value.parts()), Some(value.clone()));
        assert_eq!((value.part(2), value.part(0)), (Some(PriceValue::Unit("0.1".parse().unwrap())), None));
    }

    #[test]
    fn a_change_by_percent_rounds_halves_away_from_zero() {
        let up =
            |value: PriceValue, percent: &str, decimals| value.scaled(percent.parse().unwrap(), decimals);
        let unit = |text: &str| PriceValue::Unit(text.parse().unwrap());
        assert_eq!(up(unit("0.05"), "10", 2), Ok(unit("0.06")));
        assert_eq!(up(unit("120"), "0.4", 0), Ok(unit("120")));
        assert_eq!(up(tiers(&["0.12", "0.1"]), "-50", 10), Ok(tiers(&["0.06", "0.05"])));
        assert_eq!(up(unit("1"), "-101", 2), Err(PriceFault::Negative));
        // 1.1 x 1.1 = 1.21.
        let ten = PriceValue::CostPlus("10".parse().unwrap());
        assert_eq!(up(ten, "10", 2), Ok(PriceValue::CostPlus("21".parse().unwrap())));
    }
}
