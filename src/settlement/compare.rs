//! A statement beside the re-seller's own books of the same month: only what differs.
//!
//! The books are a CSV with a header. Columns are known by name, others are ignored: what tells a line (`customer_id`,
//! `customer`, `subscription`, `bundle`, `sku`, `charge`, `role`, `served`; those that are there) and the amount
//! (`net`, or `amount`). Lines and rows that the columns do not tell apart are summed on both sides, so that books
//! without tiers or price versions compare as well as the statement's own CSV. Amounts are compared exactly.

use std::collections::BTreeMap;

use crate::values::{Amount, ChargeLineId, Currency, OutOfRange};
use crate::web::csv::{ambiguity, unguarded};

/// The columns that tell a line, each with the names that it goes by.
pub const COLUMNS: [(&str, &[&str]); 8] = [
    ("customer_id", &["customer_id", "customer_ref", "external_id"]),
    ("customer", &["customer", "customer_name"]),
    ("subscription", &["subscription", "subscription_id", "subscription_reference"]),
    ("bundle", &["bundle", "bundle_name", "plan"]),
    ("sku", &["sku", "product_sku"]),
    ("charge", &["charge", "charge_type"]),
    ("role", &["role"]),
    ("served", &["served"]),
];
const AMOUNTS: [&str; 4] = ["net", "amount", "net_amount", "total"];
const CURRENCY: &str = "currency";

/// The largest file, in bytes.
pub const LARGEST: usize = 512 * 1024;

/// Cells in the order of [`COLUMNS`].
pub type Cells = [String; COLUMNS.len()];

/// A line of the statement, told by all columns.
#[derive(Debug, Clone)]
pub struct Stated {
    pub line: ChargeLineId,
    pub cells: Cells,
    pub net: Amount,
}

/// The re-seller's rows, told by the columns that its file has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Books {
    /// Places in [`COLUMNS`], ascending.
    pub columns: Vec<usize>,
    /// What the amount's column is called.
    pub amount: String,
    pub rows: Vec<(Vec<String>, Amount)>,
}

/// Why a file cannot be compared: line 1 is the header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Line {line}, {column}: {message}")]
pub struct BookFault {
    pub line: u64,
    pub column: String,
    pub message: String,
}

/// What both sides have of the same thing, when that is not the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The cells that tell it, as the statement has them, or else the books.
    pub cells: Vec<String>,
    /// The statement's lines; empty when only the books have it.
    pub lines: Vec<ChargeLineId>,
    pub stated: Amount,
    /// `None` when only the statement has it.
    pub booked: Option<Amount>,
}

impl Difference {
    /// What the books have more than the statement.
    pub fn more(&self) -> Result<Amount, OutOfRange> {
        self.booked.unwrap_or_default().checked_sub(self.stated)
    }
}

/// Reads the re-seller's rows; the first row that cannot be used is told.
pub fn read(text: &str, currency: Currency) -> Result<Books, BookFault> {
    let fault = |line, column: &str, message: String| BookFault { line, column: column.to_owned(), message };
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|error| fault(1, "header", error.to_string()))?.clone();
    if let Some((line, message)) = ambiguity(text, headers.iter()) {
        return Err(fault(line, "row", message));
    }
    let place = |name: &str| headers.iter().position(|header| header.eq_ignore_ascii_case(name));
    let found = |names: &[&str]| names.iter().find_map(|name| place(name));
    let keys: Vec<(usize, usize)> = (0..)
        .zip(COLUMNS)
        .filter_map(|(column, (_, names))| found(names).map(|place| (column, place)))
        .collect();
    if keys.is_empty() {
        return Err(fault(1, "header", "no column tells the lines, such as customer or subscription".into()));
    }
    let amount = found(&AMOUNTS)
        .ok_or_else(|| fault(1, "header", "no column has the amounts, such as net or amount".into()))?;
    let name = headers.get(amount).unwrap_or_default().to_owned();
    let currency_place = place(CURRENCY);
    let columns = keys.iter().map(|(column, _)| *column).collect();
    let mut books = Books { columns, amount: name.clone(), rows: Vec::new() };
    for (index, record) in (2..).zip(reader.records()) {
        let record = record.map_err(|error| fault(index, "row", error.to_string()))?;
        let line = record.position().map_or(index, csv::Position::line);
        let cell = |place: usize| unguarded(record.get(place).unwrap_or_default()).trim().to_owned();
        if let Some(other) =
            currency_place.map(cell).filter(|code| !code.eq_ignore_ascii_case(currency.code()))
        {
            return Err(fault(line, CURRENCY, format!("{other:?} is not the statement's {currency}")));
        }
        let typed = cell(amount);
        let net = typed.parse().map_err(|error| fault(line, &name, format!("{typed:?}: {error}")))?;
        books.rows.push((keys.iter().map(|(_, place)| cell(*place)).collect(), net));
    }
    if books.rows.is_empty() {
        return Err(fault(2, "row", "there is no row below the header".into()));
    }
    Ok(books)
}

/// Everything that differs, in the order of its cells.
pub fn compare(lines: &[Stated], books: &Books) -> Result<Vec<Difference>, OutOfRange> {
    type Key = Vec<String>;
    let key = |cells: &[String]| -> Key { cells.iter().map(|cell| cell.to_lowercase()).collect() };
    let mut all: BTreeMap<Key, Difference> = BTreeMap::new();
    for line in lines {
        let cells: Vec<String> =
            books.columns.iter().filter_map(|place| line.cells.get(*place).cloned()).collect();
        let empty =
            Difference { cells: cells.clone(), lines: Vec::new(), stated: Amount::ZERO, booked: None };
        let one = all.entry(key(&cells)).or_insert(empty);
        one.lines.push(line.line);
        one.stated = one.stated.checked_add(line.net)?;
    }
    for (cells, amount) in &books.rows {
        let empty =
            Difference { cells: cells.clone(), lines: Vec::new(), stated: Amount::ZERO, booked: None };
        let one = all.entry(key(cells)).or_insert(empty);
        one.booked = Some(one.booked.unwrap_or_default().checked_add(*amount)?);
    }
    Ok(all.into_values().filter(|one| one.booked != Some(one.stated)).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usd() -> Currency {
        "USD".parse().unwrap()
    }

    fn stated(number: usize, subscription: &str, sku: &str, net: i64) -> Stated {
        let mut cells = Cells::default();
        (cells[2], cells[4]) = (subscription.to_owned(), sku.to_owned());
        let net = Amount::from_micros(net * 10_000);
        Stated { line: ChargeLineId::derived(&number.to_string()), cells, net }
    }

    fn told(differences: &[Difference]) -> Vec<String> {
        let text = |one: &Difference| {
            let booked = one.booked.map(|amount| amount.to_string()).unwrap_or_default();
            format!("{} {} {booked}", one.cells.join("/"), one.stated)
        };
        differences.iter().map(text).collect()
    }

    #[test]
    fn only_what_differs_is_told_and_coarser_books_are_summed() {
        let lines = [
            stated(1, "S-1", "VM", 1000),
            stated(2, "S-1", "VM", 250),
            stated(3, "S-2", "VM", 300),
            stated(4, "S-3", "", 1),
        ];
        let books = read("Subscription,Amount\ns-1,12.50\nS-2,2.99\nS-9,5\n", usd()).unwrap();
        assert_eq!(told(&compare(&lines, &books).unwrap()), ["S-2 3 2.99", "S-3 0.01 ", "S-9 0 5"]);
    }

    #[test]
    fn files_that_cannot_be_compared_are_told_by_line_and_column() {
        let told = |text: &str| read(text, usd()).unwrap_err().to_string();
        assert!(told("a,b\n1,2\n").starts_with("Line 1, header: no column tells the lines"));
        assert!(told("customer,b\n1,2\n").starts_with("Line 1, header: no column has the amounts"));
        assert!(told("customer,net\n").starts_with("Line 2, row"));
        assert!(told("customer,net\nA,1\nB,dear\n").starts_with("Line 3, net: \"dear\""));
        assert!(told("customer,net,currency\nA,1,EUR\n").starts_with("Line 2, currency: \"EUR\""));
        assert!(told("customer,net\nA,1,2\n").starts_with("Line 2, row"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn differences_add_up_to_the_totals_and_the_order_of_rows_does_not_matter(
            lines in proptest::collection::vec((0usize..6, 0usize..3, -500i64..5_000), 0..20),
            booked in proptest::collection::vec((0usize..8, 0usize..3, -500i64..5_000), 0..20),
        ) {
            let lines: Vec<Stated> = (0..)
                .zip(&lines)
                .map(|(number, (subscription, sku, net))| stated(number, &subscription.to_string(), &sku.to_string(), *net))
                .collect();
            let row = |(subscription, sku, net): &(usize, usize, i64)| {
                (vec![subscription.to_string(), sku.to_string()], Amount::from_micros(net * 10_000))
            };
            let mut books = Books { columns: vec![2, 4], amount: "net".into(), rows: booked.iter().map(row).collect() };
            let differences = compare(&lines, &books).unwrap();
            let more = Amount::sum(differences.iter().map(|one| one.more().unwrap())).unwrap();
            let total = Amount::sum(books.rows.iter().map(|(_, net)| *net)).unwrap();
            let stated = Amount::sum(lines.iter().map(|line| line.net)).unwrap();
            prop_assert_eq!(more, total.checked_sub(stated).unwrap());
            books.rows.reverse();
            let reversed: Vec<Stated> = lines.iter().rev().cloned().collect();
            prop_assert_eq!(told(&compare(&reversed, &books).unwrap()), told(&differences));
            books.rows = lines.iter().map(|line| (vec![line.cells[2].clone(), line.cells[4].clone()], line.net)).collect();
            prop_assert_eq!(compare(&lines, &books).unwrap(), vec![]);
        }
    }
}
