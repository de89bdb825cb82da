//! Price versions of both books: the reference prices, which have no channel, and each channel's own.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::{Value, json};

use super::{
    BundleState, NewPriceVersion, PriceConcern, PriceRefusal, PriceValue, PriceVersion, pricing, store,
};
use crate::audit::{self, Event};
use crate::db::schema::{channel_bundles, channels, price_values, price_versions};
use crate::db::{AnyConnection, Failure};
use crate::jobs;
use crate::values::{
    Act, BundleId, ChannelId, ChargeId, Currency, Month, Percent, PriceVersionId, ResellerId, Timestamp,
    UnitPrice,
};

type Row = (
    PriceVersionId,
    Option<ChannelId>,
    BundleId,
    Currency,
    NaiveDate,
    PriceConcern,
    String,
    Timestamp,
    String,
);

type ValueRow = (PriceVersionId, ChargeId, Option<UnitPrice>, Option<Percent>);

fn to_value(price: Option<UnitPrice>, percent: Option<Percent>) -> Option<PriceValue> {
    price.map(PriceValue::Unit).or(percent.map(PriceValue::CostPlus))
}

/// The versions of one book, bundle and currency, by effective day.
pub fn versions(
    connection: &mut AnyConnection,
    channel: Option<ChannelId>,
    bundle: BundleId,
    currency: Currency,
) -> QueryResult<Vec<PriceVersion>> {
    load(connection, channel, Some(&[bundle]), Some(currency))
}

/// The versions of one book and bundle in all currencies, by effective day.
pub fn versions_of_bundle(
    connection: &mut AnyConnection,
    channel: Option<ChannelId>,
    bundle: BundleId,
) -> QueryResult<Vec<PriceVersion>> {
    load(connection, channel, Some(&[bundle]), None)
}

/// All of a book, by effective day; `None` is the reference price book.
pub fn book(connection: &mut AnyConnection, channel: Option<ChannelId>) -> QueryResult<Vec<PriceVersion>> {
    load(connection, channel, None, None)
}

/// The reference prices of some bundles, by effective day.
pub fn reference_of(connection: &mut AnyConnection, bundles: &[BundleId]) -> QueryResult<Vec<PriceVersion>> {
    load(connection, None, Some(bundles), None)
}

/// One version of either book.
pub fn version(connection: &mut AnyConnection, id: PriceVersionId) -> QueryResult<PriceVersion> {
    let (channel, bundle, currency) = price_versions::table
        .find(id)
        .select((price_versions::channel_id, price_versions::bundle_id, price_versions::currency))
        .first::<(Option<ChannelId>, BundleId, Currency)>(connection)?;
    let of_currency = versions(connection, channel, bundle, currency)?;
    of_currency.into_iter().find(|version| version.id == id).ok_or(diesel::result::Error::NotFound)
}

fn load(
    connection: &mut AnyConnection,
    channel: Option<ChannelId>,
    bundles: Option<&[BundleId]>,
    currency: Option<Currency>,
) -> QueryResult<Vec<PriceVersion>> {
    use price_versions as v;
    let mut rows = v::table.into_boxed().order((v::effective_from, v::id));
    let mut values =
        price_values::table.inner_join(v::table.on(v::id.eq(price_values::version_id))).into_boxed();
    match channel {
        Some(channel) => {
            rows = rows.filter(v::channel_id.eq(channel));
            values = values.filter(v::channel_id.eq(channel));
        }
        None => {
            rows = rows.filter(v::channel_id.is_null());
            values = values.filter(v::channel_id.is_null());
        }
    }
    if let Some(bundles) = bundles {
        rows = rows.filter(v::bundle_id.eq_any(bundles));
        values = values.filter(v::bundle_id.eq_any(bundles));
    }
    if let Some(currency) = currency {
        rows = rows.filter(v::currency.eq(currency));
        values = values.filter(v::currency.eq(currency));
    }
    let columns = (
        v::id,
        v::channel_id,
        v::bundle_id,
        v::currency,
        v::effective_from,
        v::concerns,
        v::reason,
        v::created_at,
        v::created_by,
    );
    let rows: Vec<Row> = rows.select(columns).load(connection)?;
    let values: Vec<ValueRow> = values
        .select((
            price_values::version_id,
            price_values::charge_id,
            price_values::unit_price,
            price_values::percent,
        ))
        .load(connection)?;
    Ok(joined(rows, values))
}

fn joined(rows: Vec<Row>, values: Vec<ValueRow>) -> Vec<PriceVersion> {
    let mut of_version: BTreeMap<PriceVersionId, BTreeMap<ChargeId, PriceValue>> = BTreeMap::new();
    for (version, charge, price, percent) in values {
        let values = of_version.entry(version).or_default();
        values.extend(to_value(price, percent).map(|value| (charge, value)));
    }
    let version = |row: Row| {
        let (id, channel, bundle, currency, effective_from, concerns, reason, created_at, created_by) = row;
        let values = of_version.remove(&id).unwrap_or_default();
        PriceVersion {
            id,
            channel,
            bundle,
            currency,
            effective_from,
            concerns,
            reason,
            values,
            created_at,
            created_by,
        }
    };
    rows.into_iter().map(version).collect()
}

/// Saves a version of either book. A planned version of the same day is replaced, and so is any version of a draft,
/// which nobody can have bought; one in effect is never edited. What it touches up to this month is rated again.
pub fn save(
    connection: &mut AnyConnection,
    new: &NewPriceVersion,
    act: &Act,
) -> Result<PriceVersionId, Failure<PriceRefusal>> {
    let bundle = store::bundle(connection, new.bundle)?;
    pricing::check(&bundle.charges, &new.values, new.currency)
        .map_err(|faults| Failure::Refused(PriceRefusal::Values(faults)))?;
    if new.values.len() != bundle.charges.len() {
        return Err(Failure::Refused(PriceRefusal::OtherCharge));
    }
    let same_day = versions(connection, new.channel, new.bundle, new.currency)?
        .into_iter()
        .find(|version| version.effective_from == new.effective_from);
    if same_day.is_some() && new.effective_from <= act.today() && bundle.state != BundleState::Draft {
        return Err(Failure::Refused(PriceRefusal::InEffect));
    }
    let id = same_day.as_ref().map_or_else(PriceVersionId::generate, |version| version.id);
    write_version(connection, id, new, act, same_day.is_some())?;
    write_values(connection, id, &new.values)?;
    record_saved(connection, id, &bundle.code, new, same_day.as_ref(), act)?;
    rate_again(connection, new.channel, new.bundle, new.effective_from, act)?;
    Ok(id)
}

fn write_version(
    connection: &mut AnyConnection,
    id: PriceVersionId,
    new: &NewPriceVersion,
    act: &Act,
    exists: bool,
) -> QueryResult<usize> {
    let changing = (
        price_versions::concerns.eq(new.concerns),
        price_versions::reason.eq(&new.reason),
        price_versions::created_at.eq(act.at),
        price_versions::created_by.eq(&act.who.name),
    );
    if exists {
        return diesel::update(price_versions::table.find(id)).set(changing).execute(connection);
    }
    let fixed = (
        price_versions::id.eq(id),
        price_versions::channel_id.eq(new.channel),
        price_versions::bundle_id.eq(new.bundle),
        price_versions::currency.eq(new.currency),
        price_versions::effective_from.eq(new.effective_from),
    );
    diesel::insert_into(price_versions::table).values((fixed, changing)).execute(connection)
}

fn write_values(
    connection: &mut AnyConnection,
    version: PriceVersionId,
    values: &BTreeMap<ChargeId, PriceValue>,
) -> QueryResult<()> {
    diesel::delete(price_values::table.filter(price_values::version_id.eq(version))).execute(connection)?;
    for (charge, value) in values {
        let (price, percent) = match value {
            PriceValue::Unit(price) => (Some(*price), None),
            PriceValue::CostPlus(percent) => (None, Some(*percent)),
        };
        diesel::insert_into(price_values::table)
            .values((
                price_values::version_id.eq(version),
                price_values::charge_id.eq(*charge),
                price_values::unit_price.eq(price),
                price_values::percent.eq(percent),
            ))
            .execute(connection)?;
    }
    Ok(())
}

/// Drops a version whose day has not come, or any version of a draft.
pub fn drop_planned(
    connection: &mut AnyConnection,
    id: PriceVersionId,
    act: &Act,
) -> Result<(), Failure<PriceRefusal>> {
    let version = version(connection, id)?;
    let bundle = store::bundle(connection, version.bundle)?;
    if version.effective_from <= act.today() && bundle.state != BundleState::Draft {
        return Err(Failure::Refused(PriceRefusal::InEffect));
    }
    diesel::delete(price_values::table.filter(price_values::version_id.eq(id))).execute(connection)?;
    diesel::delete(price_versions::table.find(id)).execute(connection)?;
    record_dropped(connection, &bundle.code, &version, act)?;
    rate_again(connection, version.channel, version.bundle, version.effective_from, act)?;
    Ok(())
}

/// Changes a version whose day has not come; its day may change with it.
pub fn replace_planned(
    connection: &mut AnyConnection,
    id: PriceVersionId,
    new: &NewPriceVersion,
    act: &Act,
) -> Result<PriceVersionId, Failure<PriceRefusal>> {
    let old = version(connection, id)?;
    if (old.channel, old.bundle, old.currency) != (new.channel, new.bundle, new.currency) {
        return Err(diesel::result::Error::NotFound.into());
    }
    if old.effective_from != new.effective_from {
        drop_planned(connection, id, act)?;
    }
    save(connection, new, act)
}

/// Both sides of the split can change with a reference price, so every channel with the bundle is rated again.
fn rate_again(
    connection: &mut AnyConnection,
    channel: Option<ChannelId>,
    bundle: BundleId,
    from: NaiveDate,
    act: &Act,
) -> QueryResult<()> {
    let touched = match channel {
        Some(channel) => vec![channel],
        None => channel_bundles::table
            .filter(channel_bundles::bundle_id.eq(bundle))
            .order(channel_bundles::channel_id)
            .select(channel_bundles::channel_id)
            .load(connection)?,
    };
    for channel in touched {
        jobs::store::rate_months(connection, channel, Month::of(from), Month::of(act.today()), act.at)?;
    }
    Ok(())
}

fn record_saved(
    connection: &mut AnyConnection,
    id: PriceVersionId,
    code: &str,
    new: &NewPriceVersion,
    before: Option<&PriceVersion>,
    act: &Act,
) -> QueryResult<()> {
    let summary = format!(
        "{} of {code} in {} from {} saved",
        book_name(new.channel),
        new.currency,
        new.effective_from.format("%-d %B %Y")
    );
    let mut event = Event::on("price", id, "price.saved", summary).after(json!({
        "effective_from": new.effective_from, "concerns": new.concerns, "reason": new.reason,
        "values": values_as_json(&new.values),
    }));
    if let Some(before) = before {
        event = event.before(as_json(before));
    }
    let reseller = reseller_of(connection, new.channel)?;
    audit::record(connection, act, event.of_reseller(reseller))
}

fn record_dropped(
    connection: &mut AnyConnection,
    code: &str,
    version: &PriceVersion,
    act: &Act,
) -> QueryResult<()> {
    let summary = format!(
        "{} of {code} in {} planned for {} dropped",
        book_name(version.channel),
        version.currency,
        version.effective_from.format("%-d %B %Y")
    );
    let reseller = reseller_of(connection, version.channel)?;
    let event = Event::on("price", version.id, "price.dropped", summary);
    audit::record(connection, act, event.of_reseller(reseller).before(as_json(version)))
}

fn book_name(channel: Option<ChannelId>) -> &'static str {
    if channel.is_some() { "Channel price" } else { "Reference price" }
}

fn as_json(version: &PriceVersion) -> Value {
    json!({
        "effective_from": version.effective_from, "concerns": version.concerns, "reason": version.reason,
        "values": values_as_json(&version.values),
    })
}

fn values_as_json(values: &BTreeMap<ChargeId, PriceValue>) -> Value {
    let value = |value: &PriceValue| match value {
        PriceValue::Unit(price) => json!(price),
        PriceValue::CostPlus(percent) => json!(format!("cost + {percent} %")),
    };
    values.iter().map(|(charge, price)| (charge.to_string(), value(price))).collect()
}

fn reseller_of(
    connection: &mut AnyConnection,
    channel: Option<ChannelId>,
) -> QueryResult<Option<ResellerId>> {
    let Some(channel) = channel else { return Ok(None) };
    channels::table.find(channel).select(channels::reseller_id).first(connection).map(Some)
}
