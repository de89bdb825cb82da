//! The catalog's lists, in pages by name.

use diesel::prelude::*;

use super::store::{BUNDLE, BundleRow, PRODUCT, ProductRow, to_product, whole};
use super::{Bundle, BundleKind, BundleState, Product};
use crate::db::AnyConnection;
use crate::db::paging::{Cursor, Slice};
use crate::db::query::contains_pattern;
use crate::db::schema::{bundles, products};
use crate::page_by;
use crate::values::{BundleId, ProductId};

/// Which products to list.
#[derive(Debug, Clone, Default)]
pub struct ProductFilter {
    /// Part of the name or the SKU.
    pub text: String,
    pub category: Option<String>,
}

/// Which bundles to list.
#[derive(Debug, Clone, Default)]
pub struct BundleFilter {
    /// Part of the name or the code.
    pub text: String,
    pub state: Option<BundleState>,
    pub kind: Option<BundleKind>,
}

/// A page of products, by name.
pub fn product_page(
    connection: &mut AnyConnection,
    filter: &ProductFilter,
    cursor: Cursor<ProductId>,
    size: i64,
) -> QueryResult<Slice<Product>> {
    let filtered = || {
        let mut query = products::table.into_boxed();
        if !filter.text.trim().is_empty() {
            let name = contains_pattern(&filter.text);
            let sku = name.to_uppercase();
            let named = products::name_key.like(name).escape('\\');
            query = query.filter(named.or(products::sku.like(sku).escape('\\')));
        }
        if let Some(category) = &filter.category {
            query = query.filter(products::category.eq(category.clone()));
        }
        query
    };
    let count = filtered().count().get_result(connection)?;
    let page = page_by!(connection, filtered(), products::name_key, cursor).limit(size + 1);
    let rows: Vec<ProductRow> = page.select(PRODUCT).load(connection)?;
    Ok(Slice::new(rows, cursor, size, count).map(to_product))
}

/// The categories in use, by name.
pub fn categories(connection: &mut AnyConnection) -> QueryResult<Vec<String>> {
    products::table.select(products::category).distinct().order(products::category).load(connection)
}

/// A page of bundles with their components and charges, by name.
pub fn bundle_page(
    connection: &mut AnyConnection,
    filter: &BundleFilter,
    cursor: Cursor<BundleId>,
    size: i64,
) -> QueryResult<Slice<Bundle>> {
    let filtered = || {
        let mut query = bundles::table.into_boxed();
        if !filter.text.trim().is_empty() {
            let name = contains_pattern(&filter.text);
            let code = name.to_uppercase();
            let named = bundles::name_key.like(name).escape('\\');
            query = query.filter(named.or(bundles::code.like(code).escape('\\')));
        }
        if let Some(state) = filter.state {
            query = query.filter(bundles::state.eq(state));
        }
        if let Some(kind) = filter.kind {
            query = query.filter(bundles::kind.eq(kind));
        }
        query
    };
    let count = filtered().count().get_result(connection)?;
    let page = page_by!(connection, filtered(), bundles::name_key, cursor).limit(size + 1);
    let rows: Vec<BundleRow> = page.select(BUNDLE).load(connection)?;
    let slice = Slice::new(rows, cursor, size, count);
    let rows = whole(connection, slice.rows)?;
    Ok(Slice { rows, has_earlier: slice.has_earlier, has_later: slice.has_later, count })
}
