//! Makes and describes bundles; the state goes draft, active, retired.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::json;

use super::{Bundle, BundleKind, BundleRefusal, BundleState, NewBundle, price_store, pricing, store};
use crate::audit::{self, Event};
use crate::db::schema::{bundles, channel_bundles, channels, subscriptions};
use crate::db::{AnyConnection, Failure};
use crate::values::{Act, BundleId, ChannelId, search_key};

pub(super) type Outcome<T> = Result<T, Failure<BundleRefusal>>;

pub(super) fn refuse<T>(refusal: BundleRefusal) -> Outcome<T> {
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

pub(super) fn draft(connection: &mut AnyConnection, id: BundleId) -> Outcome<Bundle> {
    let bundle = store::bundle(connection, id)?;
    if bundle.state == BundleState::Draft { Ok(bundle) } else { refuse(BundleRefusal::NotDraft) }
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
