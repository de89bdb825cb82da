//! The file's rows as a reader of the specification would take them, and which sale each belongs to.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::fraction::{Fraction, fraction, whole};
use super::rate::price_on;
use super::scenario::*;

pub const FILE: &str = "focus/focus_1_0_sample.csv";

#[derive(Debug, Clone)]
pub struct Used {
    pub day: NaiveDate,
    pub unit: String,
    pub quantity: Fraction,
    pub cost: Fraction,
    pub sku: &'static str,
}

/// What became of the file's rows.
pub struct Sorted {
    pub count: usize,
    /// By place in [`SALES`], in order of days.
    pub rated: BTreeMap<usize, Vec<Used>>,
    /// Why the others wait, and how many.
    pub unrated: BTreeMap<&'static str, i64>,
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn sorted(content: &[u8]) -> Sorted {
    let mut all = Sorted { count: 0, rated: BTreeMap::new(), unrated: BTreeMap::new() };
    for row in csv::Reader::from_reader(content).deserialize::<HashMap<String, String>>() {
        let row = row.unwrap();
        all.count += 1;
        match belongs(&row) {
            Ok((sale, used)) => all.rated.entry(sale).or_default().push(used),
            Err(cause) => *all.unrated.entry(cause).or_default() += 1,
        }
    }
    all.rated.values_mut().for_each(|used| used.sort_by_key(|one| one.day));
    all
}

fn cell<'r>(row: &'r HashMap<String, String>, name: &str) -> &'r str {
    Some(row[name].as_str()).filter(|text| *text != "NULL").unwrap_or_default()
}

fn belongs(row: &HashMap<String, String>) -> Result<(usize, Used), &'static str> {
    let account = cell(row, "SubAccountId");
    let buyer = BUYERS.iter().find(|buyer| buyer.accounts.contains(&account)).ok_or("customer")?;
    let named = |name: &str| ITEMS.iter().find(|item| item.names.contains(&cell(row, name)));
    let item = named("SkuId").or_else(|| named("ServiceName")).ok_or("product")?;
    let on = day(&cell(row, "ChargePeriodStart")[..10]);
    let (place, rule) = sale_on(buyer, item.sku, on).ok_or("subscription")?;
    let sale = &SALES[place];
    price_on(sale, rule, on).ok_or("price")?;
    let unit = cell(row, "ConsumedUnit").to_owned();
    match OFFERS.iter().find(|offer| offer.code == sale.offer).unwrap().rules[rule] {
        Rule::CostPlus(_) if cell(row, "BillingCurrency") != buyer.currency => return Err("currency"),
        Rule::PerUnit(_) if unit != item.unit => return Err("unit"),
        _ => {}
    }
    let number = |name| Some(cell(row, name)).filter(|text| !text.is_empty()).map_or(whole(0), fraction);
    let (quantity, cost) = (number("ConsumedQuantity"), number("ListCost"));
    Ok((place, Used { day: on, unit, quantity, cost, sku: item.sku }))
}

/// The buyer's first sale that runs on the day and charges the product.
fn sale_on(buyer: &Buyer, sku: &str, on: NaiveDate) -> Option<(usize, usize)> {
    SALES.iter().enumerate().filter(|(_, sale)| sale.buyer == buyer.id).find_map(|(place, sale)| {
        let runs = day(sale.quantities[0].0) <= on && sale.end.is_none_or(|end| on < day(end));
        let offer = OFFERS.iter().find(|offer| offer.code == sale.offer)?;
        let charges = |rule: &Rule| matches!(rule, Rule::PerUnit(of) | Rule::CostPlus(of) if *of == sku);
        offer.rules.iter().position(charges).filter(|_| runs).map(|rule| (place, rule))
    })
}
