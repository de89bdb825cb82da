//! The value axis: round steps, always with zero on it.

use rust_decimal::Decimal;

/// The most intervals between two grid lines that an axis gets.
const MOST_STEPS: i64 = 4;

/// A value axis from `low` to `high` in equal steps of 1, 2, 2.5 or 5 times a power of ten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Axis {
    /// Zero, or the multiple of `step` at or below the lowest value.
    pub low: Decimal,
    /// The multiple of `step` at or above the highest value; always above `low`.
    pub high: Decimal,
    pub step: Decimal,
}

impl Axis {
    /// The finest axis of at most four steps that holds zero and everything from `lowest` to `highest`.
    ///
    /// Without any range (all values zero) it goes from 0 to 1.
    pub fn around(lowest: Decimal, highest: Decimal) -> Self {
        let (lowest, highest) = (lowest.min(Decimal::ZERO), highest.max(Decimal::ZERO));
        if lowest == highest {
            return Self { low: Decimal::ZERO, high: Decimal::ONE, step: Decimal::ONE };
        }
        let mut power = power_of_ten_at_or_below((highest - lowest) / Decimal::from(MOST_STEPS));
        loop {
            for factor in [Decimal::ONE, Decimal::TWO, Decimal::new(25, 1), Decimal::from(5)] {
                let step = factor * power;
                let (above, below) = ((highest / step).ceil(), (lowest / step).floor());
                if above - below <= Decimal::from(MOST_STEPS) {
                    return Self { low: below * step, high: above * step, step };
                }
            }
            power *= Decimal::TEN;
        }
    }

    /// The values at which a grid line is drawn, from `low` to `high`.
    pub fn ticks(&self) -> Vec<Decimal> {
        let mut ticks = vec![self.low];
        while let Some(last) = ticks.last().copied().filter(|last| *last < self.high) {
            ticks.push(last + self.step);
        }
        ticks
    }

    /// Where `value` lies between `low` (0) and `high` (1).
    pub fn fraction(&self, value: Decimal) -> Decimal {
        (value - self.low) / (self.high - self.low)
    }
}

fn power_of_ten_at_or_below(value: Decimal) -> Decimal {
    let mut power = Decimal::ONE;
    while power > value {
        power /= Decimal::TEN;
    }
    while power * Decimal::TEN <= value {
        power *= Decimal::TEN;
    }
    power
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn axis(lowest: i64, highest: i64) -> (String, String, String) {
        let axis = Axis::around(Decimal::from(lowest), Decimal::from(highest));
        let text = |value: Decimal| value.normalize().to_string();
        (text(axis.low), text(axis.high), text(axis.step))
    }

    #[test]
    fn steps_are_round_and_at_most_four() {
        for (highest, high, step) in [
            (1, "1", "0.25"),
            (4, "4", "1"),
            (9, "10", "2.5"),
            (113_153, "150000", "50000"),
            (77, "80", "20"),
            (200, "200", "50"),
        ] {
            assert_eq!(axis(0, highest), ("0".into(), high.into(), step.into()), "{highest}");
        }
    }

    #[test]
    fn negative_values_extend_the_axis_below_zero() {
        assert_eq!(axis(-30, 100), ("-50".into(), "100".into(), "50".into()));
        assert_eq!(axis(-7, -3), ("-8".into(), "0".into(), "2".into()));
    }

    #[test]
    fn values_without_any_range_still_have_an_axis() {
        assert_eq!(axis(0, 0), ("0".into(), "1".into(), "1".into()));
    }

    proptest! {
        #[test]
        fn every_value_lies_on_the_axis_and_zero_is_a_tick(
            a in -1_000_000_000_000i64..1_000_000_000_000,
            b in -1_000_000_000_000i64..1_000_000_000_000,
            scale in 0u32..12,
        ) {
            let (lowest, highest) = (Decimal::new(a.min(b), scale), Decimal::new(a.max(b), scale));
            let axis = Axis::around(lowest, highest);
            prop_assert!(axis.low <= lowest && highest <= axis.high);
            prop_assert!(axis.ticks().contains(&Decimal::ZERO));
            prop_assert!(axis.ticks().len() <= 5);
        }
    }
}
