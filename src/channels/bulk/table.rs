//! The table of prices that people edit in a spreadsheet: one row a price, named by bundle, currency and charge.
//!
//! Columns by name, in any order, others are ignored: `bundle_code`, `currency`, `charge`, and `price` or
//! `cost_plus_percent`. A row with neither leaves its price as it is. The CSV of a channel's prices has them all.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::Change;
use crate::catalog::pages::wording::{Products, part_name};
use crate::catalog::{Charge, ChargeModel, PriceValue};
use crate::channels::pricing::Book;
use crate::values::{Percent, UnitPrice};
use crate::web::csv::{ambiguity, guarded, unguarded};

/// The largest table, in bytes.
pub const LARGEST: usize = 256 * 1024;

/// A row that cannot be used, with its line in the table; line 1 is the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    pub line: u64,
    pub column: &'static str,
    pub message: String,
}

const BUNDLE: &str = "bundle_code";
const CURRENCY: &str = "currency";
const CHARGE: &str = "charge";
const PRICE: &str = "price";
const PERCENT: &str = "cost_plus_percent";

type Row = BTreeMap<&'static str, String>;

/// The prices that the table changes, or every row that cannot be used.
pub fn read(
    text: &str,
    books: &[Book],
    products: &Products,
    day: NaiveDate,
) -> Result<Vec<Change>, Vec<RowFault>> {
    let (mut changes, mut faults) = (Vec::<Change>::new(), Vec::new());
    for (line, row) in rows(text)? {
        match change(&row, books, products, day) {
            Ok(Some(new)) => {
                let same = |old: &Change| {
                    (old.bundle, old.currency, old.charge, old.tier)
                        == (new.bundle, new.currency, new.charge, new.tier)
                };
                if changes.iter().any(same) {
                    let message = "An earlier row sets this price already".to_owned();
                    faults.push(RowFault { line, column: CHARGE, message });
                } else {
                    changes.push(new);
                }
            }
            Ok(None) => {}
            Err((column, message)) => faults.push(RowFault { line, column, message }),
        }
    }
    changes.retain(|change| change.before != change.after);
    if faults.is_empty() { Ok(changes) } else { Err(faults) }
}

fn rows(text: &str) -> Result<Vec<(u64, Row)>, Vec<RowFault>> {
    let fault = |line: u64, column, message: String| vec![RowFault { line, column, message }];
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|error| fault(1, BUNDLE, error.to_string()))?.clone();
    if let Some((line, message)) = ambiguity(text, headers.iter()) {
        return Err(fault(line, BUNDLE, message));
    }
    let place = |name: &str| headers.iter().position(|header| header.eq_ignore_ascii_case(name));
    for column in [BUNDLE, CURRENCY, CHARGE] {
        if place(column).is_none() {
            return Err(fault(1, column, "The table has no such column".into()));
        }
    }
    if place(PRICE).or(place(PERCENT)).is_none() {
        return Err(fault(1, PRICE, "The table has no such column, and no cost_plus_percent".into()));
    }
    let mut rows = Vec::new();
    for (index, record) in (2..).zip(reader.records()) {
        let record = record.map_err(|error| fault(index, BUNDLE, error.to_string()))?;
        let line = record.position().map_or(index, csv::Position::line);
        let cell = |name: &'static str| {
            let text = place(name).and_then(|place| record.get(place)).unwrap_or_default();
            (name, unguarded(text).to_owned())
        };
        rows.push((line, [BUNDLE, CURRENCY, CHARGE, PRICE, PERCENT].map(cell).into()));
    }
    Ok(rows)
}

type Told = (&'static str, String);

fn change(row: &Row, books: &[Book], products: &Products, day: NaiveDate) -> Result<Option<Change>, Told> {
    let cell = |name: &str| row.get(name).map_or("", String::as_str);
    let of_bundle: Vec<&Book> =
        books.iter().filter(|book| book.bundle.code.eq_ignore_ascii_case(cell(BUNDLE))).collect();
    if of_bundle.is_empty() {
        return Err((BUNDLE, format!("No bundle {:?} whose price you may change here", cell(BUNDLE))));
    }
    let book = of_bundle.into_iter().find(|book| book.currency.code().eq_ignore_ascii_case(cell(CURRENCY)));
    let book =
        book.ok_or_else(|| (CURRENCY, format!("The channel does not sell in {:?}", cell(CURRENCY))))?;
    let place =
        book.bundle.places().find(|(charge, tier)| part_name(charge, *tier, products) == cell(CHARGE));
    let (charge, tier) =
        place.ok_or_else(|| (CHARGE, format!("The bundle has no charge {:?}", cell(CHARGE))))?;
    let Some(after) = value(charge, cell(PRICE), cell(PERCENT))? else { return Ok(None) };
    let version = book.in_effect(day);
    let before = version.and_then(|version| version.values.get(&charge.id)?.part(tier));
    let before = before.ok_or((CHARGE, "There is no price on this day that could change".to_owned()))?;
    let (bundle, currency, charge) = (book.bundle.id, book.currency, charge.id);
    Ok(Some(Change { bundle, currency, charge, tier, before, after }))
}

fn value(charge: &Charge, price: &str, percent: &str) -> Result<Option<PriceValue>, Told> {
    match (charge.model == ChargeModel::CostPlus, price, percent) {
        (_, "", "") => Ok(None),
        (true, "", typed) => {
            let percent = typed.parse::<Percent>().map_err(|fault| (PERCENT, fault.to_string()))?;
            Ok(Some(PriceValue::CostPlus(percent)))
        }
        (false, typed, "") => {
            let price = typed.parse::<UnitPrice>().map_err(|fault| (PRICE, fault.to_string()))?;
            Ok(Some(PriceValue::Unit(price)))
        }
        (true, _, _) => Err((PRICE, "This charge has a percent on the list cost, and no price".into())),
        (false, _, _) => Err((PERCENT, "This charge has a price, and no percent".into())),
    }
}

/// A table of changes, as [`read`] takes it.
pub fn written(changes: &[Change], books: &[Book], products: &Products) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([BUNDLE, CURRENCY, CHARGE, PRICE, PERCENT])?;
    for change in changes {
        let own = |book: &&Book| book.bundle.id == change.bundle && book.currency == change.currency;
        let Some(book) = books.iter().find(own) else { continue };
        let charge = book.bundle.charges.iter().find(|charge| charge.id == change.charge);
        let name = charge.map(|charge| part_name(charge, change.tier, products)).unwrap_or_default();
        let (price, percent) = match &change.after {
            PriceValue::CostPlus(percent) => (String::new(), percent.to_string()),
            one => (one.price(0).map(|price| price.to_string()).unwrap_or_default(), String::new()),
        };
        writer.write_record([&book.bundle.code, book.currency.code(), &guarded(&name), &price, &percent])?;
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
