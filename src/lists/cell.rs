//! What stands in a cell: read by people on the page, by programs in a file.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::values::{Amount, Currency, Month, Percent, Timestamp};
use crate::web::sheet::Value;

/// A cell of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Does not apply.
    Empty,
    Text(String),
    /// Several texts, one below the other.
    Lines(Vec<String>),
    Link {
        href: String,
        text: String,
    },
    /// A state.
    Badge(&'static str, &'static str),
    Count(i64),
    Money(Amount, Currency),
    Percent(Percent),
    Day(NaiveDate),
    Month(Month),
    Moment(Timestamp),
}

impl Cell {
    pub fn text(text: impl ToString) -> Self {
        Self::Text(text.to_string())
    }

    /// A text that leads to what it names.
    pub fn link(href: String, text: impl ToString) -> Self {
        Self::Link { href, text: text.to_string() }
    }

    /// The cell of a value, or an empty one.
    pub fn of<T>(value: Option<T>, cell: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Empty, cell)
    }

    /// The same in a file.
    pub fn value(self) -> Value {
        match self {
            Self::Empty => Value::Empty,
            Self::Text(text) | Self::Link { text, .. } => Value::Text(text),
            Self::Lines(lines) => Value::Text(lines.join("; ")),
            Self::Badge(_, words) => Value::Text(words.to_owned()),
            Self::Count(count) => Value::Number(Decimal::from(count)),
            Self::Money(amount, currency) => Value::Money(amount, currency),
            Self::Percent(percent) => Value::Number(percent.decimal().normalize()),
            Self::Day(day) => Value::Day(day),
            Self::Month(month) => Value::Text(month.to_string()),
            Self::Moment(at) => Value::Moment(at),
        }
    }
}
