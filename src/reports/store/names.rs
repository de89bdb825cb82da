//! The names of what a report shows, and of what it can be narrowed to.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use super::Within;
use crate::catalog::BundleState;
use crate::channels::choice::Choice;
use crate::db::AnyConnection;
use crate::db::query::among;
use crate::db::schema::{
    bundles, channel_bundles, channel_currencies, channels, charges, customers, products, resellers,
    revenue_totals,
};
use crate::reports::Group;
use crate::values::{BundleId, ChannelId, Currency, CustomerId, ProductId, Scope};
use crate::within;

/// More of a re-seller's customers than these are not offered one by one.
const OFFERED: i64 = 100;

/// A channel as reports name it.
#[derive(Debug, Clone, Queryable)]
pub struct ChannelName {
    pub reseller: String,
    pub name: String,
    pub code: String,
}

/// A product as reports name it.
#[derive(Debug, Clone, Queryable)]
pub struct ProductName {
    pub name: String,
    pub sku: String,
    pub category: String,
}

/// The names of everything that some rows can be about.
pub struct Names {
    pub channels: HashMap<ChannelId, ChannelName>,
    /// Name and code.
    pub bundles: HashMap<BundleId, (String, String)>,
    pub products: HashMap<ProductId, ProductName>,
    /// Name and the re-seller's own id; only where rows stand for customers.
    pub customers: HashMap<CustomerId, (String, String)>,
}

impl Names {
    /// The catalog's names alone, for rows of no channel in particular.
    pub fn of_catalog(connection: &mut AnyConnection) -> QueryResult<Self> {
        let bundles =
            bundles::table
                .select((bundles::id, (bundles::name, bundles::code)))
                .load::<(BundleId, (String, String))>(connection)?;
        let products = products::table
            .select((products::id, (products::name, products::sku, products::category)))
            .load::<(ProductId, ProductName)>(connection)?;
        Ok(Self {
            channels: HashMap::new(),
            bundles: bundles.into_iter().collect(),
            products: products.into_iter().collect(),
            customers: HashMap::new(),
        })
    }

    /// The names of what is sold in those channels.
    pub fn of(connection: &mut AnyConnection, within: &Within, group: Group) -> QueryResult<Self> {
        let all = channels::table
            .inner_join(resellers::table.on(resellers::id.eq(channels::reseller_id)))
            .select((channels::id, (resellers::name, channels::name, channels::code)))
            .into_boxed();
        let named = within!(all, channels::id, within).load::<(ChannelId, ChannelName)>(connection)?;
        let names = Self::of_parts(connection, within, group)?;
        Ok(Self { channels: named.into_iter().collect(), ..names })
    }

    /// The same without the channels' own, for rows of all of them together.
    pub fn of_parts(connection: &mut AnyConnection, within: &Within, group: Group) -> QueryResult<Self> {
        let mut names = Self::of_catalog(connection)?;
        if group == Group::Customer {
            let all = customers::table
                .select((customers::id, (customers::name, customers::external_id)))
                .into_boxed();
            let named = within!(all, customers::channel_id, within);
            names.customers = named.load::<(CustomerId, (String, String))>(connection)?.into_iter().collect();
        }
        Ok(names)
    }
}

/// What the filter bar offers: values and words.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// With the code of the one channel that the report is about.
    pub channel: Choice,
    pub bundles: Vec<(String, String)>,
    pub products: Vec<(String, String)>,
    pub customers: Vec<(String, String)>,
    pub currencies: Vec<(String, String)>,
}

type Bundles = Vec<(BundleId, String)>;

impl Choices {
    /// For root: everything that was ever on sale. For a re-seller: what its own channel sells and what its usage is
    /// charged for; the rest of the catalog is the provider's.
    pub fn of(connection: &mut AnyConnection, within: &Within, scope: Scope) -> QueryResult<Self> {
        let bundles = if scope == Scope::Root { on_sale(connection)? } else { sold(connection, within)? };
        let ids: Vec<BundleId> = bundles.iter().map(|(id, _)| *id).collect();
        let charged: Vec<(ProductId, String)> = products::table
            .inner_join(charges::table.on(charges::product_id.eq(products::id.nullable())))
            .filter(among(charges::bundle_id, ids))
            .order((products::name, products::id))
            .select((products::id, products::name))
            .distinct()
            .load(connection)?;
        let code = only_channel(connection, within)?;
        Ok(Self {
            channel: Choice::of(connection, scope, &code)?,
            bundles: worded(bundles),
            products: worded(charged),
            customers: worded(customers(connection, within)?),
            currencies: worded(
                currencies(connection, within)?.into_iter().map(|code| (code, code.to_string())),
            ),
        })
    }
}

fn worded<I: ToString>(named: impl IntoIterator<Item = (I, String)>) -> Vec<(String, String)> {
    named.into_iter().map(|(id, name)| (id.to_string(), name)).collect()
}

fn on_sale(connection: &mut AnyConnection) -> QueryResult<Bundles> {
    bundles::table
        .filter(bundles::state.ne(BundleState::Draft))
        .order((bundles::name_key, bundles::id))
        .select((bundles::id, bundles::name))
        .load(connection)
}

fn sold(connection: &mut AnyConnection, within: &Within) -> QueryResult<Bundles> {
    let all = channel_bundles::table
        .inner_join(bundles::table.on(bundles::id.eq(channel_bundles::bundle_id)))
        .order((bundles::name_key, bundles::id))
        .select((bundles::id, bundles::name))
        .into_boxed();
    let mut sold: Bundles = within!(all, channel_bundles::channel_id, within).load(connection)?;
    sold.dedup();
    Ok(sold)
}

fn only_channel(connection: &mut AnyConnection, within: &Within) -> QueryResult<String> {
    match within {
        Within::These(ids) if ids.len() == 1 => channels::table
            .filter(among(channels::id, ids.iter().copied()))
            .select(channels::code)
            .first(connection),
        _ => Ok(String::new()),
    }
}

/// The customers of one channel.
fn customers(connection: &mut AnyConnection, within: &Within) -> QueryResult<Vec<(CustomerId, String)>> {
    let Within::These(channels) = within else { return Ok(Vec::new()) };
    let named: Vec<(CustomerId, String)> = customers::table
        .filter(among(customers::channel_id, channels.iter().copied()))
        .order((customers::name_key, customers::id))
        .select((customers::id, customers::name))
        .limit(OFFERED + 1)
        .load(connection)?;
    Ok(few(named))
}

/// All, or none when they are too many to choose from.
fn few<T>(named: Vec<T>) -> Vec<T> {
    if i64::try_from(named.len()).is_ok_and(|count| count <= OFFERED) { named } else { Vec::new() }
}

/// In which something was charged, or can be.
fn currencies(connection: &mut AnyConnection, within: &Within) -> QueryResult<BTreeSet<Currency>> {
    let codes: Vec<Currency> = match within {
        Within::All => revenue_totals::table.select(revenue_totals::currency).distinct().load(connection)?,
        Within::These(channels) => channel_currencies::table
            .filter(among(channel_currencies::channel_id, channels.iter().copied()))
            .select(channel_currencies::currency)
            .distinct()
            .load(connection)?,
    };
    Ok(codes.into_iter().collect())
}
