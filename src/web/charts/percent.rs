//! Percent that add up to 100, however they are rounded.

use rust_decimal::Decimal;

/// Each value's percent of their sum with `decimals` decimals, by largest remainder, so that they add up to exactly
/// 100; ties go to the first. `None` where a part of the whole means nothing: a sum of zero or less.
pub fn percents(values: &[Decimal], decimals: u32) -> Option<Vec<Decimal>> {
    let total: Decimal = values.iter().sum();
    if total <= Decimal::ZERO {
        return None;
    }
    let whole = Decimal::ONE_HUNDRED * Decimal::from(10u64.checked_pow(decimals)?);
    let exact = |value: &Decimal| Some(value.checked_div(total)? * whole);
    let exacts: Vec<Decimal> = values.iter().map(exact).collect::<Option<_>>()?;
    let mut shown: Vec<Decimal> = exacts.iter().map(Decimal::floor).collect();
    let mut left = whole - shown.iter().sum::<Decimal>();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(exacts[*index] - shown[*index]));
    for index in order {
        if left <= Decimal::ZERO {
            break;
        }
        shown[index] += Decimal::ONE;
        left -= Decimal::ONE;
    }
    let scale = whole / Decimal::ONE_HUNDRED;
    Some(shown.into_iter().map(|units| (units / scale).normalize()).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(values: &[i64], decimals: u32) -> Option<Vec<String>> {
        let values: Vec<_> = values.iter().copied().map(Decimal::from).collect();
        Some(percents(&values, decimals)?.iter().map(ToString::to_string).collect())
    }

    fn texts<const N: usize>(values: [&str; N]) -> Option<Vec<String>> {
        Some(values.map(str::to_owned).to_vec())
    }

    #[test]
    fn what_rounding_leaves_goes_to_the_largest_remainder() {
        assert_eq!(shown(&[1, 1, 1], 0), texts(["34", "33", "33"]));
        assert_eq!(shown(&[2, 1], 1), texts(["66.7", "33.3"]));
        assert_eq!(shown(&[110, -10], 0), texts(["110", "-10"]));
    }

    #[test]
    fn nothing_is_a_part_of_nothing() {
        assert_eq!((shown(&[], 0), shown(&[0, 0], 1), shown(&[-3, 1], 1)), (None, None, None));
    }

    proptest! {
        #[test]
        fn percents_add_up_to_a_hundred_and_are_less_than_a_unit_off(
            values in prop::collection::vec(-1_000_000_000i64..1_000_000_000_000, 1..12),
            decimals in 0u32..3,
        ) {
            let values: Vec<_> = values.into_iter().map(|cents| Decimal::new(cents, 2)).collect();
            let total: Decimal = values.iter().sum();
            prop_assume!(total > Decimal::ONE);
            let found = percents(&values, decimals).unwrap();
            prop_assert_eq!(found.iter().sum::<Decimal>(), Decimal::ONE_HUNDRED);
            for (value, percent) in values.iter().zip(&found) {
                let exact = value * Decimal::ONE_HUNDRED / total;
                prop_assert!((exact - percent).abs() <= Decimal::new(1, decimals));
            }
        }
    }
}
