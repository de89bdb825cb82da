//! Searches again for what unrated records miss, after a customer, product, subscription, price or mapping changed.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::super::UnratedCause;
use super::super::resolve::{Found, Knowledge, Sought};
use super::knowledge;
use super::release::release_ended;
use super::sums::{Sums, Used};
use crate::db::AnyConnection;
use crate::db::schema::usage_records;
use crate::jobs;
use crate::values::{
    ChannelId, Cost, Currency, CustomerId, ProductId, Quantity, SubscriptionId, Timestamp, UsageRecordId,
};

/// How many records are looked at together.
const AT_ONCE: i64 = 1_000;

#[derive(Queryable)]
struct Waiting {
    id: UsageRecordId,
    source: String,
    customer_ref: String,
    product_ref: String,
    product_group: String,
    subscription_ref: String,
    quantity: Quantity,
    unit: String,
    list_cost: Option<Cost>,
    currency: Option<Currency>,
    day: NaiveDate,
    customer: Option<CustomerId>,
    product: Option<ProductId>,
    subscription: Option<SubscriptionId>,
    cause: Option<UnratedCause>,
}

impl Waiting {
    fn sought(&self) -> Sought<'_> {
        Sought {
            source: &self.source,
            customer: &self.customer_ref,
            product: &self.product_ref,
            product_group: &self.product_group,
            subscription: &self.subscription_ref,
            unit: &self.unit,
            day: self.day,
            cost_currency: self.list_cost.and(self.currency),
        }
    }

    fn used(&self) -> Used<'_> {
        Used {
            day: self.day,
            unit: &self.unit,
            quantity: self.quantity,
            list_cost: self.list_cost,
            currency: self.currency,
        }
    }

    fn found_before(&self) -> Found {
        Found {
            customer: self.customer,
            product: self.product,
            subscription: self.subscription,
            cause: self.cause,
        }
    }
}

/// Rates what can be rated by now and asks for those months to be rated again; how many records were mended. What
/// lies after a subscription's end waits from now on.
///
/// Runs in the caller's write transaction, in batches.
pub fn retry_unrated(connection: &mut AnyConnection, channel: ChannelId, now: Timestamp) -> QueryResult<i64> {
    release_ended(connection, channel)?;
    let mut batch = waiting(connection, channel, None)?;
    if batch.is_empty() {
        return Ok(0);
    }
    let knowledge = knowledge(connection, channel)?;
    let mut sums = Sums::new(channel, &knowledge);
    let mut mended = 0;
    while let Some(last) = batch.last().map(|record| record.id) {
        mended += mend(connection, &knowledge, &batch, &mut sums)?;
        batch = waiting(connection, channel, Some(last))?;
    }
    for month in sums.finish(connection)? {
        jobs::store::rate_months(connection, channel, month, month, now)?;
    }
    Ok(mended)
}

fn waiting(
    connection: &mut AnyConnection,
    channel: ChannelId,
    after: Option<UsageRecordId>,
) -> QueryResult<Vec<Waiting>> {
    let mut query = usage_records::table
        .filter(usage_records::channel_id.eq(channel))
        .filter(usage_records::unrated_cause.is_not_null())
        .order(usage_records::id)
        .limit(AT_ONCE)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(usage_records::id.gt(after));
    }
    query
        .select((
            usage_records::id,
            usage_records::source,
            usage_records::customer_ref,
            usage_records::product_ref,
            usage_records::product_group,
            usage_records::subscription_ref,
            usage_records::quantity,
            usage_records::unit,
            usage_records::list_cost,
            usage_records::currency,
            usage_records::day,
            usage_records::customer_id,
            usage_records::product_id,
            usage_records::subscription_id,
            usage_records::unrated_cause,
        ))
        .load(connection)
}

/// Writes what is found now where it is more, or other, than before; how many records miss nothing any more.
fn mend(
    connection: &mut AnyConnection,
    knowledge: &Knowledge,
    batch: &[Waiting],
    sums: &mut Sums<'_>,
) -> QueryResult<i64> {
    let mut changed: HashMap<Found, Vec<&Waiting>> = HashMap::new();
    let mut mended = 0;
    for record in batch {
        let found = knowledge.find(&record.sought());
        if found == record.found_before() {
            continue;
        }
        sums.add(connection, &found, &record.used())?;
        mended += i64::from(found.cause.is_none());
        changed.entry(found).or_default().push(record);
    }
    for (found, records) in changed {
        write(connection, found, &records)?;
    }
    Ok(mended)
}

fn write(connection: &mut AnyConnection, found: Found, records: &[&Waiting]) -> QueryResult<()> {
    let days = records.iter().map(|record| record.day);
    let (Some(first), Some(last)) = (days.clone().min(), days.max()) else { return Ok(()) };
    // The days tell PostgreSQL which months to look in.
    let waiting = usage_records::table
        .filter(usage_records::id.eq_any(records.iter().map(|record| record.id)))
        .filter(usage_records::day.between(first, last))
        .filter(usage_records::unrated_cause.is_not_null());
    let written = diesel::update(waiting)
        .set((
            usage_records::customer_id.eq(found.customer),
            usage_records::product_id.eq(found.product),
            usage_records::subscription_id.eq(found.subscription),
            usage_records::unrated_cause.eq(found.cause),
        ))
        .execute(connection)?;
    // Nothing is added to the sums twice.
    if written == records.len() { Ok(()) } else { Err(diesel::result::Error::RollbackTransaction) }
}
