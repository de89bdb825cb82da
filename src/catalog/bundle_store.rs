//! Makes and changes bundles. Components and charges change in a draft only; the state goes draft, active, retired.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::json;

use super::{
    Bundle, BundleKind, BundleRefusal, BundleState, ChargeKind, ChargeModel, Component, NewBundle, NewCharge,
    price_store, pricing, store,
};
use crate::audit::{self, Event};
use crate::db::schema::{
    bundle_components, bundles, channel_bundles, channels, charges, price_values, subscriptions,
};
use crate::db::{AnyConnection, Failure};
use crate::values::{Act, BundleId, ChannelId, ChargeId, ComponentId, ProductId, Quantity, search_key};

/// A component as it is named in its bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Product(ProductId),
    Bundle(BundleId),
}

type Outcome<T> = Result<T, Failure<BundleRefusal>>;

fn refuse<T>(refusal: BundleRefusal) -> Outcome<T> {
    Err(Failure::Refused(refusal))
}

/// Makes a bundle or package, as a draft; its code is unique.
pub fn create(connection: &mut AnyConnection, new: &NewBundle, act: &Act) -> Outcome<BundleId> {
    let same = bundles::table.filter(bundles::code.eq(new.code.as_str()));
    if diesel::select(diesel::dsl::exists(same)).get_result(connection)? {
        return refuse(BundleRefusal::CodeTaken);
    }
    let id = BundleId::generate();
    diesel::insert_into(bundles::table)
        .values((
            bundles::id.eq(id),
            bundles::code.eq(new.code.as_str()),
            bundles::name.eq(&new.name),
            bundles::description.eq(&new.description),
            bundles::kind.eq(new.kind),
            bundles::state.eq(BundleState::Draft),
            bundles::name_key.eq(search_key(&new.name)),
            bundles::created_at.eq(act.at),
        ))
        .execute(connection)?;
    let what = if new.kind == BundleKind::Package { "Package" } else { "Bundle" };
    let event = Event::on("bundle", id, "bundle.created", format!("{what} {} made", new.code))
        .after(json!({ "code": new.code, "name": new.name, "kind": new.kind }));
    audit::record(connection, act, event)?;
    Ok(id)
}

/// Changes what people read of a bundle, in any state.
pub fn describe(
    connection: &mut AnyConnection,
    id: BundleId,
    name: &str,
    description: &str,
    act: &Act,
) -> Result<(), Failure> {
    let before = store::bundle(connection, id)?;
    diesel::update(bundles::table.find(id))
        .set((
            bundles::name.eq(name),
            bundles::description.eq(description),
            bundles::name_key.eq(search_key(name)),
        ))
        .execute(connection)?;
    let event = Event::on("bundle", id, "bundle.changed", format!("Bundle {} described", before.code))
        .before(json!({ "name": before.name, "description": before.description }))
        .after(json!({ "name": name, "description": description }));
    audit::record(connection, act, event)?;
    Ok(())
}

fn draft(connection: &mut AnyConnection, id: BundleId) -> Outcome<Bundle> {
    let bundle = store::bundle(connection, id)?;
    if bundle.state == BundleState::Draft { Ok(bundle) } else { refuse(BundleRefusal::NotDraft) }
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
    new: NewCharge,
    act: &Act,
) -> Outcome<ChargeId> {
    let bundle = draft(connection, id)?;
    let usage_model = matches!(new.model, ChargeModel::PerUnit | ChargeModel::CostPlus);
    match (new.kind, new.product) {
        (ChargeKind::Usage, Some(product)) if usage_model => {
            if !store::product(connection, product)?.metered {
                return refuse(BundleRefusal::NotMetered);
            }
        }
        (ChargeKind::OneTime | ChargeKind::Recurring, None) if new.model == ChargeModel::Flat => {}
        _ => return refuse(BundleRefusal::NotMetered),
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
        ))
        .execute(connection)?;
    let event =
        Event::on("bundle", id, "bundle.charge_added", format!("Bundle {} got a charge", bundle.code))
            .after(json!({ "kind": new.kind, "model": new.model, "product": new.product }));
    audit::record(connection, act, event)?;
    Ok(charge)
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
    diesel::delete(charges::table.find(charge)).execute(connection)?;
    let event =
        Event::on("bundle", id, "bundle.charge_removed", format!("Bundle {} lost a charge", bundle.code))
            .before(json!({ "kind": removed.kind, "model": removed.model, "product": removed.product }));
    audit::record(connection, act, event)?;
    Ok(())
}

/// Makes a draft active, so that channels can sell it: with a charge, and in each currency a price for every charge.
pub fn activate(connection: &mut AnyConnection, id: BundleId, act: &Act) -> Outcome<()> {
    let bundle = draft(connection, id)?;
    let versions = price_store::versions_of_bundle(connection, None, id)?;
    if bundle.kind == BundleKind::Package && bundle.components.is_empty() {
        return refuse(BundleRefusal::NoMember);
    }
    if bundle.charges.is_empty() {
        return refuse(BundleRefusal::NoCharge);
    }
    if versions.is_empty() {
        return refuse(BundleRefusal::NoPrice);
    }
    let is_complete = |version: &super::PriceVersion| {
        pricing::check(&bundle.charges, &version.values, version.currency).is_ok()
    };
    if !versions.iter().all(is_complete) {
        return refuse(BundleRefusal::PriceIncomplete);
    }
    set_state(connection, &bundle, BundleState::Active, act)
}

/// Ends the sale of an active bundle; its subscriptions run on.
pub fn retire(connection: &mut AnyConnection, id: BundleId, act: &Act) -> Outcome<()> {
    let bundle = store::bundle(connection, id)?;
    if bundle.state != BundleState::Active {
        return refuse(BundleRefusal::NotActive);
    }
    set_state(connection, &bundle, BundleState::Retired, act)
}

fn set_state(connection: &mut AnyConnection, bundle: &Bundle, to: BundleState, act: &Act) -> Outcome<()> {
    diesel::update(bundles::table.find(bundle.id)).set(bundles::state.eq(to)).execute(connection)?;
    let (action, word) = match to {
        BundleState::Draft => ("bundle.drafted", "is a draft"),
        BundleState::Active => ("bundle.activated", "is active"),
        BundleState::Retired => ("bundle.retired", "is retired"),
    };
    let event = Event::on("bundle", bundle.id, action, format!("Bundle {} {word}", bundle.code))
        .before(json!({ "state": bundle.state }))
        .after(json!({ "state": to }));
    audit::record(connection, act, event)?;
    Ok(())
}

/// The channels that have a bundle, by name, and whether each sells it now.
pub fn sold_by(connection: &mut AnyConnection, id: BundleId) -> QueryResult<Vec<(ChannelId, String, bool)>> {
    channel_bundles::table
        .inner_join(channels::table.on(channels::id.eq(channel_bundles::channel_id)))
        .filter(channel_bundles::bundle_id.eq(id))
        .order(channels::name)
        .select((channels::id, channels::name, channel_bundles::enabled))
        .load(connection)
}

/// How many subscriptions of a bundle have not ended on a day.
pub fn unended_subscriptions(
    connection: &mut AnyConnection,
    id: BundleId,
    day: NaiveDate,
) -> QueryResult<i64> {
    subscriptions::table
        .filter(subscriptions::bundle_id.eq(id))
        .filter(subscriptions::end_on.is_null().or(subscriptions::end_on.gt(day)))
        .count()
        .get_result(connection)
}
