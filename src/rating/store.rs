//! What a channel's month is rated from, and its charge lines, in the database.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use diesel::prelude::*;

use super::inputs::{MonthInputs, SharedLine};
use super::{ChargeLine, Daily, LineRole};
use crate::catalog::prices::by_bundle;
use crate::catalog::{self, Bundle, price_store};
use crate::customers;
use crate::db::query::Both;
use crate::db::schema::{channels as channel_rows, charge_lines as l, rated_months, usage_daily as u};
use crate::db::{AnyConnection, Failure};
use crate::jobs;
use crate::on_backend;
use crate::values::{
    BundleId, ChannelId, Cost, Currency, Month, ProductId, Quantity, SubscriptionId, TermsId, Timestamp,
};

/// Rows that one insert statement takes: SQLite binds at most 32,766 values.
const CHUNK: usize = 1000;

/// Reads what a channel's month is rated from.
pub fn inputs(connection: &mut AnyConnection, channel: ChannelId, month: Month) -> QueryResult<MonthInputs> {
    let mut subscriptions = customers::store::subscriptions_of(connection, channel)?;
    subscriptions.retain(|one| one.days_within(month.all_days()).is_some());
    let bundles: HashMap<BundleId, Bundle> =
        catalog::store::bundles(connection)?.into_iter().map(|bundle| (bundle.id, bundle)).collect();
    let sold: BTreeSet<BundleId> = subscriptions.iter().map(|one| one.bundle).collect();
    let mut included = HashMap::new();
    for bundle in sold {
        included.insert(bundle, catalog::store::included(connection, bundle)?);
    }
    let products = catalog::store::products(connection)?;
    Ok(MonthInputs {
        month,
        subscriptions,
        bundles,
        included,
        channel_prices: by_bundle(price_store::book(connection, Some(channel))?),
        reference_prices: by_bundle(price_store::book(connection, None)?),
        usage: usage(connection, channel, month)?,
        categories: products.into_iter().map(|product| (product.id, product.category)).collect(),
    })
}

fn usage(
    connection: &mut AnyConnection,
    channel: ChannelId,
    month: Month,
) -> QueryResult<HashMap<SubscriptionId, Vec<Daily>>> {
    type Row = (SubscriptionId, ProductId, NaiveDate, String, Quantity, Cost);
    let rows: Vec<Row> = u::table
        .filter(u::channel_id.eq(channel))
        .filter(u::day.ge(month.first_day()))
        .filter(u::day.lt(month.end()))
        .order((u::subscription_id, u::product_id, u::day, u::unit, u::currency))
        .select((u::subscription_id, u::product_id, u::day, u::currency, u::quantity, u::cost))
        .load(connection)?;
    let mut found: HashMap<SubscriptionId, Vec<Daily>> = HashMap::new();
    for (subscription, product, day, currency, quantity, cost) in rows {
        let daily = Daily { product, day, currency: currency.parse().ok(), quantity, cost };
        found.entry(subscription).or_default().push(daily);
    }
    Ok(found)
}

/// Notes that a month was rated. Comes before the lines: two who rate a month at once meet at this row, where
/// PostgreSQL asks the later one to run again, and not at the lines, whose keys would collide.
pub fn mark_rated(
    connection: &mut AnyConnection,
    channel: ChannelId,
    month: Month,
    lines: usize,
    now: Timestamp,
) -> QueryResult<()> {
    let line_count = i64::try_from(lines).unwrap_or(i64::MAX);
    let rated = (rated_months::rated_at.eq(now), rated_months::line_count.eq(line_count));
    Both(
        diesel::insert_into(rated_months::table)
            .values((rated_months::channel_id.eq(channel), rated_months::month.eq(month), rated))
            .on_conflict((rated_months::channel_id, rated_months::month))
            .do_update()
            .set(rated),
    )
    .execute(connection)?;
    Ok(())
}

/// Takes an open month's rated lines out of one currency: charges, commitment and cap, but no corrections or credits.
pub fn clear(
    connection: &mut AnyConnection,
    channel: ChannelId,
    month: Month,
    currency: Currency,
) -> QueryResult<()> {
    let rated = [LineRole::Charge, LineRole::Commitment, LineRole::Cap];
    diesel::delete(
        l::table
            .filter(l::channel_id.eq(channel))
            .filter(l::month.eq(month))
            .filter(l::currency.eq(currency))
            .filter(l::role.eq_any(rated)),
    )
    .execute(connection)?;
    Ok(())
}

/// The charge lines of a month from its shared lines, at their positions among all of the month's lines.
pub fn charge_lines(
    channel: ChannelId,
    month: Month,
    shared: &[(i64, SharedLine)],
    terms: Option<TermsId>,
) -> Vec<ChargeLine> {
    shared
        .iter()
        .map(|(position, shared)| ChargeLine::rated(channel, month, *position, shared, terms))
        .collect()
}

/// Adds lines.
pub fn insert(connection: &mut AnyConnection, lines: &[ChargeLine]) -> QueryResult<()> {
    for some in lines.chunks(CHUNK) {
        on_backend!(connection, |inner| diesel::insert_into(l::table).values(some).execute(inner))?;
    }
    Ok(())
}

/// Asks for the running month of each channel that was not rated today, so that recurring charges appear by
/// themselves, and once more for the month before, whose commitment and cap are due when it is over.
pub fn rate_today<R>(connection: &mut AnyConnection, now: Timestamp) -> Result<(), Failure<R>> {
    let month = Month::of(now.day());
    let channels: Vec<ChannelId> = channel_rows::table.select(channel_rows::id).load(connection)?;
    for channel in channels {
        if rated_at(connection, channel, month)?.is_none_or(|at| at.day() < now.day()) {
            jobs::store::rate_months(connection, channel, month, month, now)?;
        }
        let before = month.previous();
        if rated_at(connection, channel, before)?.is_some_and(|at| at.day() < month.first_day()) {
            jobs::store::rate_months(connection, channel, before, before, now)?;
        }
    }
    Ok(())
}

fn rated_at(
    connection: &mut AnyConnection,
    channel: ChannelId,
    month: Month,
) -> QueryResult<Option<Timestamp>> {
    rated_months::table.find((channel, month)).select(rated_months::rated_at).first(connection).optional()
}
