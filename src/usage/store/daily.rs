//! Usage by day: what reports and rating read instead of records.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::upsert::excluded;

use super::super::DailyUsage;
use super::super::rollup::{DailyKey, Rollup};
use super::out_of_range;
use crate::db::AnyConnection;
use crate::db::schema::usage_daily;
use crate::on_backend;
use crate::values::{ChannelId, Cost, Currency, Days, Month, ProductId, Quantity, SubscriptionId};

/// How many sums a statement takes: 9 values each, where SQLite allows 32,766 in all.
const AT_ONCE: usize = 3_000;

type Row = (SubscriptionId, ProductId, NaiveDate, String, String, Quantity, Cost, i64);

type Columns = (
    usage_daily::subscription_id,
    usage_daily::product_id,
    usage_daily::day,
    usage_daily::unit,
    usage_daily::currency,
    usage_daily::quantity,
    usage_daily::cost,
    usage_daily::record_count,
);

const DAILY: Columns = (
    usage_daily::subscription_id,
    usage_daily::product_id,
    usage_daily::day,
    usage_daily::unit,
    usage_daily::currency,
    usage_daily::quantity,
    usage_daily::cost,
    usage_daily::record_count,
);

#[derive(Insertable)]
#[diesel(table_name = usage_daily, treat_none_as_default_value = false)]
struct NewDaily<'a> {
    channel_id: ChannelId,
    subscription_id: SubscriptionId,
    product_id: ProductId,
    day: NaiveDate,
    unit: &'a str,
    currency: &'a str,
    quantity: Quantity,
    cost: Cost,
    record_count: i64,
}

fn to_daily((subscription, product, day, unit, currency, quantity, cost, records): Row) -> DailyUsage {
    let currency = currency.parse().ok();
    DailyUsage { subscription, product, day, unit, currency, quantity, cost, records }
}

/// A channel's usage on those days, by subscription, product and day.
pub fn daily(connection: &mut AnyConnection, channel: ChannelId, days: Days) -> QueryResult<Vec<DailyUsage>> {
    let rows: Vec<Row> = usage_daily::table
        .filter(usage_daily::channel_id.eq(channel))
        .filter(usage_daily::day.ge(days.from))
        .filter(usage_daily::day.lt(days.until))
        .order((
            usage_daily::subscription_id,
            usage_daily::product_id,
            usage_daily::day,
            usage_daily::unit,
            usage_daily::currency,
        ))
        .select(DAILY)
        .load(connection)?;
    Ok(rows.into_iter().map(to_daily).collect())
}

/// Adds new sums to what is there; the months they lie in.
pub(super) fn add(
    connection: &mut AnyConnection,
    channel: ChannelId,
    rollup: Rollup,
) -> QueryResult<BTreeSet<Month>> {
    let sums: Vec<_> = rollup.into_sums().collect();
    for sums in sums.chunks(AT_ONCE) {
        let existing = existing(connection, sums)?;
        let joined = sums.iter().map(|sum| joined(sum, &existing)).collect::<QueryResult<Vec<_>>>()?;
        upsert(connection, channel, &joined)?;
    }
    Ok(sums.iter().map(DailyUsage::month).collect())
}

fn key(sum: &DailyUsage) -> DailyKey {
    DailyKey {
        subscription: sum.subscription,
        product: sum.product,
        day: sum.day,
        unit: sum.unit.clone(),
        currency: sum.currency,
    }
}

/// What is stored of those subscriptions on those days.
fn existing(
    connection: &mut AnyConnection,
    sums: &[DailyUsage],
) -> QueryResult<BTreeMap<DailyKey, DailyUsage>> {
    let subscriptions: BTreeSet<_> = sums.iter().map(|sum| sum.subscription).collect();
    let first = sums.iter().map(|sum| sum.day).min().unwrap_or_default();
    let last = sums.iter().map(|sum| sum.day).max().unwrap_or_default();
    let rows: Vec<Row> = usage_daily::table
        .filter(usage_daily::subscription_id.eq_any(subscriptions))
        .filter(usage_daily::day.between(first, last))
        .select(DAILY)
        .load(connection)?;
    Ok(rows.into_iter().map(to_daily).map(|sum| (key(&sum), sum)).collect())
}

fn joined(sum: &DailyUsage, existing: &BTreeMap<DailyKey, DailyUsage>) -> QueryResult<DailyUsage> {
    let Some(before) = existing.get(&key(sum)) else { return Ok(sum.clone()) };
    Ok(DailyUsage {
        quantity: before.quantity.checked_add(sum.quantity).map_err(out_of_range)?,
        cost: before.cost.checked_add(sum.cost).map_err(out_of_range)?,
        records: before.records + sum.records,
        ..sum.clone()
    })
}

fn upsert(connection: &mut AnyConnection, channel: ChannelId, sums: &[DailyUsage]) -> QueryResult<()> {
    let rows: Vec<_> = sums
        .iter()
        .map(|sum| NewDaily {
            channel_id: channel,
            subscription_id: sum.subscription,
            product_id: sum.product,
            day: sum.day,
            unit: &sum.unit,
            currency: sum.currency.map(Currency::code).unwrap_or_default(),
            quantity: sum.quantity,
            cost: sum.cost,
            record_count: sum.records,
        })
        .collect();
    on_backend!(connection, |inner| {
        diesel::insert_into(usage_daily::table)
            .values(&rows)
            .on_conflict((
                usage_daily::subscription_id,
                usage_daily::product_id,
                usage_daily::day,
                usage_daily::unit,
                usage_daily::currency,
            ))
            .do_update()
            .set((
                usage_daily::quantity.eq(excluded(usage_daily::quantity)),
                usage_daily::cost.eq(excluded(usage_daily::cost)),
                usage_daily::record_count.eq(excluded(usage_daily::record_count)),
            ))
            .execute(inner)
    })?;
    Ok(())
}
