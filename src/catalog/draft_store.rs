//! Components and charges, which change in a draft only: once a bundle is active, people may have bought it as it is.

use diesel::prelude::*;
use serde_json::json;

use super::bundle_store::{Outcome, draft, refuse};
use super::{BundleKind, BundleRefusal, BundleState, ChargeKind, ChargeModel, Component, NewCharge, store};
use crate::audit::{self, Event};
use crate::db::AnyConnection;
use crate::db::schema::{bundle_components, charge_tiers, charges, price_values};
use crate::values::{Act, BundleId, ChargeId, ComponentId, ProductId, Quantity};

/// The most edges that the tiers of a charge have.
const MOST_EDGES: usize = 20;

/// A component as it is named in its bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Product(ProductId),
    Bundle(BundleId),
}

/// Adds a component to a draft, or gives the product that it has another included quantity.
pub fn put_component(
    connection: &mut AnyConnection,
    id: BundleId,
    component: &Component,
    act: &Act,
) -> Outcome<()> {
    let bundle = draft(connection, id)?;
    let (part, included, name) = match (bundle.kind, component) {
        (BundleKind::Bundle, Component::Product { product, included }) => {
            let found = store::product(connection, *product)?;
            (Part::Product(*product), *included, format!("{included} × {} a month", found.sku))
        }
        (BundleKind::Package, Component::Bundle(member)) => {
            let found = store::bundle(connection, *member)?;
            if found.kind == BundleKind::Package {
                return refuse(BundleRefusal::WrongPart);
            }
            if found.state != BundleState::Active {
                return refuse(BundleRefusal::MemberNotActive);
            }
            (Part::Bundle(*member), Quantity::ZERO, found.code)
        }
        _ => return refuse(BundleRefusal::WrongPart),
    };
    delete_component(connection, id, part)?;
    let (product, member) = match part {
        Part::Product(product) => (Some(product), None),
        Part::Bundle(member) => (None, Some(member)),
    };
    diesel::insert_into(bundle_components::table)
        .values((
            bundle_components::id.eq(ComponentId::generate()),
            bundle_components::bundle_id.eq(id),
            bundle_components::product_id.eq(product),
            bundle_components::member_id.eq(member),
            bundle_components::included.eq(included),
        ))
        .execute(connection)?;
    let summary = format!("Bundle {} includes {name}", bundle.code);
    audit::record(connection, act, Event::on("bundle", id, "bundle.component_put", summary))?;
    Ok(())
}

/// Takes a component out of a draft.
pub fn remove_component(connection: &mut AnyConnection, id: BundleId, part: Part, act: &Act) -> Outcome<()> {
    let bundle = draft(connection, id)?;
    if delete_component(connection, id, part)? == 0 {
        return Err(diesel::result::Error::NotFound.into());
    }
    let name = match part {
        Part::Product(product) => store::product(connection, product)?.sku,
        Part::Bundle(member) => store::bundle(connection, member)?.code,
    };
    let summary = format!("Bundle {} no longer includes {name}", bundle.code);
    audit::record(connection, act, Event::on("bundle", id, "bundle.component_removed", summary))?;
    Ok(())
}

fn delete_component(connection: &mut AnyConnection, id: BundleId, part: Part) -> QueryResult<usize> {
    let of_bundle = bundle_components::table.filter(bundle_components::bundle_id.eq(id));
    match part {
        Part::Product(product) => {
            diesel::delete(of_bundle.filter(bundle_components::product_id.eq(product))).execute(connection)
        }
        Part::Bundle(member) => {
            diesel::delete(of_bundle.filter(bundle_components::member_id.eq(member))).execute(connection)
        }
    }
}

/// Adds a charge to a draft: one-time and recurring at most once, usage at most once for each metered product.
pub fn add_charge(
    connection: &mut AnyConnection,
    id: BundleId,
    new: &NewCharge,
    act: &Act,
) -> Outcome<ChargeId> {
    let bundle = draft(connection, id)?;
    match (new.kind, new.product) {
        (ChargeKind::Usage, Some(product)) if new.model != ChargeModel::Flat => {
            if !store::product(connection, product)?.metered {
                return refuse(BundleRefusal::NotMetered);
            }
        }
        (ChargeKind::OneTime | ChargeKind::Recurring, None) if new.model == ChargeModel::Flat => {}
        _ => return refuse(BundleRefusal::NotMetered),
    }
    if let Err(refusal) = check_parts(new) {
        return refuse(refusal);
    }
    if bundle.charges.iter().any(|charge| charge.kind == new.kind && charge.product == new.product) {
        return refuse(BundleRefusal::ChargeTaken);
    }
    let charge = ChargeId::generate();
    let position = bundle.charges.iter().map(|charge| charge.position).max().unwrap_or(0) + 1;
    diesel::insert_into(charges::table)
        .values((
            charges::id.eq(charge),
            charges::bundle_id.eq(id),
            charges::kind.eq(new.kind),
            charges::model.eq(new.model),
            charges::product_id.eq(new.product),
            charges::position.eq(position),
            charges::package_size.eq(new.package),
        ))
        .execute(connection)?;
    for (up_to, tier) in new.edges.iter().zip(1i64..) {
        diesel::insert_into(charge_tiers::table)
            .values((
                charge_tiers::charge_id.eq(charge),
                charge_tiers::tier.eq(tier),
                charge_tiers::up_to.eq(*up_to),
            ))
            .execute(connection)?;
    }
    let summary = format!("{} added to {}", charge_words(connection, new.kind, new.product)?, bundle.code);
    let event = Event::on("bundle", id, "bundle.charge_added", summary)
        .after(json!({
            "kind": new.kind, "model": new.model, "product": new.product, "edges": new.edges, "package": new.package,
        }));
    audit::record(connection, act, event)?;
    Ok(charge)
}

/// Tiers have ascending edges above zero, and a package more than no unit; other models have neither.
fn check_parts(new: &NewCharge) -> Result<(), BundleRefusal> {
    let has_tiers = matches!(new.model, ChargeModel::Graduated | ChargeModel::Volume);
    let is_ascending = new.edges.iter().zip(new.edges.iter().skip(1)).all(|(one, next)| one < next);
    let are_positive = new.edges.iter().all(|edge| *edge > Quantity::ZERO);
    if new.edges.is_empty() == has_tiers || !is_ascending || !are_positive || new.edges.len() > MOST_EDGES {
        return Err(BundleRefusal::Edges);
    }
    let is_package = new.model == ChargeModel::Package;
    if new.package.is_some() != is_package || new.package.is_some_and(|units| units <= Quantity::ZERO) {
        return Err(BundleRefusal::PackageSize);
    }
    Ok(())
}

/// Takes a charge out of a draft, with its prices.
pub fn remove_charge(
    connection: &mut AnyConnection,
    id: BundleId,
    charge: ChargeId,
    act: &Act,
) -> Outcome<()> {
    let bundle = draft(connection, id)?;
    let Some(removed) = bundle.charges.iter().find(|known| known.id == charge) else {
        return Err(diesel::result::Error::NotFound.into());
    };
    diesel::delete(price_values::table.filter(price_values::charge_id.eq(charge))).execute(connection)?;
    diesel::delete(charge_tiers::table.filter(charge_tiers::charge_id.eq(charge))).execute(connection)?;
    diesel::delete(charges::table.find(charge)).execute(connection)?;
    let words = charge_words(connection, removed.kind, removed.product)?;
    let summary = format!("{words} taken out of {}", bundle.code);
    let event = Event::on("bundle", id, "bundle.charge_removed", summary)
        .before(json!({ "kind": removed.kind, "model": removed.model, "product": removed.product }));
    audit::record(connection, act, event)?;
    Ok(())
}

fn charge_words(
    connection: &mut AnyConnection,
    kind: ChargeKind,
    product: Option<ProductId>,
) -> QueryResult<String> {
    Ok(match (kind, product) {
        (ChargeKind::OneTime, _) => "One-time charge".to_owned(),
        (ChargeKind::Recurring, _) => "Monthly charge".to_owned(),
        (ChargeKind::Usage, Some(product)) => {
            format!("Usage charge of {}", store::product(connection, product)?.sku)
        }
        (ChargeKind::Usage, None) => "Usage charge".to_owned(),
    })
}
