//! `/products/new` and `/products/{id}`: one product. The SKU stays; unit and metering stay once a bundle counts on
//! them.
//!
//! **Permissions**: root.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;

use crate::catalog::{NewProduct, Product, ProductRefusal, lists, product_store, store};
use crate::db::{Db, Decided};
use crate::values::{Code, ProductId};
use crate::web::{Answer, Errors, Form, Go, RootStaff, Shell, page, page_with};

/// The longest text of a field, in letters.
const LONGEST: usize = 120;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ProductForm {
    sku: String,
    name: String,
    category: String,
    unit: String,
    metered: String,
}

impl ProductForm {
    fn of(product: &Product) -> Self {
        Self {
            sku: product.sku.clone(),
            name: product.name.clone(),
            category: product.category.clone(),
            unit: product.unit.clone(),
            metered: if product.metered { "on".into() } else { String::new() },
        }
    }

    fn is_metered(&self) -> bool {
        !self.metered.is_empty()
    }

    fn parse(&self, errors: &mut Errors) -> Option<NewProduct> {
        let sku = errors.take("sku", self.sku.parse::<Code>());
        let name = text(errors, "name", &self.name, "Enter the product's name");
        let category = text(errors, "category", &self.category, "Enter a category, such as Storage");
        let unit = text(errors, "unit", &self.unit, "Enter the unit of measure, such as GB");
        Some(NewProduct {
            sku: sku?,
            name: name?,
            category: category?,
            unit: unit?,
            metered: self.is_metered(),
        })
    }
}

/// A text that must be there and not too long.
pub(super) fn text(errors: &mut Errors, field: &str, typed: &str, missing: &str) -> Option<String> {
    let typed = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let checked = match typed.chars().count() {
        0 => Err(missing.to_owned()),
        count if count > LONGEST => Err(format!("Enter at most {LONGEST} letters")),
        _ => Ok(typed),
    };
    errors.take(field, checked)
}

#[derive(Template)]
#[template(path = "catalog/product.html")]
struct ProductPage {
    shell: Shell,
    /// `None` while it is being added.
    product: Option<Product>,
    /// Whether a bundle counts on it, which fixes unit and metering.
    used: bool,
    /// Offered beside the field, so that one category has one spelling.
    categories: Vec<String>,
    form: ProductForm,
    errors: Errors,
}

pub async fn create(_root: RootStaff, shell: Shell, db: Data<Db>) -> Answer {
    let form = ProductForm { metered: "on".into(), ..ProductForm::default() };
    new_page(shell, &db, form, Errors::default()).await
}

async fn new_page(shell: Shell, db: &Db, form: ProductForm, errors: Errors) -> Answer {
    let categories = db.read(lists::categories).await?;
    let status = status_of(&errors);
    page_with(status, &ProductPage { shell, product: None, used: false, categories, form, errors })
}

fn status_of(errors: &Errors) -> StatusCode {
    if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}

pub async fn submit_new(
    root: RootStaff,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    form: Form<ProductForm>,
) -> Answer {
    let Form(form) = form;
    let mut errors = Errors::default();
    let Some(new) = form.parse(&mut errors) else { return new_page(shell, &db, form, errors).await };
    let (name, act) = (new.name.clone(), root.act());
    match db.write(move |connection| product_store::create(connection, &new, &act)).await.decided()? {
        Ok(id) => go.to(format!("/products/{id}"), format!("{name} is added")),
        Err(refusal) => {
            errors.add("sku", refusal);
            new_page(shell, &db, form, errors).await
        }
    }
}

pub async fn show(_root: RootStaff, shell: Shell, db: Data<Db>, id: Path<ProductId>) -> Answer {
    let (product, used, categories) = read(&db, *id).await?;
    let form = ProductForm::of(&product);
    page(&ProductPage { shell, product: Some(product), used, categories, form, errors: Errors::default() })
}

async fn read(db: &Db, id: ProductId) -> Result<(Product, bool, Vec<String>), crate::web::Error> {
    let read = db.read(move |connection| {
        let product = store::product(connection, id)?;
        Ok((product, product_store::is_used(connection, id)?, lists::categories(connection)?))
    });
    Ok(read.await?)
}

pub async fn submit(
    root: RootStaff,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    id: Path<ProductId>,
    form: Form<ProductForm>,
) -> Answer {
    let Form(mut form) = form;
    let (product, used, categories) = read(&db, *id).await?;
    form.sku.clone_from(&product.sku);
    if used {
        form = ProductForm { name: form.name, category: form.category, ..ProductForm::of(&product) };
    }
    let mut errors = Errors::default();
    if let Some(new) = form.parse(&mut errors) {
        let changed = Product {
            name: new.name.clone(),
            category: new.category,
            unit: new.unit,
            metered: new.metered,
            ..product.clone()
        };
        let act = root.act();
        match db.write(move |connection| product_store::change(connection, &changed, &act)).await.decided()? {
            Ok(()) => return go.to(format!("/products/{id}"), format!("{} is changed", new.name)),
            Err(refusal @ ProductRefusal::InUse) => errors.add("unit", refusal),
            Err(refusal) => errors.add("sku", refusal),
        }
    }
    let refused = ProductPage { shell, product: Some(product), used, categories, form, errors };
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &refused)
}
