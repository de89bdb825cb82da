//! The Product Usage Report's figures, from the sums of each day.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::dsl::max;
use diesel::prelude::*;

use super::{Names, Within, out_of_range};
use crate::db::AnyConnection;
use crate::db::columns::exact_sum;
use crate::db::schema::{subscriptions as s, usage_daily as u, usage_totals as t};
use crate::reports::usage::{Labels, Row, Used, rows};
use crate::reports::{Filter, Group};
use crate::values::{BundleId, ChannelId, CustomerId, ProductId, Quantity};
use crate::within;

/// What quantities are added up by.
type Key = (ChannelId, BundleId, CustomerId, ProductId, String);
/// A quantity; with its day only where a report is grouped by time.
type Sum = (Key, Option<NaiveDate>, Option<Quantity>);

diesel::allow_columns_to_appear_in_same_group_by_clause!(
    u::channel_id,
    u::product_id,
    u::unit,
    u::day,
    s::bundle_id,
    s::customer_id,
);

/// Narrows a boxed query of daily sums and their subscriptions to the filter.
macro_rules! asked {
    ($query:expr, $filter:expr, $within:expr) => {{
        let days = $filter.days();
        let mut query = $query.filter(u::day.ge(days.from)).filter(u::day.lt(days.until));
        if let Some(bundle) = $filter.bundle {
            query = query.filter(s::bundle_id.eq(bundle));
        }
        if let Some(product) = $filter.product {
            query = query.filter(u::product_id.eq(product));
        }
        if let Some(customer) = $filter.customer {
            query = query.filter(s::customer_id.eq(customer));
        }
        within!(query, u::channel_id, $within)
    }};
}

/// The rows of the Product Usage Report of those channels.
pub fn usage(connection: &mut AnyConnection, within: &Within, filter: &Filter) -> QueryResult<Vec<Row>> {
    let names = Names::of(connection, within, filter.group)?;
    let used = used(connection, within, filter)?.into_iter().filter_map(|(key, day, quantity)| {
        Some(Used { labels: labels(&names, key)?, day, quantity: quantity? })
    });
    rows(used.collect(), filter).map_err(out_of_range)
}

fn used(connection: &mut AnyConnection, within: &Within, filter: &Filter) -> QueryResult<Vec<Sum>> {
    let all = u::table.inner_join(s::table.on(s::id.eq(u::subscription_id)));
    let key = (u::channel_id, s::bundle_id, s::customer_id, u::product_id, u::unit);
    if matches!(filter.group, Group::Day | Group::Week | Group::Month) {
        let sums = all
            .group_by((u::channel_id, s::bundle_id, s::customer_id, u::product_id, u::unit, u::day))
            .select((key, u::day.nullable(), exact_sum(u::quantity)));
        return asked!(sums.into_boxed(), filter, within).load(connection);
    }
    let sums = all.group_by(key).select((key, exact_sum(u::quantity)));
    let sums: Vec<(Key, Option<Quantity>)> = asked!(sums.into_boxed(), filter, within).load(connection)?;
    Ok(sums.into_iter().map(|(key, quantity)| (key, None, quantity)).collect())
}

fn labels(names: &Names, (channel, bundle, customer, product, unit): Key) -> Option<Labels> {
    let (channel, product) = (names.channels.get(&channel)?, names.products.get(&product)?);
    Some(Labels {
        reseller: channel.reseller.clone(),
        channel_name: channel.name.clone(),
        channel_code: channel.code.clone(),
        customer: names.customers.get(&customer).map(|(name, _)| name.clone()).unwrap_or_default(),
        bundle: names.bundles.get(&bundle)?.0.clone(),
        product: product.name.clone(),
        sku: product.sku.clone(),
        category: product.category.clone(),
        unit,
    })
}

/// A product's quantity of a day, in a unit.
type OfDay = (ProductId, String, NaiveDate, Option<Quantity>);

/// Quantities over time by product and unit, of all those channels together; rows without anything else.
pub fn over_time(connection: &mut AnyConnection, within: &Within, filter: &Filter) -> QueryResult<Vec<Row>> {
    let names = Names::of_catalog(connection)?;
    let is_by_subscription = filter.bundle.is_some() || filter.customer.is_some();
    let key = (u::product_id, u::unit, u::day);
    let columns = (u::product_id, u::unit, u::day, exact_sum(u::quantity));
    let sums: Vec<OfDay> = if *within == Within::All && !is_by_subscription {
        of_everybody(connection, filter)?
    } else if is_by_subscription {
        let all = u::table.inner_join(s::table.on(s::id.eq(u::subscription_id)));
        asked!(all.group_by(key).select(columns).into_boxed(), filter, within).load(connection)?
    } else {
        let days = filter.days();
        let sums = u::table.group_by(key).select(columns).into_boxed();
        let mut sums = sums.filter(u::day.ge(days.from)).filter(u::day.lt(days.until));
        if let Some(product) = filter.product {
            sums = sums.filter(u::product_id.eq(product));
        }
        within!(sums, u::channel_id, within).load(connection)?
    };
    let mut used = BTreeMap::new();
    for (product, unit, day, quantity) in sums {
        let (Some(named), Some(quantity)) = (names.products.get(&product), quantity) else { continue };
        used.insert((named.name.clone(), named.sku.clone(), unit, day), quantity);
    }
    let used = used.into_iter().map(|((product, sku, unit, day), quantity)| Used {
        labels: Labels { product, sku, unit, ..Labels::default() },
        day: Some(day),
        quantity,
    });
    rows(used.collect(), filter).map_err(out_of_range)
}

/// The sums of all channels, from the totals that are kept of them.
fn of_everybody(connection: &mut AnyConnection, filter: &Filter) -> QueryResult<Vec<OfDay>> {
    let days = filter.days();
    let mut sums = t::table
        .filter(t::day.ge(days.from))
        .filter(t::day.lt(days.until))
        .group_by((t::product_id, t::unit, t::day))
        .select((t::product_id, t::unit, t::day, exact_sum(t::quantity), max(t::record_count)))
        .into_boxed();
    if let Some(product) = filter.product {
        sums = sums.filter(t::product_id.eq(product));
    }
    type Total = (ProductId, String, NaiveDate, Option<Quantity>, Option<i64>);
    let sums: Vec<Total> = sums.load(connection)?;
    let has_records = |(.., records): &Total| records.is_some_and(|count| count > 0);
    Ok(sums
        .into_iter()
        .filter(has_records)
        .map(|(product, unit, day, quantity, _)| (product, unit, day, quantity))
        .collect())
}
