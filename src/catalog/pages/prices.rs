//! `/bundles/{id}/prices/{currency}`: sets the reference prices of a bundle from a day on, changes or drops planned
//! ones.
//!
//! **Permissions**: root.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::bundle;
use super::price_form::{PriceForm, concern_choices, refused};
use super::wording::{Products, by_id};
use crate::catalog::{
    Bundle, BundleState, NewPriceVersion, PriceConcern, PriceRefusal, PriceVersion, price_store, prices,
    store,
};
use crate::db::{AnyConnection, Db, Decided, Failure};
use crate::values::{Act, BundleId, Currency, PriceVersionId};
use crate::web::{
    Answer, Error, Errors, Fields, Form, Go, NoFields, RootStaff, Shell, Site, page_with, see_other,
};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    currency: String,
    /// A planned version to be changed.
    version: String,
}

#[derive(Template)]
#[template(path = "catalog/prices.html")]
struct PricesPage {
    shell: Shell,
    bundle: Bundle,
    currency: Currency,
    concerns: [(PriceConcern, &'static str); 2],
    form: PriceForm,
    errors: Errors,
}

impl PricesPage {
    fn is_draft(&self) -> bool {
        self.bundle.state == BundleState::Draft
    }

    /// What stands in front of a price.
    fn prefix(&self) -> &'static str {
        match self.currency.symbol() {
            "" => self.currency.code(),
            symbol => symbol,
        }
    }
}

/// What the form is about.
struct Book {
    bundle: Bundle,
    products: Products,
    currency: Currency,
    versions: Vec<PriceVersion>,
}

async fn read(db: &Db, path: Path<(BundleId, String)>) -> Result<Book, Error> {
    let (id, code) = path.into_inner();
    let currency: Currency = code.parse().map_err(|_| Error::NotFound)?;
    let book = db
        .read(move |connection| {
            Ok(Book {
                bundle: store::bundle(connection, id)?,
                products: by_id(store::products(connection)?),
                currency,
                versions: price_store::versions(connection, None, id, currency)?,
            })
        })
        .await?;
    Ok(book)
}

/// Opens the prices of the currency that was chosen; without one, the bundle.
pub async fn choose(_root: RootStaff, id: Path<BundleId>, wish: Query<Wish>) -> Answer {
    let chosen = wish.currency.parse::<Currency>();
    Ok(see_other(
        chosen
            .map_or_else(|_| format!("/bundles/{id}"), |currency| format!("/bundles/{id}/prices/{currency}")),
    ))
}

pub async fn show(
    _root: RootStaff,
    shell: Shell,
    db: Data<Db>,
    site: Data<Site>,
    path: Path<(BundleId, String)>,
    wish: Query<Wish>,
) -> Answer {
    let book = read(&db, path).await?;
    let today = site.clock.now().day();
    let changed = match wish.version.parse::<PriceVersionId>() {
        Err(_) => None,
        Ok(id) => Some(book.versions.iter().find(|version| version.id == id).ok_or(Error::NotFound)?),
    };
    let form = PriceForm::filled(&book.bundle, &book.products, &book.versions, changed, today);
    form_page(shell, book, form, Errors::default())
}

fn form_page(shell: Shell, book: Book, form: PriceForm, errors: Errors) -> Answer {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let Book { bundle, currency, .. } = book;
    page_with(status, &PricesPage { shell, bundle, currency, concerns: concern_choices(), form, errors })
}

pub async fn submit(
    root: RootStaff,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    path: Path<(BundleId, String)>,
    fields: Form<Fields>,
) -> Answer {
    let (book, act) = (read(&db, path).await?, root.act());
    let mut form = PriceForm::typed(&fields.0, &book.bundle, &book.products, &book.versions, act.today());
    let mut errors = Errors::default();
    let seen = fields.0.get("seen").to_owned();
    if !seen.is_empty() && seen != form.mark {
        refused(&mut errors, &PriceRefusal::Changed);
    }
    let Some(new) = form.parse(&book.bundle, book.currency, &mut errors) else {
        return form_page(shell, book, form, errors);
    };
    let said = said(&book, new.effective_from, act.today());
    let version = form.version;
    match db.write(move |connection| save(connection, version, &new, &seen, &act)).await.decided()? {
        Ok(()) => go.to(format!("/bundles/{}#prices-{}", book.bundle.id, book.currency), said),
        Err(refusal) => {
            refused(&mut errors, &refusal);
            let (bundle, currency) = (book.bundle.id, book.currency);
            let now =
                db.read(move |connection| price_store::versions(connection, None, bundle, currency)).await?;
            form.mark = prices::mark(&now);
            form_page(shell, book, form, errors)
        }
    }
}

fn said(book: &Book, from: NaiveDate, today: NaiveDate) -> String {
    let (name, day) = (&book.bundle.name, from.format("%-d %B %Y"));
    if from > today {
        format!("{name} has new prices in {} from {day}", book.currency)
    } else {
        format!("{name} has new prices in {} from {day}; the months since are rated again", book.currency)
    }
}

fn save(
    connection: &mut AnyConnection,
    version: Option<PriceVersionId>,
    new: &NewPriceVersion,
    seen: &str,
    act: &Act,
) -> Result<(), Failure<PriceRefusal>> {
    price_store::refuse_changed(connection, (None, new.bundle, new.currency), seen)?;
    match version {
        Some(id) => price_store::replace_planned(connection, id, new, act)?,
        None => price_store::save(connection, new, act)?,
    };
    Ok(())
}

pub async fn drop_planned(
    root: RootStaff,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    path: Path<(BundleId, String, PriceVersionId)>,
    _form: Form<NoFields>,
) -> Answer {
    let ((id, currency, version), act) = (path.into_inner(), root.act());
    let today = act.today();
    let book = read(&db, Path::from((id, currency.clone()))).await?;
    if !book.versions.iter().any(|known| known.id == version) {
        return Err(Error::NotFound);
    }
    let dropped = db.write(move |connection| price_store::drop_planned(connection, version, &act));
    match dropped.await.decided()? {
        Ok(()) => go.to(format!("/bundles/{id}#prices-{currency}"), "The planned prices are dropped"),
        Err(refusal) => {
            let mut errors = Errors::default();
            errors.add("", refusal);
            bundle::render(shell, &db, id, today, errors).await
        }
    }
}
