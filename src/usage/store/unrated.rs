//! The records that wait to be rated, by what they miss.

use chrono::NaiveDate;
use diesel::dsl::{count_star, max, min};
use diesel::prelude::*;
use diesel::sql_types::Nullable;

use super::super::UnratedCause;
use crate::channels::choice::Named;
use crate::db::AnyConnection;
use crate::db::columns::{Fixed, exact_sum};
use crate::db::schema::{channels, usage_records, usage_unrated};
use crate::of_channel;
use crate::values::{ChannelId, Code, Cost, Currency, CustomerId, ProductId, Quantity, Scope};

#[diesel::declare_sql_function]
extern "SQL" {
    /// The value, or another one where it is absent.
    fn coalesce(value: Nullable<Fixed>, otherwise: Fixed) -> Fixed;
}

/// Which unrated records to show.
#[derive(Debug, Clone)]
pub struct UnratedFilter {
    pub channel: Named,
    pub cause: Option<UnratedCause>,
}

/// Unrated records that miss the same: one line of the list.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct UnratedGroup {
    pub channel: ChannelId,
    pub cause: Option<UnratedCause>,
    pub source: String,
    pub customer_ref: String,
    pub customer_label: Option<String>,
    pub product_ref: String,
    pub product_group: String,
    pub unit: String,
    pub currency: Option<Currency>,
    pub customer: Option<CustomerId>,
    pub product: Option<ProductId>,
    pub records: i64,
    pub quantity: Option<Quantity>,
    pub cost: Option<Cost>,
    pub first_day: Option<NaiveDate>,
    pub last_day: Option<NaiveDate>,
}

/// Whether a record is of the channel with this code.
#[diesel::dsl::auto_type]
fn is_of(code: Code) -> _ {
    let own = channels::table.filter(channels::code.eq(code)).select(channels::id);
    usage_records::channel_id.eq_any(own)
}

/// The largest groups of unrated records in scope, at most `limit`.
pub fn unrated_groups(
    connection: &mut AnyConnection,
    scope: Scope,
    filter: &UnratedFilter,
    limit: i64,
) -> QueryResult<Vec<UnratedGroup>> {
    let mut query = usage_records::table
        .filter(usage_records::unrated_cause.is_not_null())
        .group_by((
            usage_records::channel_id,
            usage_records::unrated_cause,
            usage_records::source,
            usage_records::customer_ref,
            usage_records::product_ref,
            usage_records::product_group,
            usage_records::unit,
            usage_records::currency,
            usage_records::customer_id,
            usage_records::product_id,
        ))
        .select((
            usage_records::channel_id,
            usage_records::unrated_cause,
            usage_records::source,
            usage_records::customer_ref,
            max(usage_records::customer_label),
            usage_records::product_ref,
            usage_records::product_group,
            usage_records::unit,
            usage_records::currency,
            usage_records::customer_id,
            usage_records::product_id,
            count_star(),
            exact_sum(usage_records::quantity),
            exact_sum(coalesce(usage_records::list_cost, Cost::ZERO)),
            min(usage_records::day),
            max(usage_records::day),
        ))
        .order((count_star().desc(), usage_records::customer_ref, usage_records::product_ref))
        .limit(limit)
        .into_boxed();
    if let Some(reseller) = scope.reseller() {
        let own = channels::table.filter(channels::reseller_id.eq(reseller)).select(channels::id);
        query = query.filter(usage_records::channel_id.eq_any(own));
    }
    of_channel!(query, usage_records::channel_id, &filter.channel, |code| is_of(code));
    if let Some(cause) = filter.cause {
        query = query.filter(usage_records::unrated_cause.eq(cause));
    }
    query.load(connection)
}

/// A source's name that no customer or product is known by, and how many records wait for it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct WaitingName {
    pub name: String,
    /// The source's label of a customer, or the service of a product; may be empty.
    pub note: Option<String>,
    pub records: i64,
}

/// The records of a channel that came from a source and wait.
#[diesel::dsl::auto_type]
fn waiting_of<'a>(channel: ChannelId, source: &'a str) -> _ {
    usage_records::table
        .filter(usage_records::channel_id.eq(channel))
        .filter(usage_records::source.eq(source))
        .filter(usage_records::unrated_cause.is_not_null())
}

/// The customers' names of a source that wait for a mapping, those with the most records first.
pub fn waiting_customers(
    connection: &mut AnyConnection,
    channel: ChannelId,
    source: &str,
    limit: i64,
) -> QueryResult<Vec<WaitingName>> {
    waiting_of(channel, source)
        .filter(usage_records::customer_id.is_null())
        .group_by(usage_records::customer_ref)
        .select((usage_records::customer_ref, max(usage_records::customer_label), count_star()))
        .order((count_star().desc(), usage_records::customer_ref))
        .limit(limit)
        .load(connection)
}

/// The products' names of a source that wait for a mapping, those with the most records first.
pub fn waiting_products(
    connection: &mut AnyConnection,
    channel: ChannelId,
    source: &str,
    limit: i64,
) -> QueryResult<Vec<WaitingName>> {
    waiting_of(channel, source)
        .filter(usage_records::product_id.is_null())
        .group_by(usage_records::product_ref)
        .select((usage_records::product_ref, max(usage_records::product_group), count_star()))
        .order((count_star().desc(), usage_records::product_ref))
        .limit(limit)
        .load(connection)
}

/// How many records in scope wait, by cause.
pub fn unrated_counts(
    connection: &mut AnyConnection,
    scope: Scope,
    channel: &Named,
) -> QueryResult<Vec<(Option<UnratedCause>, i64)>> {
    let mut query = usage_records::table
        .filter(usage_records::unrated_cause.is_not_null())
        .group_by(usage_records::unrated_cause)
        .select((usage_records::unrated_cause, count_star()))
        .into_boxed();
    if let Some(reseller) = scope.reseller() {
        let own = channels::table.filter(channels::reseller_id.eq(reseller)).select(channels::id);
        query = query.filter(usage_records::channel_id.eq_any(own));
    }
    of_channel!(query, usage_records::channel_id, channel, |code| is_of(code));
    query.load(connection)
}

/// The channels that have records which wait.
pub fn waiting_channels(connection: &mut AnyConnection) -> QueryResult<Vec<ChannelId>> {
    usage_unrated::table.select(usage_unrated::channel_id).distinct().load(connection)
}
