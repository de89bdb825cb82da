//! Quantities and list costs: fixed point with 18 decimals in wide integers, as real usage files need.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::exact::parts_of;
use super::{Exact, OutOfRange};

const DECIMALS: u32 = 18;
const ONE: i128 = 10i128.pow(DECIMALS);
/// At most 19 whole digits.
const LARGEST: i128 = 10i128.pow(37);

/// A number that cannot be read, or that would have to be rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuantityFault {
    #[error("Enter a number, such as 12.5")]
    NotANumber,
    #[error("Enter a number with at most 18 decimals and 19 whole digits")]
    OutOfRange,
}

/// What people type for a number, as digits: without a leading currency sign, and without the marks between groups of
/// three. A mark that stands elsewhere stays, so that `1,5` is no number instead of fifteen.
pub(super) fn typed_digits(text: &str) -> String {
    let text = text.trim().replace('\u{2212}', "-");
    let text = text.trim_start_matches(['$', '€', '£', '¥']).trim_start();
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let Some(mark) = whole.chars().find(|letter| matches!(letter, ',' | ' ' | '\u{a0}' | '\u{202f}' | '\''))
    else {
        return text.to_owned();
    };
    let mut groups = whole.trim_start_matches(['-', '+']).split(mark);
    let is_group = |group: &str| group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit());
    let starts_well = groups.next().is_some_and(|first| (1..=3).contains(&first.len()));
    if starts_well && groups.all(is_group) { whole.replace(mark, "") + fraction } else { text.to_owned() }
}

/// A whole number as people type it: `1,284`.
pub fn whole_number(typed: &str) -> Option<i64> {
    typed_digits(typed).parse().ok()
}

/// Units of 10^-18 from plain or scientific notation; never rounded.
fn parse_units(text: &str) -> Result<i128, QuantityFault> {
    use QuantityFault::{NotANumber, OutOfRange};
    let text = text.trim();
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| NotANumber)?),
        None => (text, 0),
    };
    let (negative, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !is_digits(whole) || !is_digits(fraction) {
        return Err(NotANumber);
    }
    let digits = format!("{whole}{fraction}");
    let trimmed = digits.trim_start_matches('0').trim_end_matches('0');
    if trimmed.is_empty() {
        return Ok(0);
    }
    let dropped = digits.len() - digits.trim_end_matches('0').len();
    let scale = i64::try_from(fraction.len()).map_err(|_| OutOfRange)?
        - i64::try_from(dropped).map_err(|_| OutOfRange)?;
    let power = i64::from(DECIMALS) + i64::from(exponent) - scale;
    let power = u32::try_from(power).map_err(|_| OutOfRange)?;
    let value: i128 = trimmed.parse().map_err(|_| OutOfRange)?;
    let factor = 10i128.checked_pow(power).ok_or(OutOfRange)?;
    let units = value.checked_mul(factor).filter(|units| *units < LARGEST).ok_or(OutOfRange)?;
    Ok(if negative { -units } else { units })
}

fn write_units(units: i128, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (whole, fraction) =
        (units.unsigned_abs() / ONE.unsigned_abs(), units.unsigned_abs() % ONE.unsigned_abs());
    let sign = if units < 0 { "-" } else { "" };
    let fraction = format!("{fraction:018}");
    match fraction.trim_end_matches('0') {
        "" => f.pad(&format!("{sign}{whole}")),
        digits => f.pad(&format!("{sign}{whole}.{digits}")),
    }
}

macro_rules! fixed_point {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(i128);

        impl $name {
            pub const ZERO: Self = Self(0);

            /// From units of 10^-18.
            pub const fn from_units(units: i128) -> Self {
                Self(units)
            }

            /// In units of 10^-18.
            pub const fn units(self) -> i128 {
                self.0
            }

            pub const fn zero() -> Self {
                Self::ZERO
            }

            pub fn whole(number: i64) -> Self {
                Self(i128::from(number) * ONE)
            }

            pub fn exact(self) -> Exact {
                parts_of(self.0, ONE)
            }

            pub fn checked_add(self, other: Self) -> Result<Self, OutOfRange> {
                self.0.checked_add(other.0).filter(|units| units.abs() < LARGEST).map(Self).ok_or(OutOfRange)
            }

            pub fn checked_sub(self, other: Self) -> Result<Self, OutOfRange> {
                self.0.checked_sub(other.0).filter(|units| units.abs() < LARGEST).map(Self).ok_or(OutOfRange)
            }
        }

        impl FromStr for $name {
            type Err = QuantityFault;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                parse_units(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_units(self.0, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

fixed_point!(
    /// How much was used, in the product's unit; negative for a supplier's correction.
    Quantity
);
fixed_point!(
    /// A supplier's list cost, unrounded.
    Cost
);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn real_notations_are_read_to_the_last_digit() {
        for (text, canonical) in [
            ("5.2E-9", "0.0000000052"),
            ("2.323760000E-9", "0.00000000232376"),
            ("0.00000080000", "0.0000008"),
            ("2.000000000000000", "2"),
            ("-0.0", "0"),
            ("1e3", "1000"),
            (".5", "0.5"),
            ("1.544251360734384074", "1.544251360734384074"),
        ] {
            assert_eq!(text.parse::<Quantity>().unwrap().to_string(), canonical);
        }
    }

    #[test]
    fn what_would_be_rounded_is_refused() {
        for text in ["1e-19", "0.0000000000000000001", "1e19", "99999999999999999999"] {
            assert_eq!(text.parse::<Quantity>(), Err(QuantityFault::OutOfRange), "{text}");
        }
        for text in ["", ".", "NaN", "Infinity", "0x10", "1_000", "1,5", "--1", "1e", "٣"] {
            assert_eq!(text.parse::<Quantity>(), Err(QuantityFault::NotANumber), "{text}");
        }
    }

    #[test]
    fn marks_stand_between_groups_of_three_or_make_no_number() {
        for (typed, digits) in [
            ("1,234,567.5", "1234567.5"),
            ("-1'234", "-1234"),
            ("$ 12\u{202f}345", "12345"),
            ("1234567", "1234567"),
        ] {
            assert_eq!(typed_digits(typed), digits);
        }
        for typed in ["1,5", "12,34,567", "1234,567", ",123", "1,234 567", "1.234,56", "1,23x"] {
            assert_eq!(typed_digits(typed), typed);
        }
        assert_eq!((whole_number("1,284"), whole_number("1,5"), whole_number("")), (Some(1284), None, None));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn the_text_form_is_read_back(units in -LARGEST + 1..LARGEST) {
            let quantity = Quantity::from_units(units);
            prop_assert_eq!(quantity.to_string().parse::<Quantity>().unwrap(), quantity);
        }
    }
}
