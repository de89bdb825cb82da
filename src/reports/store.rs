//! What the reports are made of, from roll-ups and charge lines, bound to the scope.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use diesel::dsl::sum;
use diesel::prelude::*;

use super::revenue::{Charged, Money};
use super::usage::{Labels, Used};
use super::{Filter, Group, revenue, usage};
use crate::catalog::{self, Bundle, Product};
use crate::channels::{self, Channel};
use crate::customers::{self, Customer};
use crate::db::AnyConnection;
use crate::db::columns::exact_sum;
use crate::db::schema::{charge_lines as l, rated_months, subscriptions, usage_daily as u};
use crate::rating::ChargeLine;
use crate::values::{
    Amount, BundleId, ChannelId, Currency, CustomerId, Month, OutOfRange, ProductId, Quantity, Scope,
    SubscriptionId, Timestamp,
};

/// The names of everything a report shows.
pub struct Names {
    pub channels: Vec<Channel>,
    pub bundles: Vec<Bundle>,
    pub products: Vec<Product>,
    pub customers: Vec<Customer>,
    /// What the channels sell or have sold.
    pub sold: BTreeSet<BundleId>,
}

impl Names {
    fn channel(&self, id: ChannelId) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.id == id)
    }
}

/// Channels and customers in scope, and the whole catalog.
pub fn names(connection: &mut AnyConnection, scope: Scope) -> QueryResult<Names> {
    let channels = channels::store::list(connection, scope)?;
    let (mut customers, mut sold) = (Vec::new(), BTreeSet::new());
    for channel in &channels {
        customers.extend(customers::store::customers_of(connection, channel.id)?);
        sold.extend(channels::store::bundles(connection, channel.id)?.into_iter().map(|one| one.bundle));
    }
    let (bundles, products) = (catalog::store::bundles(connection)?, catalog::store::products(connection)?);
    Ok(Names { channels, bundles, products, customers, sold })
}

/// The channels that the filter leaves: in scope, of the re-seller, the channel asked for.
fn chosen(names: &Names, filter: &Filter) -> Vec<ChannelId> {
    names
        .channels
        .iter()
        .filter(|channel| filter.reseller.is_none_or(|reseller| reseller == channel.reseller))
        .filter(|channel| filter.channel.is_none_or(|id| id == channel.id))
        .map(|channel| channel.id)
        .collect()
}

/// The rows of the Product Usage Report.
pub fn usage(connection: &mut AnyConnection, names: &Names, filter: &Filter) -> QueryResult<Vec<usage::Row>> {
    let used = used(connection, names, filter)?;
    usage::rows(used, filter).map_err(out_of_range)
}

fn used(connection: &mut AnyConnection, names: &Names, filter: &Filter) -> QueryResult<Vec<Used>> {
    type Row = (ChannelId, SubscriptionId, ProductId, String, Option<NaiveDate>, Option<Quantity>);
    let days = filter.days();
    let by_time = matches!(filter.group, Group::Day | Group::Week | Group::Month);
    let channels = chosen(names, filter);
    let rows: Vec<Row> = if by_time {
        u::table
            .filter(u::channel_id.eq_any(&channels))
            .filter(u::day.ge(days.from))
            .filter(u::day.lt(days.until))
            .group_by((u::channel_id, u::subscription_id, u::product_id, u::unit, u::day))
            .select((
                u::channel_id,
                u::subscription_id,
                u::product_id,
                u::unit,
                u::day.nullable(),
                exact_sum(u::quantity),
            ))
            .load(connection)?
    } else {
        u::table
            .filter(u::channel_id.eq_any(&channels))
            .filter(u::day.ge(days.from))
            .filter(u::day.lt(days.until))
            .group_by((u::channel_id, u::subscription_id, u::product_id, u::unit))
            .select((u::channel_id, u::subscription_id, u::product_id, u::unit, exact_sum(u::quantity)))
            .load::<(ChannelId, SubscriptionId, ProductId, String, Option<Quantity>)>(connection)?
            .into_iter()
            .map(|(channel, subscription, product, unit, sum)| {
                (channel, subscription, product, unit, None, sum)
            })
            .collect()
    };
    let sold = sold(connection, &channels)?;
    let labels = Lookup::new(names);
    Ok(rows
        .into_iter()
        .filter_map(|(channel, subscription, product, unit, day, quantity)| {
            let (bundle, customer) = *sold.get(&subscription)?;
            let is_asked = filter.bundle.is_none_or(|id| id == bundle)
                && filter.product.is_none_or(|id| id == product)
                && filter.customer.is_none_or(|id| id == customer);
            let labels = is_asked.then(|| labels.of(names, channel, bundle, product, customer, unit))??;
            Some(Used { labels, day, quantity: quantity? })
        })
        .collect())
}

/// Each subscription's bundle and customer.
fn sold(
    connection: &mut AnyConnection,
    channels: &[ChannelId],
) -> QueryResult<HashMap<SubscriptionId, (BundleId, CustomerId)>> {
    let rows: Vec<(SubscriptionId, BundleId, CustomerId)> = subscriptions::table
        .filter(subscriptions::channel_id.eq_any(channels))
        .select((subscriptions::id, subscriptions::bundle_id, subscriptions::customer_id))
        .load(connection)?;
    Ok(rows.into_iter().map(|(id, bundle, customer)| (id, (bundle, customer))).collect())
}

/// Names by id.
struct Lookup<'n> {
    bundles: HashMap<BundleId, &'n Bundle>,
    products: HashMap<ProductId, &'n Product>,
    customers: HashMap<CustomerId, &'n Customer>,
}

impl<'n> Lookup<'n> {
    fn new(names: &'n Names) -> Self {
        Self {
            bundles: names.bundles.iter().map(|bundle| (bundle.id, bundle)).collect(),
            products: names.products.iter().map(|product| (product.id, product)).collect(),
            customers: names.customers.iter().map(|customer| (customer.id, customer)).collect(),
        }
    }

    fn of(
        &self,
        names: &Names,
        channel: ChannelId,
        bundle: BundleId,
        product: ProductId,
        customer: CustomerId,
        unit: String,
    ) -> Option<Labels> {
        let (channel, product) = (names.channel(channel)?, self.products.get(&product)?);
        Some(Labels {
            reseller: channel.reseller_name.clone(),
            channel_name: channel.name.clone(),
            channel_code: channel.code.to_string(),
            customer: self.customers.get(&customer)?.name.clone(),
            bundle: self.bundles.get(&bundle)?.name.clone(),
            product: product.name.clone(),
            sku: product.sku.clone(),
            category: product.category.clone(),
            unit,
        })
    }
    /// The name and the code of what a sum belongs to.
    fn group(&self, key: &Key, group: Group) -> Option<(String, String)> {
        let (_, month, _, bundle, product, customer, kind) = key;
        let (Some(bundle), Some(customer)) = (bundle, customer) else {
            let code = if group == Group::ChargeType { kind.clone() } else { String::new() };
            let is_timed = matches!(group, Group::Day | Group::Week | Group::Month);
            let name = if is_timed { month.to_string() } else { kind_words(kind).to_owned() };
            return Some((name, code));
        };
        match group {
            Group::Bundle => self.bundles.get(bundle).map(|one| (one.name.clone(), one.code.to_string())),
            Group::Product => match product {
                Some(product) => {
                    self.products.get(product).map(|one| (one.name.clone(), one.sku.to_string()))
                }
                None => Some(("Without product".into(), String::new())),
            },
            Group::Customer => {
                self.customers.get(customer).map(|one| (one.name.clone(), one.external_id.clone()))
            }
            Group::ChargeType => Some((kind_words(kind).to_owned(), kind.clone())),
            Group::Day | Group::Week | Group::Month => Some((month.to_string(), String::new())),
        }
    }
}

/// The rows of the Revenue Report.
pub fn revenue(
    connection: &mut AnyConnection,
    names: &Names,
    filter: &Filter,
) -> QueryResult<Vec<revenue::Row>> {
    let charged = charged(connection, names, filter)?;
    revenue::rows(charged, filter).map_err(out_of_range)
}

/// What charge lines are added up by.
type Key = (ChannelId, Month, Currency, Option<BundleId>, Option<ProductId>, Option<CustomerId>, String);
/// Gross, credits, the re-seller's share and the provider's.
type Sums = (Option<Amount>, Option<Amount>, Option<Amount>, Option<Amount>);

/// What was charged in each month, by what the report is grouped by.
pub fn charged(connection: &mut AnyConnection, names: &Names, filter: &Filter) -> QueryResult<Vec<Charged>> {
    let rows = sums(connection, names, filter)?;
    let lookup = Lookup::new(names);
    let charged = rows.into_iter().filter_map(|(key, sums)| {
        let channel = names.channel(key.0)?;
        let (name, code) = lookup.group(&key, filter.group)?;
        Some(money(sums).map(|money| Charged {
            reseller: channel.reseller_name.clone(),
            channel_name: channel.name.clone(),
            channel_code: channel.code.to_string(),
            name,
            code,
            month: key.1,
            currency: key.2,
            money,
        }))
    });
    charged.collect::<Result<Vec<_>, _>>().map_err(out_of_range)
}

/// Charge lines added up by everything that a report can ask for.
fn sums(connection: &mut AnyConnection, names: &Names, filter: &Filter) -> QueryResult<Vec<(Key, Sums)>> {
    let channels = chosen(names, filter);
    let mut query = l::table
        .filter(l::channel_id.eq_any(&channels))
        .filter(l::month.between(filter.from, filter.to))
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
            (l::channel_id, l::month, l::currency, l::bundle_id, l::product_id, l::customer_id, l::kind),
            (sum(l::gross), sum(l::credited), sum(l::reseller_share), sum(l::provider_share)),
        ))
        .into_boxed();
    if let Some(currency) = filter.currency {
        query = query.filter(l::currency.eq(currency));
    }
    if let Some(bundle) = filter.bundle {
        query = query.filter(l::bundle_id.eq(bundle));
    }
    if let Some(product) = filter.product {
        query = query.filter(l::product_id.eq(product));
    }
    if let Some(customer) = filter.customer {
        query = query.filter(l::customer_id.eq(customer));
    }
    query.load(connection)
}

/// What names a row of the Revenue Report, beside its filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowName {
    pub channel_code: String,
    pub name: String,
    pub code: String,
    pub currency: Currency,
}

/// The charge lines behind a row of the Revenue Report, or behind all of it: they add up to its amounts.
pub fn lines(
    connection: &mut AnyConnection,
    names: &Names,
    filter: &Filter,
    row: Option<&RowName>,
) -> QueryResult<Vec<ChargeLine>> {
    let lines: Vec<ChargeLine> = l::table
        .filter(l::channel_id.eq_any(chosen(names, filter)))
        .filter(l::month.between(filter.from, filter.to))
        .order((l::month, l::channel_id, l::currency, l::position, l::id))
        .load(connection)?;
    let lookup = Lookup::new(names);
    let is_asked = |line: &ChargeLine| {
        filter.currency.is_none_or(|currency| currency == line.currency)
            && filter.bundle.is_none_or(|bundle| Some(bundle) == line.bundle_id)
            && filter.product.is_none_or(|product| Some(product) == line.product_id)
            && filter.customer.is_none_or(|customer| Some(customer) == line.customer_id)
    };
    let is_in_row = |line: &ChargeLine, row: &RowName| {
        let (ids, kind) = ((line.bundle_id, line.product_id, line.customer_id), line.kind.clone());
        let key = (line.channel_id, line.month, line.currency, ids.0, ids.1, ids.2, kind);
        let code = names.channel(line.channel_id).map(|channel| channel.code.as_str());
        let name = lookup.group(&key, filter.group);
        row.currency == line.currency
            && code == Some(row.channel_code.as_str())
            && name.is_some_and(|(name, code)| name == row.name && code == row.code)
    };
    Ok(lines
        .into_iter()
        .filter(|line| is_asked(line) && row.is_none_or(|row| is_in_row(line, row)))
        .collect())
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

fn money((gross, credits, reseller_share, provider_share): Sums) -> Result<Money, OutOfRange> {
    let (gross, credits) = (gross.unwrap_or_default(), credits.unwrap_or_default());
    Ok(Money {
        gross,
        credits,
        net: gross.checked_sub(credits)?,
        reseller_share: reseller_share.unwrap_or_default(),
        provider_share: provider_share.unwrap_or_default(),
    })
}

/// When the report's months were last rated.
pub fn rated_at(
    connection: &mut AnyConnection,
    names: &Names,
    filter: &Filter,
) -> QueryResult<Option<Timestamp>> {
    rated_months::table
        .filter(rated_months::channel_id.eq_any(chosen(names, filter)))
        .filter(rated_months::month.between(filter.from, filter.to))
        .select(diesel::dsl::max(rated_months::rated_at))
        .first(connection)
}

fn out_of_range(error: OutOfRange) -> diesel::result::Error {
    diesel::result::Error::DeserializationError(error.into())
}
