//! What a price editor is about, and what was typed into it.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::price_lines::{field, number, parse_value};
use crate::catalog::pages::wording::{Products, by_id};
use crate::catalog::{self, Charge, PriceConcern, PriceRefusal, PriceValue};
use crate::channels::pricing::{self, Book, Refusal, Wished};
use crate::channels::{Channel, store};
use crate::db::Db;
use crate::terms::{self, TermsVersion};
use crate::values::{BundleId, ChannelId, ChargeId, Currency, Month, Scope, parse_day};
use crate::web::{Error, Errors, Fields, optional_text};

/// Everything that a price editor shows.
pub struct Loaded {
    pub channel: Channel,
    pub book: Book,
    pub products: Products,
    pub terms: Option<TermsVersion>,
}

/// Which price it is about.
pub struct Place {
    pub channel: ChannelId,
    pub bundle: BundleId,
    pub currency: Currency,
}

/// The place that an address names.
pub fn place(path: &(String, String, String)) -> Result<Place, Error> {
    let (channel, bundle, currency) = path;
    Ok(Place {
        channel: channel.parse().map_err(|_| Error::NotFound)?,
        bundle: bundle.parse().map_err(|_| Error::NotFound)?,
        currency: currency.parse().map_err(|_| Error::NotFound)?,
    })
}

/// Reads it.
pub async fn load(db: &Db, scope: Scope, place: &Place, today: NaiveDate) -> Result<Loaded, Error> {
    let Place { channel, bundle, currency } = *place;
    let loaded = db.read(move |connection| {
        let row = store::find(connection, scope, channel)?;
        Ok(Loaded {
            book: pricing::book(connection, scope, channel, bundle, currency)?,
            products: by_id(catalog::store::products(connection)?),
            terms: terms::store::in_effect(connection, row.reseller, Month::of(today))?,
            channel: row,
        })
    });
    Ok(loaded.await?)
}

/// The price that the form holds; `None` with messages beside the fields.
pub fn parse(place: &Place, book: &Book, fields: &Fields, errors: &mut Errors) -> Option<Wished> {
    let day = parse_day(fields.get("effective_from")).map_err(|_| "Enter the first day");
    let effective_from = errors.take("effective_from", day);
    let concerns =
        fields.get("concerns").parse::<PriceConcern>().map_err(|_| "Choose whom the price concerns");
    let concerns = errors.take("concerns", concerns);
    let mut values: BTreeMap<ChargeId, PriceValue> = BTreeMap::new();
    for charge in &book.bundle.charges {
        let mut parts = Vec::new();
        for tier in charge.tiers() {
            let name = field(charge.id, tier);
            parts.extend(errors.take(&name, parse_value(charge, fields.get(&name))).map(|part| (tier, part)));
        }
        values.extend(PriceValue::joined(&parts).map(|value| (charge.id, value)));
    }
    let reason = optional_text(fields.get("reason"), 400, "reason", errors);
    if !errors.is_empty() {
        return None;
    }
    let Place { channel, bundle, currency } = *place;
    Some(Wished {
        channel,
        bundle,
        currency,
        effective_from: effective_from?,
        concerns: concerns?,
        reason: reason?,
        values,
    })
}

/// Tells all faults at once, before anything is previewed; the transaction asks again. True when nothing but the
/// limits stands in the way, so that the price can be asked for.
pub fn check(loaded: &Loaded, scope: Scope, wished: &Wished, today: NaiveDate, errors: &mut Errors) -> bool {
    if scope != Scope::Root && wished.effective_from < today {
        add_refusal(Refusal::InThePast, errors);
    }
    let charges = &loaded.book.bundle.charges;
    if let Err(faults) = catalog::pricing::check(charges, &wished.values, wished.currency) {
        add_refusal(Refusal::Price(PriceRefusal::Values(faults)), errors);
    }
    let can_be_had = errors.is_empty();
    let faults = pricing::check(&loaded.book, loaded.channel.price_editable, scope, wished);
    let faults = faults.err().unwrap_or_default();
    let is_limited = !faults.is_empty() && faults.iter().all(|(_, fault)| fault.is_limit());
    if !faults.is_empty() {
        add_refusal(Refusal::Policy(faults), errors);
    }
    can_be_had && is_limited
}

/// The fields that hold these prices.
pub fn filled(book: &Book, values: &BTreeMap<ChargeId, PriceValue>) -> Vec<(String, String)> {
    let typed = |(charge, tier): (&Charge, u32)| {
        let part = values.get(&charge.id).and_then(|value| value.part(tier));
        (field(charge.id, tier), part.as_ref().map(number).unwrap_or_default())
    };
    book.bundle.places().map(typed).collect()
}

/// Puts a refusal beside its fields.
pub fn add_refusal(refusal: Refusal, errors: &mut Errors) {
    match refusal {
        Refusal::Policy(faults) => {
            let mut by_field: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for (charge, fault) in faults {
                by_field.entry(field(charge, fault.tier)).or_default().push(fault.to_string());
            }
            for (name, messages) in by_field {
                errors.add(name, messages.join(". "));
            }
        }
        refusal @ Refusal::InThePast => errors.add("effective_from", refusal),
        Refusal::Price(PriceRefusal::Values(faults)) => {
            for (charge, fault) in faults {
                errors.add(field(charge, 0), fault);
            }
        }
        Refusal::Price(refusal) => errors.add("effective_from", refusal),
    }
}
