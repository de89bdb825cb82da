//! What the oracle expects of the two reports, and what page, CSV and JSON say.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use serde_json::Value;

use super::fraction::{Fraction, fraction, ten_to};
use super::rate::Line;
use super::read::Sorted;
use super::scenario::*;
use super::share::{Basis, shares};
use crate::reports::setting::{cells, said};
use crate::support::{Page, World};

/// Quantities by bundle, SKU and unit.
type Usage = BTreeMap<[String; 3], Fraction>;
/// Net, re-seller share and provider share by currency.
type Revenue = BTreeMap<String, [Fraction; 3]>;

pub fn currencies(lines: &[Line]) -> Vec<&'static str> {
    let mut all: Vec<&str> = lines.iter().map(Line::currency).collect();
    all.sort_unstable();
    all.dedup();
    all
}

pub fn expected_usage(sorted: &Sorted) -> Usage {
    let mut usage = Usage::new();
    for (sale, used) in &sorted.rated {
        for one in used {
            let bundle = format!("Bundle {}", SALES[*sale].offer);
            *usage.entry([bundle, one.sku.to_owned(), one.unit.clone()]).or_default() += &one.quantity;
        }
    }
    usage
}

pub fn expected_revenue(lines: &[Line]) -> Revenue {
    let mut revenue = Revenue::new();
    for (line, reseller) in lines.iter().zip(shares(lines, Basis::Revenue)) {
        let provider: BigInt = line.gross() - &reseller;
        let sums = revenue.entry(line.currency().to_owned()).or_default();
        for (sum, units) in sums.iter_mut().zip([line.gross(), reseller, provider]) {
            *sum += Fraction::new(units, ten_to(decimals(line.currency())));
        }
    }
    revenue
}

/// A number as a page shows it, without grouping and currency.
fn number(shown: &str) -> Fraction {
    let plain = shown.replace('\u{2212}', "-");
    let digits: String =
        plain.chars().filter(|one| one.is_ascii_digit() || matches!(one, '-' | '.')).collect();
    fraction(&digits)
}

pub fn usage_of_page(page: &Page) -> Usage {
    let of_table = |part: &str| page.texts(&format!("section[aria-labelledby='usage-rows'] {part}"));
    let names = of_table("thead th");
    let place = |name: &str| names.iter().position(|one| one == name).unwrap_or_else(|| panic!("{names:?}"));
    let places = ["Bundle", "SKU", "Unit"].map(place);
    let cells = of_table("tbody :is(th, td)");
    let rows = cells.chunks(names.len());
    rows.map(|row| (places.map(|at| row[at].clone()), number(&row[place("Quantity")]))).collect()
}

pub fn usage_of_csv(content: &str) -> Usage {
    let rows = cells(content).into_iter();
    rows.map(|row| (["bundle", "sku", "unit"].map(|name| row[name].clone()), fraction(&row["quantity"])))
        .collect()
}

fn text(row: &Value, name: &str) -> String {
    row[name].as_str().unwrap_or_else(|| panic!("{name}: {row}")).to_owned()
}

pub fn usage_of_json(rows: &Value) -> Usage {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| (["bundle", "sku", "unit"].map(|name| text(row, name)), fraction(&text(row, "quantity"))))
        .collect()
}

const PARTS: [&str; 3] = ["net", "reseller_share", "provider_share"];

fn added(rows: impl Iterator<Item = (String, [Fraction; 3])>) -> Revenue {
    let mut revenue = Revenue::new();
    for (currency, parts) in rows {
        let sums = revenue.entry(currency).or_default();
        sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
    }
    revenue
}

pub fn revenue_of_csv(content: &str) -> Revenue {
    let rows = cells(content).into_iter();
    added(rows.map(|row| (row["currency"].clone(), PARTS.map(|part| fraction(&row[part])))))
}

pub fn revenue_of_json(rows: &Value) -> Revenue {
    let rows = rows.as_array().unwrap().iter();
    added(rows.map(|row| (text(row, "currency"), PARTS.map(|part| fraction(&text(row, part))))))
}

/// The rows of the table's foot: total, currency, gross, credits, net and both shares.
pub fn totals_of_page(page: &Page) -> Revenue {
    let rows = page.rows().into_iter().filter(|row| row[0] == "Total");
    added(rows.map(|row| (row[1].clone(), [4, 5, 6].map(|at| number(&row[at])))))
}

/// Both reports as the command line gives them.
pub fn reports(world: &World) -> [String; 2] {
    ["usage", "revenue"].map(|report| said(world, &["report", report, "--month", MONTH, "--format", "csv"]))
}
