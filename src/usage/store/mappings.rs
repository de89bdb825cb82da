//! How a source's names map to the channel's customers and to products, remembered for the next file.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use serde_json::json;

use super::super::MappingKind;
use super::super::resolve::Target;
use super::retry_unrated;
use crate::audit::{self, Event};
use crate::channels::Channel;
use crate::db::AnyConnection;
use crate::db::schema::{usage_mappings, usage_records};
use crate::values::{Act, ChannelId, CustomerId, ProductId};

/// Kind and name of a mapping, and where it leads.
pub type Mappings = BTreeMap<(MappingKind, String), Target>;

/// A mapping as somebody wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingWish {
    pub kind: MappingKind,
    /// The source's name.
    pub external: String,
    /// `None` forgets the mapping.
    pub target: Option<Target>,
}

/// The mappings of one source of a channel.
pub fn mappings(connection: &mut AnyConnection, channel: ChannelId, source: &str) -> QueryResult<Mappings> {
    type Row = (MappingKind, String, Option<CustomerId>, Option<ProductId>);
    let rows: Vec<Row> = usage_mappings::table
        .filter(usage_mappings::channel_id.eq(channel))
        .filter(usage_mappings::source.eq(source))
        .select((
            usage_mappings::kind,
            usage_mappings::external,
            usage_mappings::customer_id,
            usage_mappings::product_id,
        ))
        .load(connection)?;
    let target = |(kind, external, customer, product): Row| {
        let target = customer.map(Target::Customer).or(product.map(Target::Product))?;
        Some(((kind, external), target))
    };
    Ok(rows.into_iter().filter_map(target).collect())
}

/// The sources that a channel has mappings of, or rows that wait.
pub fn sources(connection: &mut AnyConnection, channel: ChannelId) -> QueryResult<BTreeSet<String>> {
    let mut sources: BTreeSet<String> = usage_mappings::table
        .filter(usage_mappings::channel_id.eq(channel))
        .select(usage_mappings::source)
        .distinct()
        .load(connection)?
        .into_iter()
        .collect();
    let waiting: Vec<String> = usage_records::table
        .filter(usage_records::channel_id.eq(channel))
        .filter(usage_records::unrated_cause.is_not_null())
        .select(usage_records::source)
        .distinct()
        .load(connection)?;
    sources.extend(waiting);
    Ok(sources)
}

/// Remembers what changed and rates what waited for it; how many records were mended.
pub fn save_mappings(
    connection: &mut AnyConnection,
    channel: &Channel,
    source: &str,
    wishes: &[MappingWish],
    act: &Act,
) -> QueryResult<i64> {
    let before = mappings(connection, channel.id, source)?;
    let changed: Vec<_> = wishes
        .iter()
        .filter(|wish| before.get(&(wish.kind, wish.external.clone())).copied() != wish.target)
        .collect();
    if changed.is_empty() {
        return Ok(0);
    }
    for wish in &changed {
        put(connection, channel.id, source, wish, act)?;
    }
    let names = |target: Option<&Target>| match target {
        Some(Target::Customer(id)) => json!(id),
        Some(Target::Product(id)) => json!(id),
        None => json!(null),
    };
    let told = |side: &dyn Fn(&MappingWish) -> serde_json::Value| {
        changed.iter().map(|wish| json!({ wish.kind.as_str(): wish.external, "to": side(wish) })).collect()
    };
    let summary = format!("Mapped {} names of {source} for {}", changed.len(), channel.name);
    let event = Event::on("mapping", channel.id, "mapping.saved", summary)
        .of_reseller(channel.reseller)
        .before(told(&|wish| names(before.get(&(wish.kind, wish.external.clone())))))
        .after(told(&|wish| names(wish.target.as_ref())));
    audit::record(connection, act, event)?;
    retry_unrated(connection, channel.id, act.at)
}

fn put(
    connection: &mut AnyConnection,
    channel: ChannelId,
    source: &str,
    wish: &MappingWish,
    act: &Act,
) -> QueryResult<()> {
    let key = (channel, source, wish.kind, &wish.external);
    diesel::delete(usage_mappings::table.find(key)).execute(connection)?;
    let (customer, product) = match wish.target {
        Some(Target::Customer(id)) => (Some(id), None),
        Some(Target::Product(id)) => (None, Some(id)),
        None => return Ok(()),
    };
    diesel::insert_into(usage_mappings::table)
        .values((
            usage_mappings::channel_id.eq(channel),
            usage_mappings::source.eq(source),
            usage_mappings::kind.eq(wish.kind),
            usage_mappings::external.eq(&wish.external),
            usage_mappings::customer_id.eq(customer),
            usage_mappings::product_id.eq(product),
            usage_mappings::updated_at.eq(act.at),
        ))
        .execute(connection)?;
    Ok(())
}
