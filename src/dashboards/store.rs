//! The figures of the home pages, from charge lines and the sums that are kept beside them.

use std::collections::HashMap;
use std::hash::Hash;

use diesel::dsl::{count_star, sum};
use diesel::prelude::*;

use super::by_reseller;
use crate::db::AnyConnection;
use crate::db::schema::{
    bundles, channels, charge_lines, rated_months, revenue_channels as c, revenue_totals as t, subscriptions,
};
use crate::values::{Amount, BundleId, Currency, Month, ResellerId, Scope, Timestamp};

/// A month's money in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthMoney {
    pub currency: Currency,
    /// Gross less credits.
    pub net: Amount,
    pub reseller: Amount,
    pub provider: Amount,
}

/// Net revenue of a month under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub month: Month,
    pub currency: Currency,
    /// The re-seller's name for root, the bundle's for a re-seller.
    pub name: String,
    /// The re-seller, for root.
    pub reseller: Option<ResellerId>,
    pub net: Amount,
}

type Sums = (Option<Amount>, Option<Amount>, Option<Amount>, Option<Amount>);

/// A month's money, one row for each currency, by code.
pub(super) fn month_money(
    connection: &mut AnyConnection,
    scope: Scope,
    month: Month,
) -> QueryResult<Vec<MonthMoney>> {
    let rows: Vec<(Currency, Sums)> = match scope.reseller() {
        None => t::table
            .filter(t::month.eq(month))
            .filter(t::line_count.gt(0))
            .group_by(t::currency)
            .order(t::currency)
            .select((
                t::currency,
                (sum(t::gross), sum(t::credited), sum(t::reseller_share), sum(t::provider_share)),
            ))
            .load(connection)?,
        Some(reseller) => c::table
            .inner_join(channels::table.on(channels::id.eq(c::channel_id)))
            .filter(channels::reseller_id.eq(reseller))
            .filter(c::month.eq(month))
            .filter(c::line_count.gt(0))
            .group_by(c::currency)
            .order(c::currency)
            .select((
                c::currency,
                (sum(c::gross), sum(c::credited), sum(c::reseller_share), sum(c::provider_share)),
            ))
            .load(connection)?,
    };
    rows.into_iter()
        .map(|(currency, (gross, credited, reseller, provider))| {
            Ok(MonthMoney {
                currency,
                net: less(gross, credited)?,
                reseller: reseller.unwrap_or_default(),
                provider: provider.unwrap_or_default(),
            })
        })
        .collect()
}

type PartRow<Id> = (Month, Currency, Id, Option<Amount>, Option<Amount>);

/// Net revenue from `first` to `last` by re-seller for root, by bundle for a re-seller.
pub(super) fn parts(
    connection: &mut AnyConnection,
    scope: Scope,
    first: Month,
    last: Month,
) -> QueryResult<Vec<Part>> {
    match scope.reseller() {
        None => by_reseller::parts(connection, first, last),
        Some(reseller) => parts_by_bundle(connection, reseller, first, last),
    }
}

fn parts_by_bundle(
    connection: &mut AnyConnection,
    reseller: ResellerId,
    first: Month,
    last: Month,
) -> QueryResult<Vec<Part>> {
    let names: Vec<(BundleId, String)> =
        bundles::table.select((bundles::id, bundles::name)).load(connection)?;
    let names = names.into_iter().map(|(id, name)| (id, (None, name))).collect();
    let own = channels::table.filter(channels::reseller_id.eq(reseller)).select(channels::id);
    let rows: Vec<PartRow<BundleId>> = charge_lines::table
        .filter(charge_lines::channel_id.eq_any(own))
        .filter(charge_lines::bundle_id.is_not_null())
        .filter(charge_lines::month.between(first, last))
        .group_by((charge_lines::month, charge_lines::currency, charge_lines::bundle_id))
        .select((
            charge_lines::month,
            charge_lines::currency,
            charge_lines::bundle_id.assume_not_null(),
            sum(charge_lines::gross),
            sum(charge_lines::credited),
        ))
        .load(connection)?;
    named(rows, &names)
}

/// What an id stands for: the re-seller, if it is one, and the name.
type Named<Id> = HashMap<Id, (Option<ResellerId>, String)>;

fn named<Id: Eq + Hash>(rows: Vec<PartRow<Id>>, names: &Named<Id>) -> QueryResult<Vec<Part>> {
    rows.into_iter()
        .map(|(month, currency, id, gross, credited)| {
            let (reseller, name) = names.get(&id).cloned().unwrap_or_default();
            Ok(Part { month, currency, name, reseller, net: less(gross, credited)? })
        })
        .collect()
}

pub(super) fn less(gross: Option<Amount>, credited: Option<Amount>) -> QueryResult<Amount> {
    let net = gross.unwrap_or_default().checked_sub(credited.unwrap_or_default());
    net.map_err(|error| diesel::result::Error::DeserializationError(error.into()))
}

/// How many subscriptions run today.
pub(super) fn running_subscriptions(
    connection: &mut AnyConnection,
    scope: Scope,
    today: chrono::NaiveDate,
) -> QueryResult<i64> {
    let mut query = subscriptions::table
        .inner_join(channels::table.on(channels::id.eq(subscriptions::channel_id)))
        .filter(subscriptions::start_on.le(today))
        .filter(subscriptions::end_on.is_null().or(subscriptions::end_on.gt(today)))
        .select(count_star())
        .into_boxed();
    if let Some(reseller) = scope.reseller() {
        query = query.filter(channels::reseller_id.eq(reseller));
    }
    query.first(connection)
}

/// When the month's figures were last computed.
pub(super) fn rated_at(
    connection: &mut AnyConnection,
    scope: Scope,
    month: Month,
) -> QueryResult<Option<Timestamp>> {
    let mut query = rated_months::table
        .filter(rated_months::month.eq(month))
        .select(diesel::dsl::max(rated_months::rated_at))
        .into_boxed();
    if let Some(reseller) = scope.reseller() {
        let own = channels::table.filter(channels::reseller_id.eq(reseller)).select(channels::id);
        query = query.filter(rated_months::channel_id.eq_any(own));
    }
    query.first(connection)
}
