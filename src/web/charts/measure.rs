//! How a chart writes its values: money with its sign, or a quantity with its unit.

use rust_decimal::Decimal;

use crate::values::Currency;
use crate::web::filters::{grouped, rounded, with_currency};

/// What the values of a chart are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// Money of one currency; a chart never mixes two.
    Money(Currency),
    /// A quantity in this unit, such as `GB`, which stands above the axis.
    Unit(String),
}

impl Measure {
    /// The exact value, as in the table beside the chart: `$41,205.17`, `12.5 GB`.
    pub fn exact(&self, value: Decimal) -> String {
        self.with_unit(&grouped(value, self.digits()))
    }

    /// The value for a sentence: whole from a hundred on, else exact.
    pub fn rounded(&self, value: Decimal) -> String {
        if value.abs() < Decimal::ONE_HUNDRED {
            self.exact(value)
        } else {
            self.with_unit(&rounded(value, 0))
        }
    }

    /// The label of a grid line on an axis with this `step`: `$0`, `$50k`, `$2.5M`, `1,500`.
    pub fn tick(&self, value: Decimal, step: Decimal) -> String {
        let (divisor, letter) = SCALES
            .into_iter()
            .map(|(divisor, letter)| (Decimal::from(divisor), letter))
            .find(|(divisor, _)| step >= *divisor)
            .unwrap_or((Decimal::ONE, ""));
        let cents = !value.is_zero() && !step.fract().is_zero();
        let number = grouped(value / divisor, if cents { self.digits() } else { 0 });
        let text = if value.is_zero() { number } else { number + letter };
        match self {
            Self::Money(currency) => with_currency(&text, *currency),
            Self::Unit(_) => text,
        }
    }

    /// What stands above the axis: the unit, unless each label of the axis has it.
    pub fn axis_unit(&self) -> &str {
        match self {
            Self::Money(_) => "",
            Self::Unit(unit) => unit,
        }
    }

    /// The decimals that a value has at least.
    fn digits(&self) -> u32 {
        match self {
            Self::Money(currency) => currency.minor_digits(),
            Self::Unit(_) => 0,
        }
    }

    fn with_unit(&self, number: &str) -> String {
        match self {
            Self::Money(currency) => with_currency(number, *currency),
            Self::Unit(unit) => format!("{number} {unit}").trim_end().to_owned(),
        }
    }
}

const SCALES: [(i64, &str); 4] =
    [(1_000_000_000_000, "T"), (1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k")];

#[cfg(test)]
mod tests {
    use super::*;

    fn money(code: &str) -> Measure {
        Measure::Money(code.parse().unwrap())
    }

    fn tick(value: &str, step: &str) -> String {
        let decimal = |text: &str| text.parse::<Decimal>().unwrap_or_default();
        money("USD").tick(decimal(value), decimal(step))
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
        let dollars = money("USD");
        assert_eq!(dollars.exact(Decimal::new(4_120_517, 2)), "$41,205.17");
        assert_eq!(dollars.rounded(Decimal::new(4_120_550, 2)), "$41,206");
        assert_eq!(money("CHF").exact(Decimal::new(-5, 0)), "−CHF 5.00");
        assert_eq!(Measure::Unit("GB".into()).exact(Decimal::new(12_500, 3)), "12.5 GB");
    }
}
