//! Reads customers and subscriptions, each within the reader's scope.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{Customer, PriceRule, Subscription};
use crate::db::AnyConnection;
use crate::db::query::among;
use crate::db::schema::{channels, customers, subscription_quantities, subscriptions};
use crate::values::{BundleId, ChannelId, Country, Currency, CustomerId, Scope, SubscriptionId};

crate::text_columns!(PriceRule);

type CustomerRow = (CustomerId, ChannelId, String, String, Country, Currency);
type CustomerColumns = (
    customers::id,
    customers::channel_id,
    customers::external_id,
    customers::name,
    customers::country,
    customers::currency,
);

const CUSTOMER: CustomerColumns = (
    customers::id,
    customers::channel_id,
    customers::external_id,
    customers::name,
    customers::country,
    customers::currency,
);

type SubscriptionRow = (
    SubscriptionId,
    String,
    ChannelId,
    CustomerId,
    BundleId,
    Currency,
    NaiveDate,
    Option<NaiveDate>,
    PriceRule,
);
type SubscriptionColumns = (
    subscriptions::id,
    subscriptions::reference,
    subscriptions::channel_id,
    subscriptions::customer_id,
    subscriptions::bundle_id,
    customers::currency,
    subscriptions::start_on,
    subscriptions::end_on,
    subscriptions::price_rule,
);

const SUBSCRIPTION: SubscriptionColumns = (
    subscriptions::id,
    subscriptions::reference,
    subscriptions::channel_id,
    subscriptions::customer_id,
    subscriptions::bundle_id,
    customers::currency,
    subscriptions::start_on,
    subscriptions::end_on,
    subscriptions::price_rule,
);

type QuantityRow = (SubscriptionId, NaiveDate, i64);

fn to_customer((id, channel, external_id, name, country, currency): CustomerRow) -> Customer {
    Customer { id, channel, external_id, name, country, currency }
}

/// A customer within the scope; `NotFound` when there is none there.
pub fn customer(connection: &mut AnyConnection, scope: Scope, id: CustomerId) -> QueryResult<Customer> {
    let mut query = customers::table
        .inner_join(channels::table.on(channels::id.eq(customers::channel_id)))
        .filter(customers::id.eq(id))
        .into_boxed();
    if let Some(reseller) = scope.reseller() {
        query = query.filter(channels::reseller_id.eq(reseller));
    }
    query.select(CUSTOMER).first::<CustomerRow>(connection).map(to_customer)
}

/// A channel's customers, by name.
pub fn customers_of(connection: &mut AnyConnection, channel: ChannelId) -> QueryResult<Vec<Customer>> {
    let rows: Vec<CustomerRow> = customers::table
        .filter(customers::channel_id.eq(channel))
        .order((customers::name_key, customers::id))
        .select(CUSTOMER)
        .load(connection)?;
    Ok(rows.into_iter().map(to_customer).collect())
}

/// The customer whom the re-seller calls that; the id is compared as it was typed.
pub fn by_external_id(
    connection: &mut AnyConnection,
    channel: ChannelId,
    external_id: &str,
) -> QueryResult<Option<Customer>> {
    let row: Option<CustomerRow> = customers::table
        .filter(customers::channel_id.eq(channel))
        .filter(customers::external_id.eq(external_id))
        .select(CUSTOMER)
        .first(connection)
        .optional()?;
    Ok(row.map(to_customer))
}

/// A subscription within the scope; `NotFound` when there is none there.
pub fn subscription(
    connection: &mut AnyConnection,
    scope: Scope,
    id: SubscriptionId,
) -> QueryResult<Subscription> {
    let mut query = subscriptions::table
        .inner_join(customers::table.on(customers::id.eq(subscriptions::customer_id)))
        .inner_join(channels::table.on(channels::id.eq(subscriptions::channel_id)))
        .filter(subscriptions::id.eq(id))
        .into_boxed();
    if let Some(reseller) = scope.reseller() {
        query = query.filter(channels::reseller_id.eq(reseller));
    }
    let row: SubscriptionRow = query.select(SUBSCRIPTION).first(connection)?;
    let quantities = quantities_of(connection, &[id])?;
    Ok(joined(row, &quantities))
}

/// A channel's subscriptions of any time, by start and reference.
pub fn subscriptions_of(
    connection: &mut AnyConnection,
    channel: ChannelId,
) -> QueryResult<Vec<Subscription>> {
    let rows: Vec<SubscriptionRow> = subscriptions::table
        .inner_join(customers::table.on(customers::id.eq(subscriptions::customer_id)))
        .filter(subscriptions::channel_id.eq(channel))
        .order((subscriptions::start_on, subscriptions::reference))
        .select(SUBSCRIPTION)
        .load(connection)?;
    let quantities: Vec<QuantityRow> = subscription_quantities::table
        .inner_join(subscriptions::table.on(subscriptions::id.eq(subscription_quantities::subscription_id)))
        .filter(subscriptions::channel_id.eq(channel))
        .order(subscription_quantities::effective_from)
        .select(QUANTITY)
        .load(connection)?;
    let quantities = by_subscription(quantities);
    Ok(rows.into_iter().map(|row| joined(row, &quantities)).collect())
}

/// A customer's subscriptions of any time, by start and reference; the customer was found in scope before.
pub fn subscriptions_of_customer(
    connection: &mut AnyConnection,
    customer: CustomerId,
) -> QueryResult<Vec<Subscription>> {
    let rows: Vec<SubscriptionRow> = subscriptions::table
        .inner_join(customers::table.on(customers::id.eq(subscriptions::customer_id)))
        .filter(subscriptions::customer_id.eq(customer))
        .order((subscriptions::start_on, subscriptions::reference))
        .select(SUBSCRIPTION)
        .load(connection)?;
    let ids: Vec<_> = rows.iter().map(|row| row.0).collect();
    let quantities = quantities_of(connection, &ids)?;
    Ok(rows.into_iter().map(|row| joined(row, &quantities)).collect())
}

type Quantities = BTreeMap<SubscriptionId, Vec<(NaiveDate, u32)>>;
type QuantityColumns = (
    subscription_quantities::subscription_id,
    subscription_quantities::effective_from,
    subscription_quantities::quantity,
);

const QUANTITY: QuantityColumns = (
    subscription_quantities::subscription_id,
    subscription_quantities::effective_from,
    subscription_quantities::quantity,
);

fn quantities_of(connection: &mut AnyConnection, ids: &[SubscriptionId]) -> QueryResult<Quantities> {
    let rows: Vec<QuantityRow> = subscription_quantities::table
        .filter(among(subscription_quantities::subscription_id, ids.iter().copied()))
        .order(subscription_quantities::effective_from)
        .select(QUANTITY)
        .load(connection)?;
    Ok(by_subscription(rows))
}

fn by_subscription(rows: Vec<QuantityRow>) -> Quantities {
    let mut found = Quantities::new();
    for (subscription, from, quantity) in rows {
        // The database holds positive numbers that were written from a `u32`.
        let quantity = u32::try_from(quantity).unwrap_or(u32::MAX);
        found.entry(subscription).or_default().push((from, quantity));
    }
    found
}

fn joined(row: SubscriptionRow, quantities: &Quantities) -> Subscription {
    let (id, reference, channel, customer, bundle, currency, start, end, price_rule) = row;
    let quantities = quantities.get(&id).cloned().unwrap_or_default();
    Subscription { id, reference, channel, customer, bundle, currency, start, end, price_rule, quantities }
}
