//! The columns of a list.

use super::Cell;
use crate::db::paging::Order;
use crate::values::Currency;
use crate::web::sheet::Value;

/// What a column holds: how it is aligned, and how its order is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    /// One of a few words.
    Word,
    Number,
    /// Amounts, each with its currency beside it in a file.
    Money,
    Time,
}

type Note<R> = (&'static str, fn(&R) -> String);

/// A column of a list of `R`, sorted by `K`.
pub struct Column<R, K> {
    pub(super) header: &'static str,
    pub(super) shape: Shape,
    pub(super) sort: Option<K>,
    pub(super) note: Option<Note<R>>,
    pub(super) is_shown: bool,
    is_written: bool,
    cell: fn(&R) -> Cell,
}

impl<R, K: Copy> Column<R, K> {
    fn new(header: &'static str, shape: Shape, cell: fn(&R) -> Cell) -> Self {
        Self { header, shape, sort: None, note: None, is_shown: true, is_written: true, cell }
    }

    pub fn text(header: &'static str, cell: fn(&R) -> Cell) -> Self {
        Self::new(header, Shape::Text, cell)
    }

    /// States, kinds and roles: sorting brings equal ones together.
    pub fn word(header: &'static str, cell: fn(&R) -> Cell) -> Self {
        Self::new(header, Shape::Word, cell)
    }

    pub fn number(header: &'static str, cell: fn(&R) -> Cell) -> Self {
        Self::new(header, Shape::Number, cell)
    }

    pub fn money(header: &'static str, cell: fn(&R) -> Cell) -> Self {
        Self::new(header, Shape::Money, cell)
    }

    /// Days, months and moments.
    pub fn time(header: &'static str, cell: fn(&R) -> Cell) -> Self {
        Self::new(header, Shape::Time, cell)
    }

    /// The list can be sorted by it.
    pub fn by(self, key: K) -> Self {
        Self { sort: Some(key), ..self }
    }

    /// A smaller text below the cell, which is a column of its own in a file.
    pub fn noted(self, header: &'static str, note: fn(&R) -> String) -> Self {
        Self { note: Some((header, note)), ..self }
    }

    /// Stands in files, where there is room; the page has it elsewhere.
    pub fn in_files(self) -> Self {
        Self { is_shown: false, ..self }
    }

    /// Stands on pages, since it only leads somewhere.
    pub fn on_pages(self) -> Self {
        Self { is_written: false, ..self }
    }

    pub(super) fn cell(&self, row: &R) -> Cell {
        (self.cell)(row)
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(self.shape, Shape::Number | Shape::Money)
    }

    pub(super) fn is_amount(&self) -> bool {
        self.shape == Shape::Money
    }

    /// What comes first when somebody sorts by it: the first letter, the largest number, the newest day.
    pub(super) fn first_order(&self, key: K) -> Order<K> {
        match self.shape {
            Shape::Text | Shape::Word => Order::ascending(key),
            Shape::Number | Shape::Money | Shape::Time => Order::descending(key),
        }
    }

    /// Both orders with their names.
    pub(super) fn orders(&self) -> Vec<(Order<K>, String)> {
        let Some(key) = self.sort else { return Vec::new() };
        let (up, down) = match self.shape {
            Shape::Text => ("A to Z", "Z to A"),
            Shape::Word => ("grouped", "grouped, in reverse"),
            Shape::Number | Shape::Money => ("smallest first", "largest first"),
            Shape::Time => ("oldest first", "newest first"),
        };
        let named = |order, words| (order, format!("{}, {words}", self.header));
        vec![named(Order::ascending(key), up), named(Order::descending(key), down)]
    }
}

/// The headers of a file: those of the columns and of their notes, and the currency after the last amount.
pub(super) fn headers<R, K: Copy>(columns: &[Column<R, K>]) -> Vec<&'static str> {
    let last_amount = last_amount(columns);
    let mut headers = Vec::new();
    for (index, column) in columns.iter().enumerate().filter(|(_, column)| column.is_written) {
        headers.push(column.header);
        headers.extend(column.note.map(|(header, _)| header));
        if Some(index) == last_amount {
            headers.push("Currency");
        }
    }
    headers
}

/// A row of a file.
pub(super) fn values<R, K: Copy>(columns: &[Column<R, K>], row: &R) -> Vec<Value> {
    let last_amount = last_amount(columns);
    let mut currency: Option<Currency> = None;
    let mut values = Vec::new();
    for (index, column) in columns.iter().enumerate().filter(|(_, column)| column.is_written) {
        let cell = column.cell(row);
        if let Cell::Money(_, own) = cell {
            currency = Some(own);
        }
        values.push(cell.value());
        values.extend(column.note.map(|(_, note)| Value::Text(note(row))));
        if Some(index) == last_amount {
            values.push(currency.map_or(Value::Empty, |currency| Value::Text(currency.to_string())));
        }
    }
    values
}

fn last_amount<R, K: Copy>(columns: &[Column<R, K>]) -> Option<usize> {
    columns.iter().rposition(Column::is_amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Row(&'static str, Option<&'static str>);

    fn columns() -> Vec<Column<Row, ()>> {
        let money =
            |row: &Row| Cell::of(row.1, |text| Cell::Money(text.parse().unwrap(), "EUR".parse().unwrap()));
        vec![
            Column::text("Name", |row: &Row| Cell::text(row.0))
                .noted("Reference", |row| row.0.to_lowercase()),
            Column::money("Net", money),
            Column::money("Share", money),
            Column::text("State", |_| Cell::Badge("ok", "Active")),
        ]
    }

    #[test]
    fn a_file_has_notes_and_the_currency_as_columns() {
        assert_eq!(headers(&columns()), ["Name", "Reference", "Net", "Share", "Currency", "State"]);
        let text = |text: &str| Value::Text(text.to_owned());
        let net = || Value::Money("5".parse().unwrap(), "EUR".parse().unwrap());
        let full = [text("Kestrel"), text("kestrel"), net(), net(), text("EUR"), text("Active")];
        assert_eq!(values(&columns(), &Row("Kestrel", Some("5"))), full);
        let empty = [text("Opal"), text("opal"), Value::Empty, Value::Empty, Value::Empty, text("Active")];
        assert_eq!(values(&columns(), &Row("Opal", None)), empty);
    }

    #[test]
    fn names_come_from_a_and_amounts_from_the_largest() {
        let [name, net, ..] = &columns()[..] else { panic!("two columns") };
        assert_eq!(name.first_order(()), Order::ascending(()));
        assert_eq!(net.first_order(()), Order::descending(()));
        assert!(net.orders().is_empty(), "it has no key");
    }
}
