//! The lists of customers and subscriptions: filtered, bound to the scope, a page at a time by key.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::db::AnyConnection;
use crate::db::query::contains_pattern;
use crate::db::schema::{bundles, channels, customers, subscription_quantities, subscriptions};
use crate::text_enum;
use crate::values::{ChannelId, Currency, CustomerId, Scope, SubscriptionId};

/// Rows on a page.
pub const PAGE: i64 = 50;

text_enum! {
    /// Where a subscription stands on a day.
    pub enum Standing { Running => "running", Future => "future", Ended => "ended" }
}

/// Which customers to show, by name.
#[derive(Debug, Clone, Default)]
pub struct CustomerFilter {
    pub text: String,
    pub channel: Option<ChannelId>,
    /// Those after this one: the next page.
    pub after: Option<(String, CustomerId)>,
}

/// A customer in the list.
#[derive(Debug, Clone, Queryable)]
pub struct CustomerRow {
    pub id: CustomerId,
    pub external_id: String,
    pub name: String,
    pub name_key: String,
    pub country: crate::values::Country,
    pub currency: Currency,
    pub channel_name: String,
}

/// Which subscriptions to show, the newest first.
#[derive(Debug, Clone, Default)]
pub struct SubscriptionFilter {
    pub text: String,
    pub channel: Option<ChannelId>,
    pub customer: Option<CustomerId>,
    pub bundle: Option<crate::values::BundleId>,
    pub standing: Option<Standing>,
    /// Those older than this one: the next page.
    pub before: Option<SubscriptionId>,
}

/// A subscription in the list.
#[derive(Debug, Clone, Queryable)]
pub struct SubscriptionRow {
    pub id: SubscriptionId,
    pub reference: String,
    pub customer: CustomerId,
    pub customer_name: String,
    pub bundle_name: String,
    pub start: NaiveDate,
    pub end: Option<NaiveDate>,
    pub channel_name: String,
}

impl SubscriptionRow {
    pub fn standing(&self, today: NaiveDate) -> Standing {
        if self.end.is_some_and(|end| end <= today) {
            Standing::Ended
        } else if self.start > today {
            Standing::Future
        } else {
            Standing::Running
        }
    }
}

/// One row more than a page, which tells whether there is a next one.
pub fn customers(
    connection: &mut AnyConnection,
    scope: Scope,
    filter: &CustomerFilter,
) -> QueryResult<Vec<CustomerRow>> {
    let mut query = customers::table
        .inner_join(channels::table.on(channels::id.eq(customers::channel_id)))
        .order((customers::name_key, customers::id))
        .limit(PAGE + 1)
        .select((
            customers::id,
            customers::external_id,
            customers::name,
            customers::name_key,
            customers::country,
            customers::currency,
            channels::name,
        ))
        .into_boxed();
    if let Some(reseller) = scope.reseller() {
        query = query.filter(channels::reseller_id.eq(reseller));
    }
    if let Some(channel) = filter.channel {
        query = query.filter(customers::channel_id.eq(channel));
    }
    if !filter.text.trim().is_empty() {
        let pattern = contains_pattern(&filter.text);
        let exact = filter.text.trim().to_owned();
        query =
            query.filter(customers::name_key.like(pattern).escape('\\').or(customers::external_id.eq(exact)));
    }
    if let Some((key, id)) = filter.after.clone() {
        let same_name = customers::name_key.eq(key.clone()).and(customers::id.gt(id));
        query = query.filter(customers::name_key.gt(key).or(same_name));
    }
    query.load(connection)
}

/// One row more than a page, which tells whether there is a next one.
pub fn subscriptions(
    connection: &mut AnyConnection,
    scope: Scope,
    filter: &SubscriptionFilter,
    today: NaiveDate,
) -> QueryResult<Vec<SubscriptionRow>> {
    let mut query = subscriptions::table
        .inner_join(customers::table.on(customers::id.eq(subscriptions::customer_id)))
        .inner_join(bundles::table.on(bundles::id.eq(subscriptions::bundle_id)))
        .inner_join(channels::table.on(channels::id.eq(subscriptions::channel_id)))
        .order(subscriptions::id.desc())
        .limit(PAGE + 1)
        .select((
            subscriptions::id,
            subscriptions::reference,
            customers::id,
            customers::name,
            bundles::name,
            subscriptions::start_on,
            subscriptions::end_on,
            channels::name,
        ))
        .into_boxed();
    if let Some(reseller) = scope.reseller() {
        query = query.filter(channels::reseller_id.eq(reseller));
    }
    if let Some(channel) = filter.channel {
        query = query.filter(subscriptions::channel_id.eq(channel));
    }
    if let Some(customer) = filter.customer {
        query = query.filter(subscriptions::customer_id.eq(customer));
    }
    if let Some(bundle) = filter.bundle {
        query = query.filter(subscriptions::bundle_id.eq(bundle));
    }
    if !filter.text.trim().is_empty() {
        let pattern = contains_pattern(&filter.text);
        let exact = filter.text.trim().to_uppercase();
        query = query
            .filter(customers::name_key.like(pattern).escape('\\').or(subscriptions::reference.eq(exact)));
    }
    let has_ended = subscriptions::end_on.le(today);
    query = match filter.standing {
        None => query,
        Some(Standing::Ended) => query.filter(has_ended),
        Some(Standing::Future) => query.filter(subscriptions::start_on.gt(today)),
        Some(Standing::Running) => query
            .filter(subscriptions::start_on.le(today))
            .filter(subscriptions::end_on.is_null().or(subscriptions::end_on.gt(today))),
    };
    if let Some(before) = filter.before {
        query = query.filter(subscriptions::id.lt(before));
    }
    query.load(connection)
}

/// How many units each subscription has on a day.
pub fn quantities_on(
    connection: &mut AnyConnection,
    ids: &[SubscriptionId],
    day: NaiveDate,
) -> QueryResult<std::collections::HashMap<SubscriptionId, i64>> {
    let rows: Vec<(SubscriptionId, i64)> = subscription_quantities::table
        .filter(subscription_quantities::subscription_id.eq_any(ids))
        .filter(subscription_quantities::effective_from.le(day))
        .order(subscription_quantities::effective_from)
        .select((subscription_quantities::subscription_id, subscription_quantities::quantity))
        .load(connection)?;
    // The latest one of each subscription stays.
    Ok(rows.into_iter().collect())
}
