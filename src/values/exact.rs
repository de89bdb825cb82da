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

/// So many parts of `one`, which is positive. Reduced here: machine words are many times quicker at it than large numbers.
pub(super) fn parts_of(parts: i128, one: i128) -> Exact {
    let common = parts.gcd(&one);
    Exact::new_raw(BigInt::from(parts / common), BigInt::from(one / common))
}

/// In units of the last of so many decimals, half away from zero.
pub fn rounded(exact: &Exact, decimals: u32) -> BigInt {
    // Not by multiplying fractions, each of which is reduced on the way.
    let scaled = exact.numer().abs() * BigInt::from(10).pow(decimals);
    let rounded: BigInt = (scaled * 2 + exact.denom()) / (exact.denom() * 2);
    if exact.is_negative() { -rounded } else { rounded }
}

/// Rounds to the currency's minor unit, half away from zero.
pub fn round(exact: &Exact, currency: Currency) -> Result<Amount, OutOfRange> {
    let minor_units = rounded(exact, currency.minor_digits()).to_i64().ok_or(OutOfRange)?;
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
        fn parts_of_one_are_in_lowest_terms(parts in any::<i64>(), one in prop::sample::select(vec![1, 7, 1_000_000, 10i128.pow(18)])) {
            prop_assert_eq!(parts_of(parts.into(), one), Exact::new(parts.into(), one.into()));
        }

        #[test]
        fn rounding_to_decimals_is_that_of_the_fraction(n in -1_000_000_000i64..1_000_000_000, d in 1i64..1_000_000, decimals in 0u32..19) {
            let scaled = exact(n, d) * BigInt::from(10).pow(decimals);
            prop_assert_eq!(rounded(&exact(n, d), decimals), scaled.round().to_integer());
        }

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
