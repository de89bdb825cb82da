//! What a simulation's address asks for.

use std::collections::BTreeMap;

use crate::catalog::{Bundle, PriceValue};
use crate::channels::Channel;
use crate::channels::pages::price_lines::{field, parse_value};
use crate::settlement::Statement;
use crate::simulation::{Prices, WhatIf};
use crate::terms::{ShareBasis, ShareRule, TermsState, TermsVersion};
use crate::values::{ChargeId, Currency, Month, Percent};
use crate::web::{Errors, Fields};

/// The currency that is asked for, or the channel's first.
pub fn currency(channel: &Channel, fields: &Fields) -> Option<Currency> {
    let wanted = fields.get("currency").parse::<Currency>().ok();
    wanted.filter(|one| channel.currencies.contains(one)).or(channel.currencies.first().copied())
}

/// The months that are asked for, or the last three that have a statement.
pub fn months(fields: &Fields, statements: &[Statement], errors: &mut Errors) -> Option<(Month, Month)> {
    let month = |name: &str, usual: Option<Month>, errors: &mut Errors| match fields.get(name).trim() {
        "" => usual,
        typed => errors.take(name, typed.parse::<Month>()),
    };
    let to = month("to", statements.first().map(|one| one.month), errors)?;
    let third = statements.iter().filter(|one| one.month <= to).take(3).last();
    let from = month("from", third.map(|one| one.month).or(Some(to)), errors)?;
    if to < from {
        errors.add("to", "Choose the first month or a later one");
        return None;
    }
    Some((from, to))
}

/// The terms and prices that are asked for.
pub fn what_if(
    fields: &Fields,
    (versions, sees_reference): (&[TermsVersion], bool),
    bundle: Option<&Bundle>,
    errors: &mut Errors,
) -> WhatIf {
    WhatIf { rule: rule(fields, versions, sees_reference, errors), prices: prices(fields, bundle, errors) }
}

/// Typed terms go before a chosen version. Who does not see reference prices tries no share of the margin but an
/// agreed one, for it would tell them.
fn rule(
    fields: &Fields,
    versions: &[TermsVersion],
    sees_reference: bool,
    errors: &mut Errors,
) -> Option<ShareRule> {
    if !fields.get("share").trim().is_empty() {
        let share = errors.take("share", Percent::parse_share(fields.get("share")))?;
        let basis = fields.get("basis").parse::<ShareBasis>().unwrap_or(ShareBasis::Revenue);
        if basis == ShareBasis::Margin && !sees_reference {
            errors.add("basis", "Choose net revenue: the channel does not show reference prices");
        }
        return Some(ShareRule::flat(basis, share));
    }
    match fields.get("terms") {
        "" => None,
        wanted => {
            let found = versions.iter().find(|version| version.id.to_string() == wanted);
            let version = errors.take("terms", found.ok_or("Choose one of the versions"))?;
            let rule = version.offer.rule.clone();
            if rule.basis == ShareBasis::Margin && !sees_reference && version.state != TermsState::Agreed {
                errors.add("terms", "Choose an agreed version: the channel does not show reference prices");
            }
            Some(rule)
        }
    }
}

fn prices(fields: &Fields, bundle: Option<&Bundle>, errors: &mut Errors) -> Prices {
    if let Some(bundle) = bundle {
        return Prices::OfBundle(bundle.id, typed_values(fields, bundle, errors));
    }
    match fields.get("percent").trim() {
        "" => Prices::AsTheyWere,
        typed => {
            let percent = typed.parse::<Percent>().map_err(|fault| fault.to_string());
            let percent = percent.and_then(|percent| match percent.units() {
                -1_000_000.. => Ok(percent),
                _ => Err("Enter a percent of -100 or more".to_owned()),
            });
            errors.take("percent", percent).map_or(Prices::AsTheyWere, Prices::Changed)
        }
    }
}

/// The prices of a bundle as the price editor names them; what is not there stays as it was.
fn typed_values(
    fields: &Fields,
    bundle: &Bundle,
    errors: &mut Errors,
) -> BTreeMap<(ChargeId, u32), PriceValue> {
    let mut values = BTreeMap::new();
    for (charge, tier) in bundle.places() {
        let name = field(charge.id, tier);
        let typed = fields.get(&name).trim();
        if !typed.is_empty() {
            let value = errors.take("prices", parse_value(charge, typed));
            values.extend(value.map(|value| ((charge.id, tier), value)));
        }
    }
    values
}
