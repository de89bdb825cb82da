//! Records and their keys, many at a time.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::super::UnratedCause;
use super::super::intake::{Accepted, PreparedRow, Stored};
use super::months;
use crate::db::AnyConnection;
use crate::db::schema::{usage_keys, usage_records};
use crate::values::{
    ChannelId, ContentHash, Cost, Currency, CustomerId, KeyHash, ProductId, Quantity, SubscriptionId,
    Timestamp, UsageFileId, UsageRecordId,
};

/// How many records a statement of SQLite takes: 21 values each, of 32,766 in all.
const RECORDS_AT_ONCE: usize = 1_500;
/// How many keys a statement of SQLite takes: 3 values each.
const KEYS_AT_ONCE: usize = 10_000;

#[derive(Insertable)]
#[diesel(table_name = usage_keys, treat_none_as_default_value = false)]
struct NewKey {
    channel_id: ChannelId,
    key_hash: KeyHash,
    content_hash: ContentHash,
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
pub fn stored(
    connection: &mut AnyConnection,
    channel: ChannelId,
    rows: &[PreparedRow],
) -> QueryResult<Stored> {
    let mut keys: Vec<KeyHash> = rows.iter().flatten().map(|row| row.key).collect();
    // In the order of the index.
    keys.sort_unstable();
    keys.dedup();
    let mut stored = Stored::new();
    for keys in keys.chunks(KEYS_AT_ONCE) {
        let found: Vec<(KeyHash, ContentHash)> = usage_keys::table
            .filter(usage_keys::channel_id.eq(channel))
            .filter(usage_keys::key_hash.eq_any(keys))
            .select((usage_keys::key_hash, usage_keys::content_hash))
            .load(connection)?;
        stored.extend(found);
    }
    Ok(stored)
}

/// Stores accepted records with their keys, whatever they resolved to. A key that somebody else stored meanwhile is a
/// unique violation, or asks to run the transaction again.
pub(super) fn insert(
    connection: &mut AnyConnection,
    channel: ChannelId,
    file: Option<UsageFileId>,
    accepted: &[Accepted<'_>],
) -> QueryResult<()> {
    let mut keys: Vec<_> = accepted
        .iter()
        .map(|one| NewKey { channel_id: channel, key_hash: one.row.key, content_hash: one.row.content })
        .collect();
    keys.sort_unstable_by_key(|key| key.key_hash);
    let records: Vec<_> = accepted.iter().map(|one| new_record(channel, file, one)).collect();
    match connection {
        AnyConnection::Postgres(inner) => {
            months::have(inner, records.iter().map(|record| record.day))?;
            diesel::copy_from(usage_keys::table).from_insertable(keys).execute(inner)?;
            diesel::copy_from(usage_records::table).from_insertable(records).execute(inner)?;
        }
        AnyConnection::Sqlite(inner) => {
            for keys in keys.chunks(KEYS_AT_ONCE) {
                diesel::insert_into(usage_keys::table).values(keys).execute(inner)?;
            }
            for records in records.chunks(RECORDS_AT_ONCE) {
                diesel::insert_into(usage_records::table).values(records).execute(inner)?;
            }
        }
    }
    Ok(())
}

fn new_record<'a>(
    channel: ChannelId,
    file: Option<UsageFileId>,
    Accepted { row, found }: &Accepted<'a>,
) -> NewRecord<'a> {
    let record = &row.record;
    NewRecord {
        id: UsageRecordId::generate(),
        channel_id: channel,
        file_id: file,
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
