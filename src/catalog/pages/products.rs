//! `/products`: the products by name, searched by name or SKU and filtered by category.
//!
//! **Permissions**: root.

use actix_web::web::{Data, Query};
use askama::Template;
use serde::{Deserialize, Serialize};

use super::wording::metered_name;
use crate::catalog::Product;
use crate::catalog::lists::{self, ProductKey, Products};
use crate::db::Db;
use crate::db::paging;
use crate::lists::{Asked, Cell, Column, List, Table};
use crate::web::sheet::FileKind;
use crate::web::{Answer, RootStaff, Shell, Site, page};

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Search {
    q: String,
    category: String,
    #[serde(flatten, skip_serializing)]
    asked: Asked,
}

impl Search {
    fn listing(&self) -> Products {
        let category = (!self.category.is_empty()).then(|| self.category.clone());
        Products { text: self.q.clone(), category }
    }
}

type Col = Column<Product, ProductKey>;

fn list() -> List<Products> {
    let columns = vec![
        Col::text("Product", |row| Cell::link(format!("/products/{}", row.id), &row.name))
            .noted("SKU", |row| row.sku.clone())
            .by(ProductKey::Name),
        Col::text("Category", |row| Cell::text(&row.category)).by(ProductKey::Category),
        Col::text("Unit", |row| Cell::text(&row.unit)).by(ProductKey::Unit),
        Col::word("Use", |row| Cell::text(metered_name(row.metered))).by(ProductKey::Metered),
    ];
    List { path: "/products", noun: "product", columns }
}

#[derive(Template)]
#[template(path = "catalog/products.html")]
struct ProductsPage {
    shell: Shell,
    search: Search,
    /// Value and label of each category.
    categories: Vec<(String, String)>,
    table: Table,
}

pub async fn show(_root: RootStaff, shell: Shell, db: Data<Db>, search: Query<Search>) -> Answer {
    let search = search.into_inner();
    let (listing, at) = (search.listing(), search.asked.place::<Products>());
    let (categories, found) = db
        .read(move |connection| Ok((lists::categories(connection)?, paging::page(connection, &listing, at)?)))
        .await?;
    let categories = categories.into_iter().map(|name| (name.clone(), name)).collect();
    let table = list().table(&search, at.order, &found);
    page(&ProductsPage { shell, search, categories, table })
}

/// The list as a file.
pub async fn download(
    _root: RootStaff,
    db: Data<Db>,
    site: Data<Site>,
    kind: FileKind,
    search: Query<Search>,
) -> Answer {
    let order = search.asked.place::<Products>().order;
    list().download(&db, kind, search.listing(), order, site.clock.now()).await
}
