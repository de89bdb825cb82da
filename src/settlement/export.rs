//! A statement's lines as CSV and as XLSX: the same rows as the page, and the same totals.

use num_traits::ToPrimitive;

use super::Statement;
use super::store::Told;
use crate::values::{Amount, Exact, Quantity, Timestamp, rounded};
use crate::web::Error;
use crate::web::sheet::{FileKind, Value};

const TEXTS: [&str; 13] = [
    "statement",
    "channel_code",
    "month",
    "currency",
    "role",
    "served",
    "customer_id",
    "customer",
    "subscription",
    "bundle",
    "sku",
    "charge",
    "reason",
];
const NUMBERS: [&str; 9] = [
    "quantity",
    "billable",
    "unit_price",
    "cost_plus_percent",
    "gross",
    "credits",
    "net",
    "reseller_share",
    "provider_share",
];

fn texts(statement: &Statement, told: &Told) -> [String; 13] {
    [
        statement.name(),
        statement.channel_code.clone(),
        statement.month.to_string(),
        statement.currency.to_string(),
        told.line.role.to_string(),
        told.line.origin_month.to_string(),
        told.customer_ref.clone(),
        told.customer.clone(),
        told.subscription.clone(),
        told.bundle.clone(),
        told.sku.clone(),
        told.line.kind.clone(),
        told.reason.clone(),
    ]
}

fn amounts(told: &Told) -> [Amount; 5] {
    let line = &told.line;
    let net = line.net().unwrap_or_default();
    [line.gross, line.credited, net, line.reseller_share, line.provider_share]
}

/// Quantity, what of it was charged for, and the price or the percent on top of the list cost; one of the two is empty.
fn measures(told: &Told) -> [Value; 4] {
    let line = &told.line;
    [
        Value::Quantity(line.quantity),
        plain(&line.billable()),
        Value::of(line.unit_price, |price| Value::Number(price.decimal())),
        Value::of(line.percent, |percent| Value::Number(percent.decimal().normalize())),
    ]
}

/// A fraction to 18 decimals: programs read no fractions, and spreadsheets take `1/2` for a day.
fn plain(exact: &Exact) -> Value {
    let units = rounded(exact, 18).to_i128();
    units.map_or_else(|| Value::text(exact), |units| Value::Quantity(Quantity::from_units(units)))
}

fn row(statement: &Statement, told: &Told) -> Vec<Value> {
    let amounts = amounts(told).map(|amount| Value::Money(amount, statement.currency));
    texts(statement, told).map(Value::Text).into_iter().chain(measures(told)).chain(amounts).collect()
}

/// What all lines add up to.
fn total(statement: &Statement, lines: &[Told]) -> Vec<Value> {
    let sum = |column: usize| {
        let all = lines.iter().filter_map(|told| amounts(told).get(column).copied());
        Value::Money(Amount::sum(all).unwrap_or_default(), statement.currency)
    };
    let blank = std::iter::repeat_n(Value::Empty, TEXTS.len() + 3);
    std::iter::once(Value::text("Total")).chain(blank).chain((0..5).map(sum)).collect()
}

/// The lines as CSV, or as a workbook with their total below. The same statement makes the same file.
pub fn file(kind: FileKind, statement: &Statement, lines: &[Told]) -> Result<Vec<u8>, Error> {
    let headers: Vec<&str> = TEXTS.into_iter().chain(NUMBERS).collect();
    let total = (kind == FileKind::Xlsx).then(|| total(statement, lines));
    let rows = lines.iter().map(|told| row(statement, told)).chain(total);
    kind.table("Lines", &headers, rows, Timestamp::start_of(statement.month.first_day()))
}
