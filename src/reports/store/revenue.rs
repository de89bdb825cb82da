//! The Revenue Report's figures, from charge lines and from the sums that are kept beside them.

use diesel::dsl::sum;
use diesel::prelude::*;

use super::names::Names;
use super::{Within, out_of_range};
use crate::db::AnyConnection;
use crate::db::schema::{charge_lines as l, rated_months, revenue_totals as t};
use crate::reports::revenue::{Charged, Money, Row, rows};
use crate::reports::{Filter, Group};
use crate::values::{
    Amount, BundleId, ChannelId, Currency, CustomerId, Month, OutOfRange, ProductId, Timestamp,
};
use crate::within;

/// What charge lines are added up by beside their channel.
pub(super) type Key = (Month, Currency, Option<BundleId>, Option<ProductId>, Option<CustomerId>, String);
/// Gross, credits, the re-seller's share and the provider's.
pub(super) type Sums = (Option<Amount>, Option<Amount>, Option<Amount>, Option<Amount>);

/// Narrows a boxed query of charge lines to the filter.
macro_rules! asked {
    ($query:expr, $filter:expr, $within:expr) => {{
        let mut query = $query.filter(l::month.between($filter.from, $filter.to));
        if let Some(currency) = $filter.currency {
            query = query.filter(l::currency.eq(currency));
        }
        if let Some(bundle) = $filter.bundle {
            query = query.filter(l::bundle_id.eq(bundle));
        }
        if let Some(product) = $filter.product {
            query = query.filter(l::product_id.eq(product));
        }
        if let Some(customer) = $filter.customer {
            query = query.filter(l::customer_id.eq(customer));
        }
        within!(query, l::channel_id, $within)
    }};
}
pub(super) use asked;

/// The rows of the Revenue Report of those channels.
pub fn revenue(connection: &mut AnyConnection, within: &Within, filter: &Filter) -> QueryResult<Vec<Row>> {
    let names = Names::of(connection, within, filter.group)?;
    let key = (l::month, l::currency, l::bundle_id, l::product_id, l::customer_id, l::kind);
    let sums = l::table
        .group_by((
            l::channel_id,
            l::month,
            l::currency,
            l::bundle_id,
            l::product_id,
            l::customer_id,
            l::kind,
        ))
        .select((
            (l::channel_id, key),
            (sum(l::gross), sum(l::credited), sum(l::reseller_share), sum(l::provider_share)),
        ))
        .into_boxed();
    let sums: Vec<((ChannelId, Key), Sums)> = asked!(sums, filter, within).load(connection)?;
    let charged = sums.into_iter().filter_map(|((channel, key), sums)| {
        let channel = names.channels.get(&channel)?;
        let one = charged(&names, key, sums, filter.group)?;
        Some(one.map(|one| Charged {
            reseller: channel.reseller.clone(),
            channel_name: channel.name.clone(),
            channel_code: channel.code.clone(),
            ..one
        }))
    });
    let charged = charged.collect::<Result<Vec<_>, _>>().map_err(out_of_range)?;
    rows(charged, filter).map_err(out_of_range)
}

/// What was charged in each month of all those channels together, by what the report is grouped by; names no channel.
pub fn by_month(
    connection: &mut AnyConnection,
    within: &Within,
    filter: &Filter,
) -> QueryResult<Vec<Charged>> {
    let names = Names::of_parts(connection, within, filter.group)?;
    let asks_for_customers = filter.group == Group::Customer || filter.customer.is_some();
    let sums = if *within == Within::All && !asks_for_customers {
        of_everybody(connection, filter)?
    } else {
        let key = (l::month, l::currency, l::bundle_id, l::product_id, l::customer_id, l::kind);
        let sums = l::table
            .group_by(key)
            .select((key, (sum(l::gross), sum(l::credited), sum(l::reseller_share), sum(l::provider_share))))
            .into_boxed();
        asked!(sums, filter, within).load::<(Key, Sums)>(connection)?
    };
    let charged = sums.into_iter().filter_map(|(key, sums)| charged(&names, key, sums, filter.group));
    charged.collect::<Result<_, _>>().map_err(out_of_range)
}

/// The sums of all channels, without customers.
fn of_everybody(connection: &mut AnyConnection, filter: &Filter) -> QueryResult<Vec<(Key, Sums)>> {
    type Row = ((Month, Currency, BundleId, ProductId, String), Sums, Option<i64>);
    let key = (t::month, t::currency, t::bundle_id, t::product_id, t::kind);
    let mut query = t::table
        .filter(t::month.between(filter.from, filter.to))
        .group_by(key)
        .select((
            key,
            (sum(t::gross), sum(t::credited), sum(t::reseller_share), sum(t::provider_share)),
            diesel::dsl::max(t::line_count),
        ))
        .into_boxed();
    if let Some(currency) = filter.currency {
        query = query.filter(t::currency.eq(currency));
    }
    if let Some(bundle) = filter.bundle {
        query = query.filter(t::bundle_id.eq(bundle));
    }
    if let Some(product) = filter.product {
        query = query.filter(t::product_id.eq(product));
    }
    let rows: Vec<Row> = query.load(connection)?;
    let has_lines = |row: &Row| row.2.is_some_and(|count| count > 0);
    let sums =
        rows.into_iter().filter(has_lines).map(|((month, currency, bundle, product, kind), sums, _)| {
            ((month, currency, bundle.or_none(), product.or_none(), None, kind), sums)
        });
    Ok(sums.collect())
}

/// A sum with its name; nothing when what it is about has none.
fn charged(names: &Names, key: Key, sums: Sums, group: Group) -> Option<Result<Charged, OutOfRange>> {
    let (name, code) = named(names, &key, group)?;
    let (month, currency, ..) = key;
    Some(money(sums).map(|money| Charged {
        reseller: String::new(),
        channel_name: String::new(),
        channel_code: String::new(),
        name,
        code,
        month,
        currency,
        money,
    }))
}

/// The name and the code of what a sum belongs to. Commitment and cap belong to a channel alone.
pub(super) fn named(names: &Names, key: &Key, group: Group) -> Option<(String, String)> {
    let (month, _, bundle, product, customer, kind) = key;
    let is_timed = matches!(group, Group::Day | Group::Week | Group::Month);
    let Some(bundle) = bundle else {
        let code = if group == Group::ChargeType { kind.clone() } else { String::new() };
        let name = if is_timed { month.to_string() } else { kind_words(kind).to_owned() };
        return Some((name, code));
    };
    match group {
        Group::Bundle => names.bundles.get(bundle).cloned(),
        Group::Product => match product {
            Some(product) => names.products.get(product).map(|one| (one.name.clone(), one.sku.clone())),
            None => Some(("Without product".into(), String::new())),
        },
        Group::Customer => names.customers.get(customer.as_ref()?).cloned(),
        Group::ChargeType => Some((kind_words(kind).to_owned(), kind.clone())),
        Group::Day | Group::Week | Group::Month => Some((month.to_string(), String::new())),
    }
}

fn kind_words(kind: &str) -> &'static str {
    match kind {
        "one_time" => "One-time",
        "recurring" => "Recurring",
        "commitment" => "Minimum commitment",
        "cap" => "Cap",
        _ => "Usage",
    }
}

pub(super) fn money((gross, credits, reseller_share, provider_share): Sums) -> Result<Money, OutOfRange> {
    let (gross, credits) = (gross.unwrap_or_default(), credits.unwrap_or_default());
    Ok(Money {
        gross,
        credits,
        net: gross.checked_sub(credits)?,
        reseller_share: reseller_share.unwrap_or_default(),
        provider_share: provider_share.unwrap_or_default(),
    })
}

/// When the report's last month was last rated.
pub fn rated_at(
    connection: &mut AnyConnection,
    within: &Within,
    filter: &Filter,
) -> QueryResult<Option<Timestamp>> {
    let newest = rated_months::table
        .filter(rated_months::month.eq(filter.to))
        .select(diesel::dsl::max(rated_months::rated_at))
        .into_boxed();
    within!(newest, rated_months::channel_id, within).first(connection)
}
