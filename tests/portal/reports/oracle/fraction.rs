//! Exact fractions and their rounding, written anew so that the product's arithmetic does not check itself.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Signed;

pub type Fraction = BigRational;

/// `12.5`, `-0.003` or `1700/31`.
pub fn fraction(text: &str) -> Fraction {
    if let Some((over, under)) = text.split_once('/') {
        return fraction(over) / fraction(under);
    }
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let digits = text.replace('.', "").parse().unwrap_or_else(|_| panic!("{text} is no number"));
    Fraction::new(digits, ten_to(decimals))
}

pub fn whole(number: i64) -> Fraction {
    Fraction::from_integer(number.into())
}

/// `15` percent is 15/100.
pub fn percent(text: &str) -> Fraction {
    fraction(text) / whole(100)
}

pub fn ten_to(power: usize) -> BigInt {
    std::iter::repeat_n(BigInt::from(10), power).product()
}

/// In minor units, half away from zero.
pub fn rounded(exact: &Fraction, decimals: usize) -> BigInt {
    let scaled = exact * ten_to(decimals);
    let size = (scaled.abs() + Fraction::new(1.into(), 2.into())).floor().to_integer();
    if scaled.is_negative() { -size } else { size }
}
