//! Percents with up to four decimals.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Exact;
use super::exact::parts_of;
use super::quantity::typed_digits;

/// A percent in units of 1e-4: `17.5` is 175,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(i64);

const DECIMALS: u32 = 4;
const HUNDRED: i64 = 1_000_000;

/// A percent that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PercentFault {
    #[error("Enter a percent, such as 17.5")]
    NotANumber,
    #[error("Enter a percent with at most 4 decimals, below 100,000")]
    OutOfRange,
    #[error("Enter a percent from 0 to 100")]
    NotAShare,
}

impl Percent {
    pub const ZERO: Self = Self(0);

    /// From units of 1e-4 percent.
    pub const fn from_units(units: i64) -> Self {
        Self(units)
    }

    pub const fn units(self) -> i64 {
        self.0
    }

    /// The part of one: 17.5 percent is 175/1000.
    pub fn ratio(self) -> Exact {
        parts_of(self.0.into(), HUNDRED.into())
    }

    /// A share: from 0 to 100.
    pub fn parse_share(text: &str) -> Result<Self, PercentFault> {
        let percent: Self = text.parse()?;
        if (0..=HUNDRED).contains(&percent.0) { Ok(percent) } else { Err(PercentFault::NotAShare) }
    }

    pub fn decimal(self) -> Decimal {
        Decimal::new(self.0, DECIMALS).normalize()
    }
}

impl FromStr for Percent {
    type Err = PercentFault;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = typed_digits(text.trim().trim_end_matches('%'));
        let mut decimal = digits.parse::<Decimal>().map_err(|_| PercentFault::NotANumber)?.normalize();
        if decimal.scale() > DECIMALS || decimal.abs() >= Decimal::from(100_000) {
            return Err(PercentFault::OutOfRange);
        }
        decimal.rescale(DECIMALS);
        i64::try_from(decimal.mantissa()).map(Self).map_err(|_| PercentFault::OutOfRange)
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.decimal().fmt(f)
    }
}

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_keep_four_decimals() {
        assert_eq!("17.5 %".parse::<Percent>().unwrap().units(), 175_000);
        assert_eq!("17.5000".parse::<Percent>().unwrap().to_string(), "17.5");
        assert_eq!("0.00001".parse::<Percent>(), Err(PercentFault::OutOfRange));
        assert_eq!("x".parse::<Percent>(), Err(PercentFault::NotANumber));
    }

    #[test]
    fn a_share_is_from_nothing_to_all() {
        assert!(Percent::parse_share("0").is_ok() && Percent::parse_share("100").is_ok());
        assert_eq!(Percent::parse_share("100.0001"), Err(PercentFault::NotAShare));
        assert_eq!(Percent::parse_share("-1"), Err(PercentFault::NotAShare));
    }
}
