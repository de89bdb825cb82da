//! Records and their keys, many at a time.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::super::UnratedCause;
use super::super::formats::ReadRow;
use super::super::intake::{Accepted, Stored};
use crate::db::AnyConnection;
use crate::db::schema::{usage_keys, usage_records};
use crate::on_backend;
use crate::values::{
    ChannelId, Cost, Currency, CustomerId, ProductId, Quantity, SubscriptionId, Timestamp, UsageFileId,
    UsageRecordId,
};

/// How many records a statement takes: 21 values each, where SQLite allows 32,766 in all.
const AT_ONCE: usize = 1_500;

#[derive(Insertable)]
#[diesel(table_name = usage_keys, treat_none_as_default_value = false)]
struct NewKey<'a> {
    channel_id: ChannelId,
    source: &'a str,
    record_key: &'a str,
    content_hash: &'a str,
}

#[derive(Insertable)]
#[diesel(table_name = usage_records, treat_none_as_default_value = false)]
struct NewRecord<'a> {
    id: UsageRecordId,
    channel_id: ChannelId,
    file_id: Option<UsageFileId>,
    source: &'a str,
    record_key: &'a str,
    customer_ref: &'a str,
    customer_label: &'a str,
    product_ref: &'a str,
    product_group: &'a str,
    subscription_ref: &'a str,
    quantity: Quantity,
    unit: &'a str,
    list_cost: Option<Cost>,
    currency: Option<Currency>,
    started_at: Timestamp,
    ended_at: Timestamp,
    day: NaiveDate,
    customer_id: Option<CustomerId>,
    product_id: Option<ProductId>,
    subscription_id: Option<SubscriptionId>,
    unrated_cause: Option<UnratedCause>,
}

/// What is stored of the keys of some rows.
pub fn stored(connection: &mut AnyConnection, channel: ChannelId, rows: &[ReadRow]) -> QueryResult<Stored> {
    let mut by_source: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for record in rows.iter().flatten() {
        by_source.entry(&record.source).or_default().push(&record.key);
    }
    let mut stored = Stored::new();
    for (source, keys) in by_source {
        for keys in keys.chunks(AT_ONCE) {
            let found: Vec<(String, String)> = usage_keys::table
                .filter(usage_keys::channel_id.eq(channel))
                .filter(usage_keys::source.eq(source))
                .filter(usage_keys::record_key.eq_any(keys))
                .select((usage_keys::record_key, usage_keys::content_hash))
                .load(connection)?;
            stored.extend(found.into_iter().map(|(key, hash)| ((source.to_owned(), key), hash)));
        }
    }
    Ok(stored)
}

/// Stores accepted records with their keys, whatever they resolved to.
pub(super) fn insert(
    connection: &mut AnyConnection,
    channel: ChannelId,
    file: UsageFileId,
    accepted: &[Accepted],
) -> QueryResult<()> {
    for accepted in accepted.chunks(AT_ONCE) {
        insert_keys(connection, channel, accepted)?;
        let records: Vec<_> = accepted.iter().map(|one| new_record(channel, file, one)).collect();
        on_backend!(connection, |inner| {
            diesel::insert_into(usage_records::table).values(&records).execute(inner)
        })?;
    }
    Ok(())
}

/// On PostgreSQL a key that another import stored meanwhile asks to run the transaction again.
fn insert_keys(connection: &mut AnyConnection, channel: ChannelId, accepted: &[Accepted]) -> QueryResult<()> {
    let keys: Vec<_> = accepted
        .iter()
        .map(|one| NewKey {
            channel_id: channel,
            source: &one.record.source,
            record_key: &one.record.key,
            content_hash: &one.content_hash,
        })
        .collect();
    let inserted = on_backend!(connection, |inner| {
        diesel::insert_into(usage_keys::table).values(&keys).on_conflict_do_nothing().execute(inner)
    })?;
    if inserted == keys.len() { Ok(()) } else { Err(diesel::result::Error::RollbackTransaction) }
}

fn new_record(channel: ChannelId, file: UsageFileId, accepted: &Accepted) -> NewRecord<'_> {
    let (record, found) = (&accepted.record, accepted.found);
    NewRecord {
        id: UsageRecordId::generate(),
        channel_id: channel,
        file_id: Some(file),
        source: &record.source,
        record_key: &record.key,
        customer_ref: &record.customer,
        customer_label: &record.customer_label,
        product_ref: &record.product,
        product_group: &record.product_group,
        subscription_ref: &record.subscription,
        quantity: record.quantity,
        unit: &record.unit,
        list_cost: record.list_cost,
        currency: record.currency,
        started_at: record.start,
        ended_at: record.end,
        day: record.day(),
        customer_id: found.customer,
        product_id: found.product,
        subscription_id: found.subscription,
        unrated_cause: found.cause,
    }
}
