//! How the catalog's words and prices read on pages.

use std::collections::BTreeMap;

use crate::catalog::{
    BundleKind, BundleState, Charge, ChargeKind, ChargeModel, PriceConcern, PriceState, PriceValue, Product,
};
use crate::values::{Currency, ProductId, UnitPrice};
use crate::web::filters::{grouped, price_text, quantity_text};

/// Products by id, to name what charges and components are about.
pub type Products = BTreeMap<ProductId, Product>;

/// The products by id.
pub fn by_id(products: Vec<Product>) -> Products {
    products.into_iter().map(|product| (product.id, product)).collect()
}

/// What a charge is for: `One-time`, `Monthly`, `Block storage, per GB`, `Virtual machine, on top of list cost`.
pub fn charge_name(charge: &Charge, products: &Products) -> String {
    let product = charge.product.and_then(|id| products.get(&id));
    let name = product.map_or("Usage", |product| product.name.as_str());
    let unit = product.map_or("unit", |product| product.unit.as_str());
    match (charge.kind, charge.model) {
        (ChargeKind::OneTime, _) => "One-time".to_owned(),
        (ChargeKind::Recurring, _) => "Monthly".to_owned(),
        (ChargeKind::Usage, ChargeModel::CostPlus) => format!("{name}, on top of list cost"),
        (ChargeKind::Usage, ChargeModel::Package) => {
            format!("{name}, per {} {unit}", quantity_text(charge.package.unwrap_or_default()))
        }
        (ChargeKind::Usage, _) => format!("{name}, per {unit}"),
    }
}

/// The name of a charge's price in a tier: `Traffic out, per GB: above 100 to 1,000`; without tiers the charge's own.
pub fn part_name(charge: &Charge, tier: u32, products: &Products) -> String {
    let name = charge_name(charge, products);
    let edge = |number: u32| {
        let index = usize::try_from(number.checked_sub(1)?).ok()?;
        charge.edges.get(index).map(|edge| quantity_text(*edge))
    };
    match (tier.checked_sub(1).and_then(edge), edge(tier)) {
        (None, Some(to)) => format!("{name}: up to {to}"),
        (Some(from), Some(to)) => format!("{name}: above {from} to {to}"),
        (Some(from), None) => format!("{name}: above {from}"),
        (None, None) => name,
    }
}

/// Name and price of each part of a charge's value.
pub fn price_lines(
    charge: &Charge,
    value: &PriceValue,
    products: &Products,
    currency: Currency,
) -> Vec<(String, String)> {
    let line =
        |(tier, part): (u32, PriceValue)| (part_name(charge, tier, products), value_text(&part, currency));
    value.parts().into_iter().map(line).collect()
}

/// How a charge is counted, in a sentence of its own.
pub fn counting(charge: &Charge) -> &'static str {
    match (charge.kind, charge.model) {
        (ChargeKind::OneTime, _) => "When a subscription starts, for each unit of its quantity",
        (ChargeKind::Recurring, _) => "Each month, for each unit of the quantity",
        (ChargeKind::Usage, ChargeModel::CostPlus) => "List cost in the usage file, and a percent on top",
        (ChargeKind::Usage, ChargeModel::Graduated) => {
            "Each unit above what is included, by the tier of its place in the month"
        }
        (ChargeKind::Usage, ChargeModel::Volume) => {
            "All units above what is included, by the tier of the month's total"
        }
        (ChargeKind::Usage, ChargeModel::Package) => {
            "Packages for what is above the included units, rounded up once a month"
        }
        (ChargeKind::Usage, _) => "Each unit above what is included",
    }
}

/// A price as it reads in a table: `$0.00425`, `cost + 12.5%`, or `$0.12 / $0.10` of tiers.
pub fn value_text(value: &PriceValue, currency: Currency) -> String {
    match value {
        PriceValue::Unit(price) => price_text(*price, currency),
        PriceValue::Tiers(prices) => {
            prices.iter().map(|price| price_text(*price, currency)).collect::<Vec<_>>().join(" / ")
        }
        PriceValue::CostPlus(percent) if percent.units() < 0 => {
            format!("cost \u{2212} {}%", grouped(-percent.decimal(), 0))
        }
        PriceValue::CostPlus(percent) => format!("cost + {}%", grouped(percent.decimal(), 0)),
    }
}

/// A price as people would type it; those of tiers with a blank between them.
pub fn typed_value(value: &PriceValue, currency: Currency, kind: ChargeKind) -> String {
    let decimals = if kind == ChargeKind::Usage { 0 } else { currency.minor_digits() };
    let price = |price: &UnitPrice| grouped(price.decimal(), decimals).replace(',', "");
    match value {
        PriceValue::Unit(unit) => price(unit),
        PriceValue::Tiers(prices) => prices.iter().map(price).collect::<Vec<_>>().join(" "),
        PriceValue::CostPlus(percent) => percent.to_string(),
    }
}

pub fn kind_name(kind: BundleKind) -> &'static str {
    match kind {
        BundleKind::Bundle => "Bundle",
        BundleKind::Package => "Package",
    }
}

pub fn metered_name(metered: bool) -> &'static str {
    if metered { "Metered" } else { "Not metered" }
}

/// Tone and word of a bundle's badge.
pub fn bundle_badge(state: BundleState) -> (&'static str, &'static str) {
    match state {
        BundleState::Draft => ("plain", "Draft"),
        BundleState::Active => ("ok", "Active"),
        BundleState::Retired => ("warn", "Retired"),
    }
}

/// Tone and word of a price version's badge.
pub fn price_badge(state: PriceState) -> (&'static str, &'static str) {
    match state {
        PriceState::Planned => ("info", "Planned"),
        PriceState::Current => ("ok", "Current"),
        PriceState::Ended => ("plain", "Ended"),
    }
}

pub fn concern_name(concerns: PriceConcern) -> &'static str {
    match concerns {
        PriceConcern::New => "New subscriptions only",
        PriceConcern::Existing => "New and existing ones",
    }
}

/// The order in which currencies are offered: the two common ones first, the others by code.
pub fn currency_order(currency: Currency) -> (usize, &'static str) {
    let place = ["USD", "EUR"].iter().position(|common| *common == currency.code());
    (place.unwrap_or(usize::MAX), currency.code())
}

/// Value and label of the currencies that people choose from.
pub fn currency_choices() -> Vec<(&'static str, &'static str)> {
    let mut currencies: Vec<_> = Currency::all().collect();
    currencies.sort_by_key(|currency| currency_order(*currency));
    currencies.into_iter().map(|currency| (currency.code(), currency.code())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd() -> Currency {
        "USD".parse().unwrap()
    }

    #[test]
    fn the_common_currencies_come_first() {
        let codes: Vec<_> = currency_choices().into_iter().map(|(code, _)| code).take(3).collect();
        assert_eq!(codes, ["USD", "EUR", "AED"]);
    }

    #[test]
    fn prices_read_as_money_and_percents_as_what_is_added() {
        let percent = |text: &str| PriceValue::CostPlus(text.parse().unwrap());
        assert_eq!(value_text(&PriceValue::Unit("0.00425".parse().unwrap()), usd()), "$0.00425");
        assert_eq!(value_text(&percent("12.5"), usd()), "cost + 12.5%");
        assert_eq!(value_text(&percent("-5"), usd()), "cost \u{2212} 5%");
    }

    #[test]
    fn what_is_put_into_a_field_is_read_back() {
        let price = PriceValue::Unit("1234.5".parse().unwrap());
        assert_eq!(typed_value(&price, usd(), ChargeKind::Recurring), "1234.50");
        assert_eq!(typed_value(&price, usd(), ChargeKind::Usage), "1234.5");
        assert_eq!(typed_value(&PriceValue::CostPlus("-5".parse().unwrap()), usd(), ChargeKind::Usage), "-5");
    }
}
