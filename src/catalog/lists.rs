//! The catalog's lists.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::store::{BUNDLE, BundleRow, PRODUCT, ProductRow, to_product, whole};
use super::{Bundle, BundleKind, BundleState, PriceVersion, Product, price_store};
use crate::db::AnyConnection;
use crate::db::paging::{Listing, Order, Place, SortKey};
use crate::db::query::{contains_pattern, lower};
use crate::db::schema::{bundles, products};
use crate::values::{BundleId, ProductId};
use crate::{count_of, page_by, text_enum};

text_enum! {
    /// What the list of products is sorted by.
    pub enum ProductKey {
        Name => "name",
        Category => "category",
        Unit => "unit",
        Metered => "use",
    }
}

impl SortKey for ProductKey {
    const DEFAULT: Order<Self> = Order::ascending(Self::Name);
}

text_enum! {
    /// What the list of bundles is sorted by.
    pub enum BundleKey { Name => "name", Kind => "kind", State => "state" }
}

impl SortKey for BundleKey {
    const DEFAULT: Order<Self> = Order::ascending(Self::Name);
}

/// The products; a filter that is not set leaves all.
#[derive(Debug, Clone, Default)]
pub struct Products {
    /// Part of the name or the SKU.
    pub text: String,
    pub category: Option<String>,
}

/// The bundles with their components and charges; a filter that is not set leaves all.
#[derive(Debug, Clone)]
pub struct Bundles {
    /// Part of the name or the code.
    pub text: String,
    pub state: Option<BundleState>,
    pub kind: Option<BundleKind>,
    pub today: NaiveDate,
}

/// A bundle in the list.
#[derive(Debug, Clone)]
pub struct ListedBundle {
    pub bundle: Bundle,
    /// Its reference prices, in every currency and of all times.
    pub versions: Vec<PriceVersion>,
    pub today: NaiveDate,
}

impl Products {
    fn filtered(&self) -> products::BoxedQuery<'_, crate::db::MultiBackend> {
        let mut query = products::table.into_boxed();
        if !self.text.trim().is_empty() {
            let pattern = contains_pattern(&self.text);
            let named = products::name_key.like(pattern.clone()).escape('\\');
            query = query.filter(named.or(lower(products::sku).like(pattern).escape('\\')));
        }
        if let Some(category) = &self.category {
            query = query.filter(products::category.eq(category));
        }
        query
    }
}

impl Listing for Products {
    type Id = ProductId;
    type Key = ProductKey;
    type Row = Product;

    fn id(row: &Product) -> ProductId {
        row.id
    }

    fn count(&self, connection: &mut AnyConnection) -> QueryResult<i64> {
        count_of!(connection, self.filtered(), products::id)
    }

    fn rows(
        &self,
        connection: &mut AnyConnection,
        at: Place<ProductId, ProductKey>,
        limit: i64,
    ) -> QueryResult<Vec<Product>> {
        macro_rules! by {
            ($key:expr => $kind:ty) => { page_by!(connection, self.filtered(), at, products::id, $key => $kind) };
        }
        let page = match at.order.by {
            ProductKey::Name => by!(products::name_key => String),
            ProductKey::Category => by!(lower(products::category) => String),
            ProductKey::Unit => by!(lower(products::unit) => String),
            ProductKey::Metered => by!(products::metered => bool),
        };
        let rows: Vec<ProductRow> = page.limit(limit).select(PRODUCT).load(connection)?;
        Ok(rows.into_iter().map(to_product).collect())
    }
}

/// The categories in use, by name.
pub fn categories(connection: &mut AnyConnection) -> QueryResult<Vec<String>> {
    products::table.select(products::category).distinct().order(products::category).load(connection)
}

impl Bundles {
    fn filtered(&self) -> bundles::BoxedQuery<'_, crate::db::MultiBackend> {
        let mut query = bundles::table.into_boxed();
        if !self.text.trim().is_empty() {
            let pattern = contains_pattern(&self.text);
            let named = bundles::name_key.like(pattern.clone()).escape('\\');
            query = query.filter(named.or(lower(bundles::code).like(pattern).escape('\\')));
        }
        if let Some(state) = self.state {
            query = query.filter(bundles::state.eq(state));
        }
        if let Some(kind) = self.kind {
            query = query.filter(bundles::kind.eq(kind));
        }
        query
    }
}

impl Listing for Bundles {
    type Id = BundleId;
    type Key = BundleKey;
    type Row = ListedBundle;

    fn id(row: &ListedBundle) -> BundleId {
        row.bundle.id
    }

    fn count(&self, connection: &mut AnyConnection) -> QueryResult<i64> {
        count_of!(connection, self.filtered(), bundles::id)
    }

    fn rows(
        &self,
        connection: &mut AnyConnection,
        at: Place<BundleId, BundleKey>,
        limit: i64,
    ) -> QueryResult<Vec<ListedBundle>> {
        macro_rules! by {
            ($key:expr) => { page_by!(connection, self.filtered(), at, bundles::id, $key => String) };
        }
        let page = match at.order.by {
            BundleKey::Name => by!(bundles::name_key),
            BundleKey::Kind => by!(bundles::kind),
            BundleKey::State => by!(bundles::state),
        };
        let rows: Vec<BundleRow> = page.limit(limit).select(BUNDLE).load(connection)?;
        let ids: Vec<BundleId> = rows.iter().map(|row| row.0).collect();
        let versions = price_store::of_bundles(connection, None, &ids, Some(self.today))?;
        let listed = |bundle: Bundle| ListedBundle {
            versions: versions.iter().filter(|version| version.bundle == bundle.id).cloned().collect(),
            bundle,
            today: self.today,
        };
        Ok(whole(connection, rows)?.into_iter().map(listed).collect())
    }
}
