//! What is typed about a channel: details, currencies, and what it sells; the wizard and the edit pages share it.

use crate::catalog::{Bundle, BundleState};
use crate::channels::store::Details;
use crate::channels::{Band, Channel, ChannelBundle, PricePolicy};
use crate::values::{BundleId, Code, Currency, HostName, Percent};
use crate::web::{Errors, Fields};

/// The fields of a channel's details, with switches as `on`.
pub fn details_fields(channel: &Channel) -> Vec<(String, String)> {
    let mut fields = vec![
        ("name".to_owned(), channel.name.clone()),
        ("code".to_owned(), channel.code.to_string()),
        ("host".to_owned(), channel.host.as_ref().map(ToString::to_string).unwrap_or_default()),
    ];
    let switches = [
        ("price_editable", channel.price_editable),
        ("shows_reference", channel.shows_reference),
        ("may_import", channel.may_import),
    ];
    fields.extend(
        switches.into_iter().filter(|(_, on)| *on).map(|(name, _)| (name.to_owned(), "on".to_owned())),
    );
    fields.extend(channel.currencies.iter().map(|currency| ("currency".to_owned(), currency.to_string())));
    fields
}

/// The fields of what a channel sells.
pub fn sold_fields(sold: &[ChannelBundle]) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let percent = |percent: Option<Percent>| percent.map(|percent| percent.to_string()).unwrap_or_default();
    for one in sold {
        let id = one.bundle;
        if one.enabled {
            fields.push(("bundle".to_owned(), id.to_string()));
        }
        fields.push((format!("policy.{id}"), one.policy.to_string()));
        fields.push((format!("floor.{id}"), percent(one.band.floor)));
        fields.push((format!("ceiling.{id}"), percent(one.band.ceiling)));
        fields.push((format!("margin.{id}"), percent(one.band.min_margin)));
    }
    fields
}

pub fn parse_details(fields: &Fields, errors: &mut Errors) -> Option<Details> {
    let name = fields.get("name").trim().to_owned();
    if name.is_empty() || name.chars().count() > 120 {
        errors.add("name", "Enter a name of 1 to 120 characters");
    }
    let code = errors.take("code", fields.get("code").parse::<Code>());
    let host = match fields.get("host").trim() {
        "" => Some(None),
        typed => errors.take("host", typed.parse::<HostName>()).map(Some),
    };
    if name.is_empty() {
        return None;
    }
    Some(Details {
        code: code?,
        name,
        host: host?,
        price_editable: fields.has("price_editable"),
        shows_reference: fields.has("shows_reference"),
        may_import: fields.has("may_import"),
    })
}

pub fn parse_currencies(fields: &Fields, errors: &mut Errors) -> Vec<Currency> {
    let typed = fields.all("currency").map(str::parse::<Currency>).collect::<Result<Vec<_>, _>>();
    let mut currencies = errors.take("currency", typed).unwrap_or_default();
    currencies.sort_unstable();
    currencies.dedup();
    if currencies.is_empty() {
        errors.add("currency", "Choose one currency or more");
    }
    currencies
}

/// The bundles that are switched on, each with its policy.
pub fn parse_sold(fields: &Fields, bundles: &[Bundle], errors: &mut Errors) -> Vec<ChannelBundle> {
    let chosen: Vec<BundleId> = fields.all("bundle").filter_map(|id| id.parse().ok()).collect();
    let mut sold = Vec::new();
    for bundle in bundles.iter().filter(|bundle| chosen.contains(&bundle.id)) {
        sold.push(parse_policy(fields, bundle.id, errors));
    }
    if sold.is_empty() {
        errors.add("bundle", "Choose one bundle or more");
    }
    sold
}

/// A bundle that is switched on, with the policy that was chosen for it.
pub fn parse_policy(fields: &Fields, id: BundleId, errors: &mut Errors) -> ChannelBundle {
    let policy = fields.get(&format!("policy.{id}")).parse().unwrap_or(PricePolicy::Locked);
    let band = if policy == PricePolicy::Band { parse_band(fields, id, errors) } else { Band::default() };
    ChannelBundle { bundle: id, enabled: true, policy, band }
}

fn parse_band(fields: &Fields, id: BundleId, errors: &mut Errors) -> Band {
    let mut percent = |name: &str| -> Option<Percent> {
        let field = format!("{name}.{id}");
        match fields.get(&field).trim() {
            "" => None,
            typed => {
                let parsed = typed.parse::<Percent>().map_err(|error| error.to_string());
                let parsed = parsed.and_then(|percent| match percent.units() {
                    0.. => Ok(percent),
                    _ => Err("Enter a percent of 0 or more".to_owned()),
                });
                errors.take(&field, parsed)
            }
        }
    };
    let band = Band { floor: percent("floor"), ceiling: percent("ceiling"), min_margin: percent("margin") };
    if let (Some(floor), Some(ceiling)) = (band.floor, band.ceiling)
        && ceiling < floor
    {
        errors.add(format!("ceiling.{id}"), "Enter a ceiling that is not below the floor");
    }
    if band.min_margin.is_some_and(|margin| margin.units() >= 1_000_000) {
        errors.add(format!("margin.{id}"), "Enter a margin below 100");
    }
    band
}

/// The currencies to choose from, those people use most first.
pub fn currency_options() -> Vec<(&'static str, &'static str)> {
    let first = ["USD", "EUR", "GBP"];
    let mut all: Vec<&'static str> = Currency::all().map(Currency::code).collect();
    all.sort_by_key(|code| (first.iter().position(|one| one == code).unwrap_or(first.len()), *code));
    all.into_iter().map(|code| (code, code)).collect()
}

/// Bundles that can be sold now, or are sold already.
pub fn sellable(bundles: Vec<Bundle>, sold: &[ChannelBundle]) -> Vec<Bundle> {
    bundles
        .into_iter()
        .filter(|bundle| {
            bundle.state == BundleState::Active || sold.iter().any(|one| one.bundle == bundle.id)
        })
        .collect()
}

/// The policies as options of a form.
pub const POLICIES: &[(&str, &str)] = &[
    ("locked", "Locked: only the provider sets the price"),
    ("band", "Band: the re-seller sets it within limits"),
    ("free", "Free: the re-seller sets it at will"),
];
