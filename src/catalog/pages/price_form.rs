//! The form of a price version: one field for each charge, named `price-` and the charge's id, and for a charge with
//! tiers one for each of them, with the tier after it.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::wording::{Products, concern_name, part_name, typed_value, value_text};
use crate::catalog::{
    Bundle, Charge, ChargeModel, NewPriceVersion, PriceConcern, PriceRefusal, PriceValue, PriceVersion,
    prices, pricing,
};
use crate::values::{ChargeId, Currency, Month, Percent, PriceVersionId, parse_day};
use crate::web::{Errors, Fields};

/// The longest reason, in letters.
const LONGEST: usize = 500;

/// What stands in the form.
#[derive(Debug, Clone, Default)]
pub struct PriceForm {
    /// The planned version that is being changed.
    pub version: Option<PriceVersionId>,
    /// Tells what is there while the form is shown.
    pub mark: String,
    pub from: String,
    pub concerns: String,
    pub reason: String,
    pub lines: Vec<Line>,
}

/// A charge, or a tier of it, with its price now and the one being typed.
#[derive(Debug, Clone)]
pub struct Line {
    charge: Charge,
    /// From 1, or 0 without tiers.
    tier: u32,
    pub name: String,
    /// In effect today; `None` when the bundle has no price yet.
    pub now: Option<String>,
    pub typed: String,
}

impl Line {
    fn new(
        (charge, tier): (&Charge, u32),
        products: &Products,
        now: Option<&PriceVersion>,
        typed: String,
    ) -> Self {
        let now = now.and_then(|version| {
            Some(value_text(&version.values.get(&charge.id)?.part(tier)?, version.currency))
        });
        Self { charge: charge.clone(), tier, name: part_name(charge, tier, products), now, typed }
    }

    /// The field's name.
    pub fn field(&self) -> String {
        field(&self.charge, self.tier)
    }

    pub fn is_percent(&self) -> bool {
        self.charge.model == ChargeModel::CostPlus
    }

    fn parse(&self) -> Result<PriceValue, String> {
        if self.typed.trim().is_empty() {
            return Err(if self.is_percent() { "Enter a percent" } else { "Enter a price" }.into());
        }
        if self.is_percent() {
            return self
                .typed
                .parse::<Percent>()
                .map(PriceValue::CostPlus)
                .map_err(|fault| fault.to_string());
        }
        self.typed.parse().map(PriceValue::Unit).map_err(|fault| format!("{fault}"))
    }
}

fn field(charge: &Charge, tier: u32) -> String {
    if tier == 0 { format!("price-{}", charge.id) } else { format!("price-{}-{tier}", charge.id) }
}

/// Every price that the bundle's charges have.
fn places(bundle: &Bundle) -> impl Iterator<Item = (&Charge, u32)> {
    bundle.charges.iter().flat_map(|charge| charge.tiers().map(move |tier| (charge, tier)))
}

/// Value and label of whom a price concerns.
pub fn concern_choices() -> [(PriceConcern, &'static str); 2] {
    [
        (PriceConcern::Existing, "New subscriptions and existing ones that follow prices"),
        (PriceConcern::New, concern_name(PriceConcern::New)),
    ]
}

impl PriceForm {
    /// Filled with a planned version, or with the latest prices.
    pub fn filled(
        bundle: &Bundle,
        products: &Products,
        versions: &[PriceVersion],
        changed: Option<&PriceVersion>,
        today: NaiveDate,
    ) -> Self {
        let now = prices::current(versions, today);
        let source = changed.or(versions.last());
        let typed = |(charge, tier): (&Charge, u32)| {
            let value =
                source.and_then(|version| Some((version, version.values.get(&charge.id)?.part(tier)?)));
            value
                .map(|(version, value)| typed_value(&value, version.currency, charge.kind))
                .unwrap_or_default()
        };
        let lines = places(bundle).map(|place| Line::new(place, products, now, typed(place))).collect();
        let from = changed.map_or_else(|| offered_day(versions, today), |version| version.effective_from);
        let concerns = changed.map_or(PriceConcern::Existing, |version| version.concerns);
        let first = if versions.is_empty() { "First price" } else { "" };
        Self {
            version: changed.map(|version| version.id),
            mark: prices::mark(versions),
            from: from.to_string(),
            concerns: concerns.to_string(),
            reason: changed.map_or_else(|| first.to_owned(), |version| version.reason.clone()),
            lines,
        }
    }

    /// As it was typed.
    pub fn typed(
        fields: &Fields,
        bundle: &Bundle,
        products: &Products,
        versions: &[PriceVersion],
        today: NaiveDate,
    ) -> Self {
        let now = prices::current(versions, today);
        let line = |(charge, tier): (&Charge, u32)| {
            Line::new((charge, tier), products, now, fields.get(&field(charge, tier)).to_owned())
        };
        Self {
            version: fields.get("version").parse().ok(),
            mark: prices::mark(versions),
            from: fields.get("from").to_owned(),
            concerns: fields.get("concerns").to_owned(),
            reason: fields.get("reason").trim().to_owned(),
            lines: places(bundle).map(line).collect(),
        }
    }

    /// The version to save, or every message beside its field.
    pub fn parse(&self, bundle: &Bundle, currency: Currency, errors: &mut Errors) -> Option<NewPriceVersion> {
        let from = errors.take("from", parse_day(&self.from));
        let concerns =
            errors.take("concerns", self.concerns.parse().map_err(|_| "Choose whom the price concerns"));
        if self.reason.is_empty() {
            errors.add("reason", "Enter why the price is set; it stands in the history");
        } else if self.reason.chars().count() > LONGEST {
            errors.add("reason", format!("Enter at most {LONGEST} letters"));
        }
        let values = self.values(bundle, errors);
        if let Err(mut faults) = pricing::check(&bundle.charges, &values, currency) {
            // What could not be read has its own message already.
            faults.retain(|(charge, _)| values.contains_key(charge));
            refused(errors, &PriceRefusal::Values(faults));
        }
        let (effective_from, concerns) = (from?, concerns?);
        let reason = self.reason.clone();
        let new = NewPriceVersion {
            channel: None,
            bundle: bundle.id,
            currency,
            effective_from,
            concerns,
            reason,
            values,
        };
        errors.is_empty().then_some(new)
    }

    /// The values of the charges that could be read in full.
    fn values(&self, bundle: &Bundle, errors: &mut Errors) -> BTreeMap<ChargeId, PriceValue> {
        let read: Vec<_> = self
            .lines
            .iter()
            .filter_map(|line| Some((line, errors.take(&line.field(), line.parse())?)))
            .collect();
        let value = |charge: &Charge| {
            let of_charge = read.iter().filter(|(line, _)| line.charge.id == charge.id);
            let parts: Vec<_> = of_charge.map(|(line, value)| (line.tier, value.clone())).collect();
            let is_whole = parts.len() == charge.tiers().count();
            PriceValue::joined(&parts).filter(|_| is_whole).map(|value| (charge.id, value))
        };
        bundle.charges.iter().filter_map(value).collect()
    }
}

/// Puts a refusal beside the field that it is about.
pub fn refused(errors: &mut Errors, refusal: &PriceRefusal) {
    match refusal {
        PriceRefusal::InEffect | PriceRefusal::Closed(_) | PriceRefusal::Changed => {
            errors.add("from", refusal)
        }
        PriceRefusal::OtherCharge => errors.add("", refusal),
        PriceRefusal::Values(faults) => {
            for (charge, fault) in faults {
                errors.add(format!("price-{charge}"), fault);
            }
        }
    }
}

/// The first price starts with this month, a change with the month after the latest prices and not before the next.
fn offered_day(versions: &[PriceVersion], today: NaiveDate) -> NaiveDate {
    let this_month = Month::of(today);
    versions
        .last()
        .map_or(this_month.first_day(), |last| this_month.max(Month::of(last.effective_from)).end())
}
