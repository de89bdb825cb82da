//! What the audit log says of a price version.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde_json::{Value, json};

use crate::audit::{self, Event};
use crate::catalog::{NewPriceVersion, PriceValue, PriceVersion};
use crate::db::AnyConnection;
use crate::db::schema::channels;
use crate::values::{Act, ChannelId, ChargeId, PriceVersionId, ResellerId};

pub(super) fn saved(
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

pub(super) fn dropped(
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
        PriceValue::Tiers(prices) => json!(prices),
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
