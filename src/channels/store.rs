//! Channels in the database.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::json;

use super::{Band, Channel, ChannelBundle, PricePolicy};
use crate::audit::{self, Event};
use crate::db::query::among;
use crate::db::schema::{channel_bundles, channel_currencies, channels, resellers};
use crate::db::{AnyConnection, Failure};
use crate::values::{
    Act, BundleId, ChannelId, Code, Currency, HostName, Percent, ResellerId, Scope, Timestamp, search_key,
};

crate::text_columns!(PricePolicy);

/// Why a channel is not made or changed; `Display` is the message for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("This re-seller has its channel already")]
    HasChannel(ChannelId),
    #[error("The re-seller's account is {0}; it gets no channel")]
    NotAwaiting(String),
    #[error("Another channel has this code")]
    CodeTaken,
    #[error("Another channel has this host name")]
    HostTaken,
    #[error("Somebody changed the channel since you opened it; look at it again")]
    Outdated,
}

type Outcome<T> = Result<T, Failure<Refusal>>;

/// What a channel says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    pub code: Code,
    pub name: String,
    pub host: Option<HostName>,
    pub price_editable: bool,
    pub shows_reference: bool,
    pub may_import: bool,
}

type Row = (ChannelId, ResellerId, String, Code, String, Option<HostName>, bool, bool, bool, i64, Timestamp);

/// Which channels are asked for.
#[derive(Debug, Clone, Copy)]
enum Which<'a> {
    All,
    Of(ResellerId),
    One(ChannelId),
    Coded(&'a str),
    These(&'a [ChannelId]),
}

/// The channels in scope, by name.
pub fn list(connection: &mut AnyConnection, scope: Scope) -> QueryResult<Vec<Channel>> {
    load(connection, scope.reseller().map_or(Which::All, Which::Of))
}

/// Narrows a boxed query of channels.
macro_rules! narrowed {
    ($query:expr, $which:expr) => {
        match $which {
            Which::All => $query,
            Which::Of(reseller) => $query.filter(channels::reseller_id.eq(reseller)),
            Which::One(id) => $query.filter(channels::id.eq(id)),
            Which::Coded(code) => $query.filter(channels::code.eq(code.to_owned())),
            Which::These(ids) => $query.filter(among(channels::id, ids.iter().copied())),
        }
    };
}

fn load(connection: &mut AnyConnection, which: Which<'_>) -> QueryResult<Vec<Channel>> {
    let query = channels::table
        .inner_join(resellers::table.on(resellers::id.eq(channels::reseller_id)))
        .order((channels::name_key, channels::id))
        .select((
            channels::id,
            channels::reseller_id,
            resellers::name,
            channels::code,
            channels::name,
            channels::host,
            channels::price_editable,
            channels::shows_reference,
            channels::may_import,
            channels::revision,
            channels::created_at,
        ))
        .into_boxed();
    let rows: Vec<Row> = narrowed!(query, which).load(connection)?;
    let pairs = channel_currencies::table
        .inner_join(channels::table.on(channels::id.eq(channel_currencies::channel_id)))
        .order((channel_currencies::channel_id, channel_currencies::currency))
        .select((channel_currencies::channel_id, channel_currencies::currency))
        .into_boxed();
    let pairs: Vec<(ChannelId, Currency)> = narrowed!(pairs, which).load(connection)?;
    let mut currencies: HashMap<ChannelId, Vec<Currency>> = HashMap::new();
    for (channel, currency) in pairs {
        currencies.entry(channel).or_default().push(currency);
    }
    Ok(rows.into_iter().map(|row| channel(row, &mut currencies)).collect())
}

fn channel(row: Row, currencies: &mut HashMap<ChannelId, Vec<Currency>>) -> Channel {
    let (
        id,
        reseller,
        reseller_name,
        code,
        name,
        host,
        price_editable,
        shows_reference,
        may_import,
        revision,
        created_at,
    ) = row;
    let currencies = currencies.remove(&id).unwrap_or_default();
    Channel {
        id,
        reseller,
        reseller_name,
        code,
        name,
        host,
        price_editable,
        shows_reference,
        may_import,
        currencies,
        revision,
        created_at,
    }
}

/// A channel in scope.
pub fn find(connection: &mut AnyConnection, scope: Scope, id: ChannelId) -> QueryResult<Channel> {
    one(connection, scope.reseller(), id)
}

fn one(connection: &mut AnyConnection, reseller: Option<ResellerId>, id: ChannelId) -> QueryResult<Channel> {
    let found = load(connection, Which::One(id))?.pop();
    found
        .filter(|channel| reseller.is_none_or(|reseller| channel.reseller == reseller))
        .ok_or(diesel::result::Error::NotFound)
}

/// The channel with a code, as people type it.
pub fn by_code(connection: &mut AnyConnection, code: &str) -> QueryResult<Option<Channel>> {
    Ok(load(connection, Which::Coded(&code.trim().to_ascii_uppercase()))?.pop())
}

/// Those of these channels that there are.
pub fn some(connection: &mut AnyConnection, ids: &[ChannelId]) -> QueryResult<Vec<Channel>> {
    load(connection, Which::These(ids))
}

/// The first channel in scope, by name.
pub fn first(connection: &mut AnyConnection, scope: Scope) -> QueryResult<Option<Channel>> {
    if let Some(reseller) = scope.reseller() {
        return of_reseller(connection, reseller);
    }
    let by_name = channels::table.order((channels::name_key, channels::id));
    let id = by_name.select(channels::id).first(connection).optional()?;
    id.map(|id| one(connection, None, id)).transpose()
}

/// Every channel, by name.
pub fn ids(connection: &mut AnyConnection) -> QueryResult<Vec<ChannelId>> {
    channels::table.order((channels::name_key, channels::id)).select(channels::id).load(connection)
}

/// What channels charge in: those of the scope.
pub fn currencies(connection: &mut AnyConnection, scope: Scope) -> QueryResult<Vec<Currency>> {
    let mut query = channel_currencies::table
        .inner_join(channels::table.on(channels::id.eq(channel_currencies::channel_id)))
        .select(channel_currencies::currency)
        .order(channel_currencies::currency)
        .distinct()
        .into_boxed();
    if let Some(reseller) = scope.reseller() {
        query = query.filter(channels::reseller_id.eq(reseller));
    }
    query.load(connection)
}

/// A re-seller's one channel.
pub fn of_reseller(connection: &mut AnyConnection, reseller: ResellerId) -> QueryResult<Option<Channel>> {
    Ok(load(connection, Which::Of(reseller))?.pop())
}

/// What a channel sells, and on what conditions.
pub fn bundles(connection: &mut AnyConnection, id: ChannelId) -> QueryResult<Vec<ChannelBundle>> {
    type Row = (BundleId, bool, PricePolicy, Option<Percent>, Option<Percent>, Option<Percent>);
    let rows: Vec<Row> = channel_bundles::table
        .filter(channel_bundles::channel_id.eq(id))
        .select((
            channel_bundles::bundle_id,
            channel_bundles::enabled,
            channel_bundles::policy,
            channel_bundles::floor,
            channel_bundles::ceiling,
            channel_bundles::min_margin,
        ))
        .load(connection)?;
    Ok(rows
        .into_iter()
        .map(|(bundle, enabled, policy, floor, ceiling, min_margin)| {
            let band = Band { floor, ceiling, min_margin };
            ChannelBundle { bundle, enabled, policy, band }
        })
        .collect())
}

/// Makes the one channel of an accepted re-seller, which becomes active. The constraint on the re-seller decides
/// when two administrators do it at once.
pub fn create(
    connection: &mut AnyConnection,
    reseller: ResellerId,
    details: &Details,
    currencies: &[Currency],
    sold: &[ChannelBundle],
    act: &Act,
) -> Outcome<ChannelId> {
    let (state, name): (String, String) =
        resellers::table.find(reseller).select((resellers::state, resellers::name)).first(connection)?;
    if let Some(existing) = of_reseller(connection, reseller)? {
        return Err(Failure::Refused(Refusal::HasChannel(existing.id)));
    }
    if state != "awaiting_channel" {
        return Err(Failure::Refused(Refusal::NotAwaiting(state)));
    }
    check_names(connection, None, details)?;
    let id = ChannelId::generate();
    diesel::insert_into(channels::table)
        .values((
            channels::id.eq(id),
            channels::reseller_id.eq(reseller),
            channels::code.eq(&details.code),
            channels::name.eq(&details.name),
            channels::name_key.eq(search_key(&details.name)),
            channels::host.eq(&details.host),
            channels::price_editable.eq(details.price_editable),
            channels::shows_reference.eq(details.shows_reference),
            channels::may_import.eq(details.may_import),
            channels::revision.eq(1),
            channels::created_at.eq(act.at),
        ))
        .execute(connection)?;
    put_currencies(connection, id, currencies)?;
    put_bundles(connection, id, sold)?;
    diesel::update(resellers::table.find(reseller)).set(resellers::state.eq("active")).execute(connection)?;
    let event = Event::on(
        "channel",
        id,
        "channel.created",
        format!("Channel {} made for {name}", details.code),
    )
    .of_reseller(reseller)
    .after(
        json!({ "currencies": currencies, "price_editable": details.price_editable, "bundles": sold.len() }),
    );
    audit::record(connection, act, event)?;
    Ok(id)
}

/// Changes a channel as it was at `revision`; currencies can be added, not taken away.
pub fn edit(
    connection: &mut AnyConnection,
    id: ChannelId,
    revision: i64,
    details: &Details,
    currencies: &[Currency],
    act: &Act,
) -> Outcome<()> {
    let before = one(connection, None, id)?;
    check_names(connection, Some(id), details)?;
    raise_revision(connection, id, revision)?;
    diesel::update(channels::table.find(id))
        .set((
            channels::code.eq(&details.code),
            channels::name.eq(&details.name),
            channels::name_key.eq(search_key(&details.name)),
            channels::host.eq(&details.host),
            channels::price_editable.eq(details.price_editable),
            channels::shows_reference.eq(details.shows_reference),
            channels::may_import.eq(details.may_import),
        ))
        .execute(connection)?;
    let added: Vec<Currency> =
        currencies.iter().copied().filter(|one| !before.currencies.contains(one)).collect();
    put_currencies(connection, id, &added)?;
    let event = Event::on("channel", id, "channel.changed", format!("Channel {} changed", details.code))
        .of_reseller(before.reseller)
        .before(json!({ "name": before.name, "price_editable": before.price_editable }))
        .after(json!({ "name": details.name, "price_editable": details.price_editable, "added": added }));
    audit::record(connection, act, event)?;
    Ok(())
}

/// Says anew what a channel as it was at `revision` sells. What is left out is switched off, never forgotten.
pub fn set_bundles(
    connection: &mut AnyConnection,
    id: ChannelId,
    revision: i64,
    sold: &[ChannelBundle],
    act: &Act,
) -> Outcome<()> {
    let before = one(connection, None, id)?;
    raise_revision(connection, id, revision)?;
    let mut all: Vec<ChannelBundle> = sold.to_vec();
    for old in bundles(connection, id)? {
        if !all.iter().any(|new| new.bundle == old.bundle) {
            all.push(ChannelBundle { enabled: false, ..old });
        }
    }
    diesel::delete(channel_bundles::table.filter(channel_bundles::channel_id.eq(id))).execute(connection)?;
    put_bundles(connection, id, &all)?;
    let noun = if sold.len() == 1 { "bundle" } else { "bundles" };
    let summary = format!("Channel {} sells {} {noun}", before.code, sold.len());
    let policies: HashMap<String, &str> =
        sold.iter().map(|one| (one.bundle.to_string(), one.policy.as_str())).collect();
    let event = Event::on("channel", id, "channel.bundles_changed", summary)
        .of_reseller(before.reseller)
        .after(json!({ "policies": policies }));
    audit::record(connection, act, event)?;
    Ok(())
}

/// Adds a bundle to what a channel sells, or switches it on again.
pub fn add_bundle(
    connection: &mut AnyConnection,
    id: ChannelId,
    sold: &ChannelBundle,
    act: &Act,
) -> Outcome<()> {
    let channel = one(connection, None, id)?;
    let mut all = bundles(connection, id)?;
    all.retain(|other| other.bundle != sold.bundle && other.enabled);
    all.push(sold.clone());
    set_bundles(connection, id, channel.revision, &all, act)
}

fn raise_revision(connection: &mut AnyConnection, id: ChannelId, revision: i64) -> Outcome<()> {
    let raised = diesel::update(channels::table.find(id).filter(channels::revision.eq(revision)))
        .set(channels::revision.eq(channels::revision + 1))
        .execute(connection)?;
    if raised == 1 { Ok(()) } else { Err(Failure::Refused(Refusal::Outdated)) }
}

fn check_names(connection: &mut AnyConnection, own: Option<ChannelId>, details: &Details) -> Outcome<()> {
    // No host equals none.
    let alike: Vec<(ChannelId, Code)> = channels::table
        .filter(channels::code.nullable().eq(details.code.as_str()).or(channels::host.eq(&details.host)))
        .select((channels::id, channels::code))
        .load(connection)?;
    let mut others = alike.into_iter().filter(|(id, _)| Some(*id) != own).peekable();
    if others.peek().is_none() {
        return Ok(());
    }
    let has_code = others.any(|(_, code)| code == details.code);
    Err(Failure::Refused(if has_code { Refusal::CodeTaken } else { Refusal::HostTaken }))
}

fn put_currencies(connection: &mut AnyConnection, id: ChannelId, currencies: &[Currency]) -> QueryResult<()> {
    for currency in currencies {
        diesel::insert_into(channel_currencies::table)
            .values((channel_currencies::channel_id.eq(id), channel_currencies::currency.eq(*currency)))
            .execute(connection)?;
    }
    Ok(())
}

fn put_bundles(connection: &mut AnyConnection, id: ChannelId, sold: &[ChannelBundle]) -> QueryResult<()> {
    for one in sold {
        diesel::insert_into(channel_bundles::table)
            .values((
                channel_bundles::channel_id.eq(id),
                channel_bundles::bundle_id.eq(one.bundle),
                channel_bundles::enabled.eq(one.enabled),
                channel_bundles::policy.eq(one.policy),
                channel_bundles::floor.eq(one.band.floor),
                channel_bundles::ceiling.eq(one.band.ceiling),
                channel_bundles::min_margin.eq(one.band.min_margin),
            ))
            .execute(connection)?;
    }
    Ok(())
}
