//! How a chart writes its values: money with its sign, or a quantity with its unit.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::web::filters::group_digits;

/// What the values of a chart are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    before: String,
    after: String,
    /// Decimals of an exact value; `None` keeps the decimals that it has.
    digits: Option<u32>,
}

impl Measure {
    /// Money; `sign` is a symbol, or a code with a trailing space, and `digits` the decimals of the minor unit.
    pub fn money(sign: &str, digits: u32) -> Self {
        Self { before: sign.to_owned(), after: String::new(), digits: Some(digits) }
    }

    /// A quantity in `unit`, such as `GB`; the axis leaves the unit to the chart's title.
    pub fn unit(unit: &str) -> Self {
        let after = if unit.is_empty() { String::new() } else { format!(" {unit}") };
        Self { before: String::new(), after, digits: None }
    }

    /// The exact value, as in the table beside the chart: `$41,205.17`, `12.5 GB`.
    pub fn exact(&self, value: Decimal) -> String {
        let text = match self.digits {
            Some(digits) => fixed(value.abs(), digits),
            None => value.abs().normalize().to_string(),
        };
        self.dress(value, &group_digits(&text), &self.after)
    }

    /// The value for a sentence: whole from a hundred on, else exact.
    pub fn rounded(&self, value: Decimal) -> String {
        if value.abs() < Decimal::ONE_HUNDRED {
            return self.exact(value);
        }
        self.dress(value, &group_digits(&fixed(value.abs(), 0)), &self.after)
    }

    /// The label of a grid line on an axis with this `step`: `$0`, `$50k`, `$2.5M`, `1,500`.
    pub fn tick(&self, value: Decimal, step: Decimal) -> String {
        let (divisor, letter) = SCALES
            .into_iter()
            .map(|(divisor, letter)| (Decimal::from(divisor), letter))
            .find(|(divisor, _)| step >= *divisor)
            .unwrap_or((Decimal::ONE, ""));
        if value.is_zero() {
            return self.dress(value, "0", "");
        }
        let scaled = (value.abs() / divisor).normalize();
        let digits = match self.digits {
            Some(digits) if letter.is_empty() && !step.fract().is_zero() => digits.max(scaled.scale()),
            _ => scaled.scale(),
        };
        self.dress(value, &group_digits(&fixed(scaled, digits)), letter)
    }

    fn dress(&self, value: Decimal, digits: &str, after: &str) -> String {
        let sign = if value.is_sign_negative() && !value.is_zero() { "−" } else { "" };
        format!("{sign}{}{digits}{after}", self.before)
    }
}

const SCALES: [(i64, &str); 4] =
    [(1_000_000_000_000, "T"), (1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k")];

fn fixed(value: Decimal, digits: u32) -> String {
    let mut value = value.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero);
    value.rescale(digits);
    value.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tick(value: &str, step: &str) -> String {
        let decimal = |text: &str| text.parse::<Decimal>().unwrap_or_default();
        Measure::money("$", 2).tick(decimal(value), decimal(step))
    }

    #[test]
    fn ticks_are_short() {
        assert_eq!(tick("0", "50000"), "$0");
        assert_eq!(tick("50000", "50000"), "$50k");
        assert_eq!(tick("2500000", "2500000"), "$2.5M");
        assert_eq!(tick("1500", "500"), "$1,500");
        assert_eq!(tick("-50000", "50000"), "−$50k");
        assert_eq!(tick("0.5", "0.25"), "$0.50");
    }

    #[test]
    fn values_are_exact_in_the_table_and_whole_in_a_sentence() {
        let money = Measure::money("$", 2);
        assert_eq!(money.exact(Decimal::new(4_120_517, 2)), "$41,205.17");
        assert_eq!(money.rounded(Decimal::new(4_120_550, 2)), "$41,206");
        assert_eq!(Measure::money("CHF ", 2).exact(Decimal::new(-5, 0)), "−CHF 5.00");
        assert_eq!(Measure::unit("GB").exact(Decimal::new(12_500, 3)), "12.5 GB");
    }
}
