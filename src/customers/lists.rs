//! The lists of customers and subscriptions: filtered, bound to the scope, a page at a time by key.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::db::AnyConnection;
use crate::db::paging::{Cursor, Slice};
use crate::db::query::contains_pattern;
use crate::db::schema::{
    bundles, channel_bundles, channels, customers, subscription_quantities, subscriptions,
};
use crate::values::{BundleId, ChannelId, Country, Currency, CustomerId, Scope, SubscriptionId};
use crate::{page_by, text_enum};

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
    pub cursor: Cursor<CustomerId>,
}

/// A customer in the list.
#[derive(Debug, Clone, Queryable)]
pub struct CustomerRow {
    pub id: CustomerId,
    pub external_id: String,
    pub name: String,
    pub country: Country,
    pub currency: Currency,
    pub channel_name: String,
}

/// Which subscriptions to show, the newest first.
#[derive(Debug, Clone, Default)]
pub struct SubscriptionFilter {
    pub text: String,
    pub channel: Option<ChannelId>,
    pub customer: Option<CustomerId>,
    pub bundle: Option<BundleId>,
    pub standing: Option<Standing>,
    pub cursor: Cursor<SubscriptionId>,
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

/// A page of customers, by name.
pub fn customers(
    connection: &mut AnyConnection,
    scope: Scope,
    filter: &CustomerFilter,
) -> QueryResult<Slice<CustomerRow>> {
    let filtered = || {
        let mut query = customers::table
            .inner_join(channels::table.on(channels::id.eq(customers::channel_id)))
            .into_boxed();
        if let Some(reseller) = scope.reseller() {
            query = query.filter(channels::reseller_id.eq(reseller));
        }
        if let Some(channel) = filter.channel {
            query = query.filter(customers::channel_id.eq(channel));
        }
        if !filter.text.trim().is_empty() {
            let named = customers::name_key.like(contains_pattern(&filter.text)).escape('\\');
            query = query.filter(named.or(customers::external_id.eq(filter.text.trim().to_owned())));
        }
        query
    };
    let count = filtered().count().get_result(connection)?;
    let page = page_by!(connection, filtered(), customers::name_key, filter.cursor).limit(PAGE + 1);
    let columns = (
        customers::id,
        customers::external_id,
        customers::name,
        customers::country,
        customers::currency,
        channels::name,
    );
    Ok(Slice::new(page.select(columns).load(connection)?, filter.cursor, PAGE, count))
}

/// A page of subscriptions, the newest first.
pub fn subscriptions(
    connection: &mut AnyConnection,
    scope: Scope,
    filter: &SubscriptionFilter,
    today: NaiveDate,
) -> QueryResult<Slice<SubscriptionRow>> {
    let filtered = || {
        let mut query = subscriptions::table
            .inner_join(customers::table.on(customers::id.eq(subscriptions::customer_id)))
            .inner_join(bundles::table.on(bundles::id.eq(subscriptions::bundle_id)))
            .inner_join(channels::table.on(channels::id.eq(subscriptions::channel_id)))
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
            let named = customers::name_key.like(contains_pattern(&filter.text)).escape('\\');
            let reference = filter.text.trim().to_uppercase();
            query = query.filter(named.or(subscriptions::reference.eq(reference)));
        }
        match filter.standing {
            None => query,
            Some(Standing::Ended) => query.filter(subscriptions::end_on.le(today)),
            Some(Standing::Future) => query.filter(subscriptions::start_on.gt(today)),
            Some(Standing::Running) => query
                .filter(subscriptions::start_on.le(today))
                .filter(subscriptions::end_on.is_null().or(subscriptions::end_on.gt(today))),
        }
    };
    let count = filtered().count().get_result(connection)?;
    let page = match filter.cursor {
        Cursor::First => filtered().order(subscriptions::id.desc()),
        Cursor::After(id) => filtered().filter(subscriptions::id.lt(id)).order(subscriptions::id.desc()),
        Cursor::Before(id) => filtered().filter(subscriptions::id.gt(id)).order(subscriptions::id.asc()),
    };
    let columns = (
        subscriptions::id,
        subscriptions::reference,
        customers::id,
        customers::name,
        bundles::name,
        subscriptions::start_on,
        subscriptions::end_on,
        channels::name,
    );
    let rows = page.limit(PAGE + 1).select(columns).load(connection)?;
    Ok(Slice::new(rows, filter.cursor, PAGE, count))
}

/// The bundles that somebody in scope may have, for a filter: value and name.
pub fn bundle_names(connection: &mut AnyConnection, scope: Scope) -> QueryResult<Vec<(BundleId, String)>> {
    let mut query = channel_bundles::table
        .inner_join(bundles::table.on(bundles::id.eq(channel_bundles::bundle_id)))
        .inner_join(channels::table.on(channels::id.eq(channel_bundles::channel_id)))
        .into_boxed();
    if let Some(reseller) = scope.reseller() {
        query = query.filter(channels::reseller_id.eq(reseller));
    }
    query.select((bundles::id, bundles::name)).distinct().order(bundles::name).load(connection)
}

/// How many units each subscription has on a day; what it begins with when it has not begun.
pub fn quantities_on(
    connection: &mut AnyConnection,
    ids: &[SubscriptionId],
    day: NaiveDate,
) -> QueryResult<HashMap<SubscriptionId, i64>> {
    use subscription_quantities::{effective_from, quantity, subscription_id, table};
    let rows: Vec<(SubscriptionId, NaiveDate, i64)> = table
        .filter(subscription_id.eq_any(ids))
        .order(effective_from)
        .select((subscription_id, effective_from, quantity))
        .load(connection)?;
    let mut found = HashMap::new();
    for (id, from, units) in rows {
        let shown = found.entry(id).or_insert(units);
        if from <= day {
            *shown = units;
        }
    }
    Ok(found)
}
