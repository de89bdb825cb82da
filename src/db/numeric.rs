//! Fixed-point integers as PostgreSQL's `NUMERIC`, without passing through a type that would round.

use diesel::pg::data_types::PgNumeric;

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// `units` of 10^-`scale` as a `NUMERIC`.
pub(super) fn encode(units: i128, scale: u32) -> Result<PgNumeric, Fault> {
    let one = 10u128.pow(scale);
    let (whole, fraction) = (units.unsigned_abs() / one, units.unsigned_abs() % one);
    let mut digits = whole_groups(whole)?;
    let weight = i16::try_from(digits.len())? - 1;
    let padded = scale.next_multiple_of(4);
    digits.extend(fraction_groups(fraction * 10u128.pow(padded - scale), padded / 4)?);
    let scale = u16::try_from(scale)?;
    Ok(if units < 0 {
        PgNumeric::Negative { weight, scale, digits }
    } else {
        PgNumeric::Positive { weight, scale, digits }
    })
}

/// A `NUMERIC` in units of 10^-`scale`; more decimals than that are an error, never rounded.
pub(super) fn decode(number: PgNumeric, scale: u32) -> Result<i128, Fault> {
    let (sign, weight, digits) = match number {
        PgNumeric::Positive { weight, digits, .. } => (1, weight, digits),
        PgNumeric::Negative { weight, digits, .. } => (-1, weight, digits),
        PgNumeric::NaN => return Err("not a number".into()),
    };
    let mut units = 0i128;
    for (place, digit) in digits.into_iter().enumerate() {
        let power = 4 * (i64::from(weight) - i64::try_from(place)?) + i64::from(scale);
        units = units.checked_add(shifted(i128::from(digit), power)?).ok_or("number too large")?;
    }
    Ok(sign * units)
}

fn whole_groups(mut whole: u128) -> Result<Vec<i16>, Fault> {
    let mut groups = Vec::new();
    while whole > 0 {
        groups.push(i16::try_from(whole % 10_000)?);
        whole /= 10_000;
    }
    groups.reverse();
    Ok(groups)
}

fn fraction_groups(mut fraction: u128, count: u32) -> Result<Vec<i16>, Fault> {
    let mut groups = Vec::new();
    for _ in 0..count {
        groups.push(i16::try_from(fraction % 10_000)?);
        fraction /= 10_000;
    }
    groups.reverse();
    Ok(groups)
}

fn shifted(digit: i128, power: i64) -> Result<i128, Fault> {
    let factor = 10i128.checked_pow(u32::try_from(power.abs())?).ok_or("number too large")?;
    match power {
        0.. => digit.checked_mul(factor).ok_or_else(|| "number too large".into()),
        _ if digit % factor == 0 => Ok(digit / factor),
        _ => Err("more decimals than the column keeps".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn what_is_encoded_is_decoded_to_the_last_digit(units in -(10i128.pow(37))..10i128.pow(37), scale in 0u32..19) {
            prop_assert_eq!(decode(encode(units, scale).unwrap(), scale).unwrap(), units);
        }
    }

    #[test]
    fn decimals_beyond_the_column_are_refused() {
        let tiny = encode(1, 18).unwrap();
        assert!(decode(tiny, 6).is_err());
    }
}
