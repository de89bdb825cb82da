//! `/products`: the products by name, searched by name or SKU and filtered by category.
//!
//! **Permissions**: root.

use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use crate::catalog::Product;
use crate::catalog::lists::{self, ProductFilter};
use crate::db::Db;
use crate::db::paging::{Cursor, Slice};
use crate::web::{Answer, RootStaff, Shell, links, page};

const SIZE: i64 = 50;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Search {
    q: String,
    category: String,
    after: String,
    before: String,
}

#[derive(Template)]
#[template(path = "catalog/products.html")]
struct ProductsPage {
    shell: Shell,
    search: Search,
    /// Value and label of each category.
    categories: Vec<(String, String)>,
    products: Slice<Product>,
    earlier: String,
    later: String,
}

impl ProductsPage {
    fn is_filtered(&self) -> bool {
        !self.search.q.trim().is_empty() || !self.search.category.is_empty()
    }
}

pub async fn show(_root: RootStaff, shell: Shell, db: Data<Db>, search: Query<Search>) -> Answer {
    let search = search.into_inner();
    let filter = ProductFilter {
        text: search.q.clone(),
        category: (!search.category.is_empty()).then(|| search.category.clone()),
    };
    let cursor = Cursor::typed(&search.after, &search.before);
    let (categories, products) = db
        .read(move |connection| {
            let categories = lists::categories(connection)?;
            Ok((categories, lists::product_page(connection, &filter, cursor, SIZE)?))
        })
        .await?;
    let categories = categories.into_iter().map(|name| (name.clone(), name)).collect();
    let beside = |name, row: Option<&Product>, exists: bool| match row {
        Some(row) if exists => {
            let id = row.id.to_string();
            links::address("/products", &[("q", &search.q), ("category", &search.category), (name, &id)])
        }
        _ => String::new(),
    };
    let earlier = beside("before", products.rows.first(), products.has_earlier);
    let later = beside("after", products.rows.last(), products.has_later);
    page(&ProductsPage { shell, search, categories, products, earlier, later })
}
