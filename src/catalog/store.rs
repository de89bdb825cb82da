//! Reads the catalog: products, and bundles with their components and charges.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::result::Error as QueryError;

use super::{
    Bundle, BundleKind, BundleState, Charge, ChargeKind, ChargeModel, Component, PriceConcern, Product,
};
use crate::db::AnyConnection;
use crate::db::query::among;
use crate::db::schema::{bundle_components, bundles, charge_tiers, charges, products};
use crate::values::{BundleId, ChargeId, ProductId, Quantity};

crate::text_columns!(BundleKind, BundleState, ChargeKind, ChargeModel, PriceConcern);

pub(super) type ProductRow = (ProductId, String, String, String, String, bool);
type ProductColumns =
    (products::id, products::sku, products::name, products::category, products::unit, products::metered);

pub(super) const PRODUCT: ProductColumns =
    (products::id, products::sku, products::name, products::category, products::unit, products::metered);

pub(super) type BundleRow = (BundleId, String, String, String, BundleKind, BundleState);
type BundleColumns =
    (bundles::id, bundles::code, bundles::name, bundles::description, bundles::kind, bundles::state);

pub(super) const BUNDLE: BundleColumns =
    (bundles::id, bundles::code, bundles::name, bundles::description, bundles::kind, bundles::state);

type ComponentRow = (BundleId, Option<ProductId>, Option<BundleId>, Quantity);
type ChargeRow = (BundleId, ChargeId, ChargeKind, ChargeModel, Option<ProductId>, i64, Option<Quantity>);

pub(super) fn to_product((id, sku, name, category, unit, metered): ProductRow) -> Product {
    Product { id, sku, name, category, unit, metered }
}

fn to_component((_, product, member, included): ComponentRow) -> Option<Component> {
    match (product, member) {
        (Some(product), _) => Some(Component::Product { product, included }),
        (None, Some(member)) => Some(Component::Bundle(member)),
        (None, None) => None,
    }
}

fn to_charge((_, id, kind, model, product, position, package): ChargeRow, edges: Vec<Quantity>) -> Charge {
    Charge { id, kind, model, product, position, edges, package }
}

/// Every product, by name.
pub fn products(connection: &mut AnyConnection) -> QueryResult<Vec<Product>> {
    let rows: Vec<ProductRow> =
        products::table.order((products::name_key, products::sku)).select(PRODUCT).load(connection)?;
    Ok(rows.into_iter().map(to_product).collect())
}

/// A product; `NotFound` when there is none.
pub fn product(connection: &mut AnyConnection, id: ProductId) -> QueryResult<Product> {
    products::table.find(id).select(PRODUCT).first::<ProductRow>(connection).map(to_product)
}

/// Every bundle with its components and charges, by name.
pub fn bundles(connection: &mut AnyConnection) -> QueryResult<Vec<Bundle>> {
    let rows = bundles::table.order((bundles::name_key, bundles::code)).select(BUNDLE).load(connection)?;
    whole(connection, rows)
}

/// Some bundles with their components and charges, by name.
pub fn some_bundles(connection: &mut AnyConnection, ids: &[BundleId]) -> QueryResult<Vec<Bundle>> {
    let some = bundles::table.filter(among(bundles::id, ids.iter().copied()));
    let rows = some.order((bundles::name_key, bundles::code)).select(BUNDLE).load(connection)?;
    whole(connection, rows)
}

/// A bundle with its components and charges; `NotFound` when there is none.
pub fn bundle(connection: &mut AnyConnection, id: BundleId) -> QueryResult<Bundle> {
    let row = bundles::table.find(id).select(BUNDLE).first(connection)?;
    whole(connection, vec![row])?.pop().ok_or(QueryError::NotFound)
}

/// How many units a month one unit of a bundle includes, by product; a package's is the sum of its members'.
pub fn included(connection: &mut AnyConnection, id: BundleId) -> QueryResult<BTreeMap<ProductId, Quantity>> {
    let bundle = bundle(connection, id)?;
    let mut parts = bundle.components.clone();
    for component in &bundle.components {
        if let Component::Bundle(member) = component {
            parts.extend(self::bundle(connection, *member)?.components);
        }
    }
    super::included::total(&parts).map_err(|error| QueryError::DeserializationError(error.into()))
}

/// Adds the components and charges to rows of bundles, in the rows' order.
pub(super) fn whole(connection: &mut AnyConnection, rows: Vec<BundleRow>) -> QueryResult<Vec<Bundle>> {
    let ids: Vec<_> = rows.iter().map(|row| row.0).collect();
    let parts: Vec<ComponentRow> = {
        use bundle_components::{bundle_id, id, included, member_id, product_id, table};
        let columns = (bundle_id, product_id, member_id, included);
        table.filter(among(bundle_id, ids.iter().copied())).order(id).select(columns).load(connection)?
    };
    let dues: Vec<ChargeRow> = {
        use charges::{bundle_id, id, kind, model, package_size, position, product_id, table};
        let columns = (bundle_id, id, kind, model, product_id, position, package_size);
        table
            .filter(among(bundle_id, ids.iter().copied()))
            .order(position)
            .select(columns)
            .load(connection)?
    };
    let edges = edges(connection, &ids)?;
    Ok(joined(rows, parts, dues, edges))
}

type Edges = BTreeMap<ChargeId, Vec<Quantity>>;

fn edges(connection: &mut AnyConnection, ids: &[BundleId]) -> QueryResult<Edges> {
    let rows: Vec<(ChargeId, Quantity)> = charge_tiers::table
        .inner_join(charges::table.on(charges::id.eq(charge_tiers::charge_id)))
        .filter(among(charges::bundle_id, ids.iter().copied()))
        .order((charge_tiers::charge_id, charge_tiers::tier))
        .select((charge_tiers::charge_id, charge_tiers::up_to))
        .load(connection)?;
    let mut edges = Edges::new();
    for (charge, up_to) in rows {
        edges.entry(charge).or_default().push(up_to);
    }
    Ok(edges)
}

fn joined(
    found: Vec<BundleRow>,
    parts: Vec<ComponentRow>,
    dues: Vec<ChargeRow>,
    mut edges: Edges,
) -> Vec<Bundle> {
    let mut components: BTreeMap<BundleId, Vec<Component>> = BTreeMap::new();
    for row in parts {
        components.entry(row.0).or_default().extend(to_component(row));
    }
    let mut charges: BTreeMap<BundleId, Vec<Charge>> = BTreeMap::new();
    for row in dues {
        charges.entry(row.0).or_default().push(to_charge(row, edges.remove(&row.1).unwrap_or_default()));
    }
    let bundle = |(id, code, name, description, kind, state): BundleRow| Bundle {
        id,
        code,
        name,
        description,
        kind,
        state,
        components: components.remove(&id).unwrap_or_default(),
        charges: charges.remove(&id).unwrap_or_default(),
    };
    found.into_iter().map(bundle).collect()
}
