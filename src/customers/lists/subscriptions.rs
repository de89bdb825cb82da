//! The list of subscriptions.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::dsl::{case_when, exists};
use diesel::prelude::*;
use diesel::sql_types::Integer;

use crate::channels::choice::Named;
use crate::db::AnyConnection;
use crate::db::paging::{Listing, Order, Place, SortKey};
use crate::db::query::{among, contains_pattern};
use crate::db::schema::{
    bundles, channel_bundles, channels, customers, subscription_quantities, subscriptions,
};
use crate::values::{BundleId, CustomerId, Scope, SubscriptionId};
use crate::{count_of, of_channel, page_by, text_enum};

text_enum! {
    /// Where a subscription stands on a day.
    pub enum Standing { Running => "running", Future => "future", Ended => "ended" }
}

text_enum! {
    /// What the list is sorted by; references are given in the order of time.
    pub enum SubscriptionKey {
        Reference => "reference",
        Bundle => "bundle",
        Customer => "customer",
        Channel => "channel",
        Quantity => "quantity",
        Start => "start",
        End => "end",
        Standing => "state",
    }
}

impl SortKey for SubscriptionKey {
    const DEFAULT: Order<Self> = Order::descending(Self::Reference);
}

/// The subscriptions in scope as they stand on a day; a filter that is not set leaves all.
#[derive(Debug, Clone)]
pub struct Subscriptions {
    pub scope: Scope,
    pub today: NaiveDate,
    /// Part of the customer's name, or the reference.
    pub text: String,
    pub channel: Named,
    pub customer: Option<CustomerId>,
    pub bundle: Option<BundleId>,
    pub standing: Option<Standing>,
}

impl Subscriptions {
    /// Without any filter.
    pub fn all(scope: Scope, today: NaiveDate) -> Self {
        let text = String::new();
        Self { scope, today, text, channel: Named::Any, customer: None, bundle: None, standing: None }
    }
}

/// A subscription in the list.
#[derive(Debug, Clone)]
pub struct SubscriptionRow {
    pub id: SubscriptionId,
    pub reference: String,
    pub customer: CustomerId,
    pub customer_name: String,
    pub bundle_name: String,
    pub start: NaiveDate,
    pub end: Option<NaiveDate>,
    pub channel_name: String,
    pub standing: Standing,
    /// How many units it has; what it begins with when it has not begun.
    pub quantity: i64,
}

type Row = (SubscriptionId, String, CustomerId, String, String, NaiveDate, Option<NaiveDate>, String);

/// What the filters leave.
macro_rules! filtered {
    ($listing:expr) => {{
        let Subscriptions { scope, today, text, channel, customer, bundle, standing } = $listing;
        let mut query = subscriptions::table
            .inner_join(customers::table.on(customers::id.eq(subscriptions::customer_id)))
            .inner_join(bundles::table.on(bundles::id.eq(subscriptions::bundle_id)))
            .inner_join(channels::table.on(channels::id.eq(subscriptions::channel_id)))
            .into_boxed();
        if let Some(reseller) = scope.reseller() {
            query = query.filter(channels::reseller_id.eq(reseller));
        }
        of_channel!(query, subscriptions::channel_id, channel, |code| channels::code.eq(code));
        if let Some(customer) = *customer {
            query = query.filter(subscriptions::customer_id.eq(customer));
        }
        if let Some(bundle) = *bundle {
            query = query.filter(subscriptions::bundle_id.eq(bundle));
        }
        if !text.trim().is_empty() {
            let named = customers::name_key.like(contains_pattern(text)).escape('\\');
            query = query.filter(named.or(subscriptions::reference.eq(text.trim().to_uppercase())));
        }
        match standing {
            None => query,
            Some(Standing::Ended) => query.filter(subscriptions::end_on.le(*today)),
            Some(Standing::Future) => query.filter(subscriptions::start_on.gt(*today)),
            Some(Standing::Running) => query
                .filter(subscriptions::start_on.le(*today))
                .filter(subscriptions::end_on.is_null().or(subscriptions::end_on.gt(*today))),
        }
    }};
}

/// How many units the subscription of the query has on a day; what it begins with when it has not begun.
macro_rules! quantity_on {
    ($day:expr) => {{
        use subscription_quantities::{effective_from, quantity, subscription_id, table};
        table
            .filter(subscription_id.eq(subscriptions::id))
            .filter(effective_from.le($day).or(effective_from.eq(subscriptions::start_on)))
            .order(effective_from.desc())
            .select(quantity)
            .limit(1)
            .single_value()
            .assume_not_null()
    }};
}

/// The place of the query's subscription among those that run on, that run and end, that have not begun, and that ended.
macro_rules! rank_on {
    ($day:expr) => {
        case_when(subscriptions::end_on.le($day).assume_not_null(), 3.into_sql::<Integer>())
            .when(subscriptions::start_on.gt($day), 2.into_sql::<Integer>())
            .when(subscriptions::end_on.is_not_null(), 1.into_sql::<Integer>())
            .otherwise(0.into_sql::<Integer>())
    };
}

impl Listing for Subscriptions {
    type Id = SubscriptionId;
    type Key = SubscriptionKey;
    type Row = SubscriptionRow;

    fn id(row: &SubscriptionRow) -> SubscriptionId {
        row.id
    }

    fn count(&self, connection: &mut AnyConnection) -> QueryResult<i64> {
        count_of!(connection, filtered!(self), subscriptions::id)
    }

    fn rows(
        &self,
        connection: &mut AnyConnection,
        at: Place<SubscriptionId, SubscriptionKey>,
        limit: i64,
    ) -> QueryResult<Vec<SubscriptionRow>> {
        macro_rules! by {
            ($key:expr => $($kind:tt)*) => {
                page_by!(connection, filtered!(self), at, subscriptions::id, $key => $($kind)*)
            };
        }
        let page = match at.order.by {
            SubscriptionKey::Reference => by!(subscriptions::id => SubscriptionId),
            SubscriptionKey::Bundle => by!(bundles::name_key => String),
            SubscriptionKey::Customer => by!(customers::name_key => String),
            SubscriptionKey::Channel => by!(channels::name_key => String),
            SubscriptionKey::Start => by!(subscriptions::start_on => NaiveDate),
            SubscriptionKey::End => by!(subscriptions::end_on => Option<NaiveDate>),
            SubscriptionKey::Quantity => by!(quantity_on!(self.today) => i64),
            SubscriptionKey::Standing => by!(rank_on!(self.today) => i32),
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
        let rows: Vec<Row> = page.limit(limit).select(columns).load(connection)?;
        let ids: Vec<SubscriptionId> = rows.iter().map(|row| row.0).collect();
        let quantities = quantities_on(connection, &ids, self.today)?;
        Ok(rows.into_iter().map(|row| subscription(row, &quantities, self.today)).collect())
    }
}

fn subscription(row: Row, quantities: &HashMap<SubscriptionId, i64>, today: NaiveDate) -> SubscriptionRow {
    let (id, reference, customer, customer_name, bundle_name, start, end, channel_name) = row;
    let standing = if end.is_some_and(|end| end <= today) {
        Standing::Ended
    } else if start > today {
        Standing::Future
    } else {
        Standing::Running
    };
    let quantity = quantities.get(&id).copied().unwrap_or_default();
    SubscriptionRow {
        id,
        reference,
        customer,
        customer_name,
        bundle_name,
        start,
        end,
        channel_name,
        standing,
        quantity,
    }
}

/// The bundles that somebody in scope may have, for a filter: value and name.
pub fn bundle_names(connection: &mut AnyConnection, scope: Scope) -> QueryResult<Vec<(BundleId, String)>> {
    let sold = channel_bundles::table.filter(channel_bundles::bundle_id.eq(bundles::id));
    let all = bundles::table.select((bundles::id, bundles::name)).order((bundles::name, bundles::id));
    match scope.reseller() {
        None => all.filter(exists(sold)).load(connection),
        Some(reseller) => {
            let own = channels::table.filter(channels::reseller_id.eq(reseller)).select(channels::id);
            all.filter(exists(sold.filter(channel_bundles::channel_id.eq_any(own)))).load(connection)
        }
    }
}

/// How many units each subscription has on a day; what it begins with when it has not begun.
fn quantities_on(
    connection: &mut AnyConnection,
    ids: &[SubscriptionId],
    day: NaiveDate,
) -> QueryResult<HashMap<SubscriptionId, i64>> {
    use subscription_quantities::{effective_from, quantity, subscription_id, table};
    let rows: Vec<(SubscriptionId, NaiveDate, i64)> = table
        .filter(among(subscription_id, ids.iter().copied()))
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
