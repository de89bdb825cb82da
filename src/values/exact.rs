//! Exact fractions, and the one rounding: half away from zero, to the currency's minor unit.

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive};

use super::{Amount, Currency};

/// A number without rounding, for everything between inputs and charge lines.
pub type Exact = BigRational;

/// A result that no column could keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the number is larger than the portal keeps")]
pub struct OutOfRange;

/// Rounds to the currency's minor unit, half away from zero.
pub fn round(exact: &Exact, currency: Currency) -> Result<Amount, OutOfRange> {
    let scaled = exact * BigInt::from(10).pow(currency.minor_digits());
    let two = BigInt::from(2);
    let (numerator, denominator) = (scaled.numer().abs(), scaled.denom());
    let rounded = (&numerator * &two + denominator).div_floor(&(denominator * &two));
    let minor_units = rounded.to_i64().ok_or(OutOfRange)?;
    let minor_units = if exact.is_negative() { -minor_units } else { minor_units };
    Amount::from_minor_units(minor_units, currency)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn exact(numerator: i64, denominator: i64) -> Exact {
        Exact::new(numerator.into(), denominator.into())
    }

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn halves_go_away_from_zero_in_each_currency() {
        assert_eq!(round(&exact(5, 1000), currency("USD")).unwrap().to_string(), "0.01");
        assert_eq!(round(&exact(-5, 1000), currency("USD")).unwrap().to_string(), "-0.01");
        assert_eq!(round(&exact(4999, 1_000_000), currency("USD")).unwrap().to_string(), "0");
        assert_eq!(round(&exact(1, 2), currency("JPY")).unwrap().to_string(), "1");
        assert_eq!(round(&exact(5, 10_000), currency("KWD")).unwrap().to_string(), "0.001");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn rounding_moves_by_half_a_minor_unit_at_most(n in -1_000_000_000i64..1_000_000_000, d in 1i64..1_000_000) {
            let value = exact(n, d);
            let rounded = round(&value, currency("USD")).unwrap().exact();
            prop_assert!((rounded - value).abs() <= exact(1, 200));
        }

        #[test]
        fn rounding_mirrors_at_zero(n in 0i64..1_000_000_000, d in 1i64..1_000_000) {
            let up = round(&exact(n, d), currency("EUR")).unwrap();
            let down = round(&exact(-n, d), currency("EUR")).unwrap();
            prop_assert_eq!(up.micros(), -down.micros());
        }
    }
}
