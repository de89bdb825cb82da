//! The lines of a price editor: charge by charge and tier by tier what applies, what is typed and what it brings.

use chrono::NaiveDate;
use num_traits::{Signed, ToPrimitive};

use super::price_form::Loaded;
use super::prices::{category_of, percent_text, shares};
use crate::catalog::pages::wording::{part_name, value_text};
use crate::catalog::{self, Charge, ChargeModel, PriceValue};
use crate::channels::policy;
use crate::values::{ChargeId, Exact, Percent, UnitPrice, rounded};
use crate::web::Fields;

/// A charge in the form, or one of its tiers.
pub struct Line {
    pub field: String,
    pub charge: String,
    /// `None` when the channel does not show it.
    pub reference: Option<String>,
    /// The plain number, for the live margin; empty when hidden.
    pub reference_number: String,
    pub now: String,
    pub typed: String,
    /// The typed price as it reads in a table.
    pub wished: String,
    pub is_percent: bool,
    /// New price less reference price, and that in percent of the new price; `None` when hidden.
    pub margin: Option<(String, String)>,
    /// In the preview: what each side gets of a unit.
    pub shares: Option<(String, String)>,
}

/// The field's name: `price.`, the charge's id, and a tier's number after it.
pub fn field(charge: ChargeId, tier: u32) -> String {
    if tier == 0 { format!("price.{charge}") } else { format!("price.{charge}.{tier}") }
}

/// New price less reference price, and that in percent of the new price; of cost-plus both are about the factor.
fn margin(wished: &PriceValue, reference: &PriceValue) -> (String, String) {
    let more = wished.factor(0) - reference.factor(0);
    let (more, unit) = match wished {
        PriceValue::CostPlus(_) => (more * Exact::from_integer(100.into()), "%"),
        _ => (more, ""),
    };
    let margin = policy::margin(wished, reference);
    (format!("{}{unit}", signed(&more)), margin.map_or_else(|| "–".into(), |margin| percent_text(&margin)))
}

/// With its sign, and up to ten decimals.
fn signed(number: &Exact) -> String {
    let sign = if number.is_negative() { "\u{2212}" } else { "+" };
    let units = rounded(&number.abs(), 10);
    let price = units.to_i128().and_then(|units| UnitPrice::from_mantissa(units).ok());
    price.map_or_else(
        || "–".into(),
        |price| if price.mantissa() == 0 { "0".into() } else { format!("{sign}{price}") },
    )
}

/// As it is typed.
pub fn number(part: &PriceValue) -> String {
    match part {
        PriceValue::CostPlus(percent) => percent.to_string(),
        part => part.price(0).map(|price| price.to_string()).unwrap_or_default(),
    }
}

/// Who looks at prices, when, and whether shares are shown.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    pub is_root: bool,
    pub today: NaiveDate,
    pub preview: bool,
}

/// The lines of a book with what is typed into each field.
pub fn lines(loaded: &Loaded, fields: &Fields, seen: Seen) -> Vec<Line> {
    let Loaded { channel, book, products, terms } = loaded;
    let Seen { is_root, today, preview } = seen;
    let shows_reference = is_root || channel.shows_reference;
    let line = |(charge, tier): (&Charge, u32)| {
        let value_of = |version: Option<&catalog::PriceVersion>| {
            version.and_then(|version| version.values.get(&charge.id)).and_then(|value| value.part(tier))
        };
        let (now, reference) = (value_of(book.in_effect(today)), value_of(book.reference(today)));
        let wished = parse_value(charge, fields.get(&field(charge.id, tier))).ok();
        let category = category_of(charge, products);
        let text = |value: &Option<PriceValue>| {
            value.as_ref().map_or_else(|| "–".into(), |value| value_text(value, book.currency))
        };
        Line {
            field: field(charge.id, tier),
            charge: part_name(charge, tier, products),
            reference: shows_reference.then(|| text(&reference)),
            reference_number: reference.as_ref().filter(|_| shows_reference).map(number).unwrap_or_default(),
            now: text(&now),
            typed: fields.get(&field(charge.id, tier)).to_owned(),
            wished: text(&wished),
            is_percent: charge.model == ChargeModel::CostPlus,
            margin: wished
                .as_ref()
                .zip(reference.as_ref())
                .filter(|_| shows_reference)
                .map(|(wished, reference)| margin(wished, reference)),
            shares: wished
                .filter(|_| preview)
                .and_then(|wished| shares(terms.as_ref(), book, category, &wished, reference.as_ref())),
        }
    };
    book.bundle.places().map(line).collect()
}

/// What was typed as a charge's price, or what is wrong with it.
pub fn parse_value(charge: &Charge, typed: &str) -> Result<PriceValue, String> {
    match charge.model {
        ChargeModel::CostPlus => {
            typed.parse::<Percent>().map(PriceValue::CostPlus).map_err(|error| error.to_string())
        }
        _ => typed.parse::<UnitPrice>().map(PriceValue::Unit).map_err(|error| error.to_string()),
    }
}
