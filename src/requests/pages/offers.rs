//! `/requests/{id}/offers/...`: root offers terms, agrees or declines; and the form that all sides share.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use chrono::NaiveDate;

use super::conflict;
use crate::catalog::{self, Bundle, BundleState};
use crate::db::{Db, Decided};
use crate::mail::Letterhead;
use crate::requests::store::Refusal;
use crate::requests::{Request, negotiate, store};
use crate::terms::offer_form::OfferForm;
use crate::terms::{Side, store as terms};
use crate::values::{Currency, Month, ProductId, RequestId};
use crate::web::{
    Answer, Error, Errors, Fields, Form, Go, NoFields, RootStaff, Shell, Site, page, page_with,
};

#[derive(Template)]
#[template(path = "terms/offer.html")]
pub struct OfferPage {
    shell: Shell,
    name: String,
    form: OfferForm,
    errors: Errors,
    bundles: Vec<(String, String)>,
    categories: Vec<String>,
    currencies: Vec<(String, String)>,
    action: String,
    back: String,
}

impl OfferPage {
    /// The field of a row of tiers or limits.
    fn named(&self, part: &str, row: &usize) -> String {
        format!("{part}.{row}")
    }

    /// `Tier 1 from`: no two fields have one name.
    fn label(&self, what: &str, row: &usize, part: &str) -> String {
        format!("{what} {} {part}", row + 1)
    }

    fn typed(&self, part: &str, row: &usize) -> &str {
        self.form.get(&format!("{part}.{row}"))
    }

    fn error(&self, part: &str, row: &usize) -> &str {
        self.errors.of(&format!("{part}.{row}"))
    }

    fn special(&self, prefix: &str, key: &str) -> &str {
        self.form.get(&format!("{prefix}{key}"))
    }

    fn fault(&self, prefix: &str, key: &str) -> &str {
        self.errors.of(&format!("{prefix}{key}"))
    }
}

/// The form of an offer: as typed with its messages, else filled with the newest version, else a first one that begins
/// with the month after `today`.
pub(super) async fn offer_page(
    shell: Shell,
    db: &Db,
    request: Request,
    typed: Option<(OfferForm, Errors)>,
    today: NaiveDate,
    (action, back): (String, String),
) -> Result<OfferPage, Error> {
    let id = request.id;
    let (newest, bundles, products) = db
        .read(move |connection| {
            let newest = terms::of_request(connection, id)?.into_iter().next();
            Ok((newest, catalog::store::bundles(connection)?, catalog::store::products(connection)?))
        })
        .await?;
    let (form, errors) = typed.unwrap_or_else(|| {
        let filled = match &newest {
            Some(version) => OfferForm::from_offer(&version.offer),
            None => OfferForm::first(Month::of(today).next()),
        };
        (filled, Errors::default())
    });
    // What no bundle on sale has is known to the provider alone.
    let on_sale = bundles.iter().filter(|bundle| bundle.state == BundleState::Active);
    let sold: BTreeSet<ProductId> = on_sale.flat_map(Bundle::products).collect();
    // A rate that the form holds has its field, also when its bundle is not sold any more.
    let bundles = bundles
        .into_iter()
        .map(|bundle| (bundle.state == BundleState::Active, bundle.id.to_string(), bundle.name))
        .filter(|(is_active, id, _)| *is_active || !form.get(&format!("bundle_share.{id}")).is_empty())
        .map(|(_, id, name)| (id, name))
        .collect();
    let mut categories: Vec<String> =
        products.into_iter().filter(|one| sold.contains(&one.id)).map(|one| one.category).collect();
    categories.extend(form.categories().map(str::to_owned));
    categories.sort_unstable();
    categories.dedup();
    let currencies = Currency::all().map(|one| (one.to_string(), one.to_string())).collect();
    let name = request.name().to_owned();
    Ok(OfferPage { shell, name, form, errors, bundles, categories, currencies, action, back })
}

fn addresses(request: &Request) -> (String, String) {
    let id = request.id;
    (format!("/requests/{id}/offers"), format!("/requests/{id}"))
}

async fn find(db: &Db, id: &str) -> Result<Request, Error> {
    let id: RequestId = id.parse().map_err(|_| Error::NotFound)?;
    Ok(db.read(move |connection| store::find(connection, id)).await?)
}

pub async fn new(root: RootStaff, shell: Shell, db: Data<Db>, id: Path<String>) -> Answer {
    let request = find(&db, &id).await?;
    let place = addresses(&request);
    page(&offer_page(shell, &db, request, None, root.act().today(), place).await?)
}

pub async fn create(
    root: RootStaff,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    id: Path<String>,
    form: Form<Fields>,
) -> Answer {
    let request = find(&db, &id).await?;
    let (action, back) = addresses(&request);
    let form = OfferForm { fields: form.0 };
    let mut errors = Errors::default();
    let Some(offer) = form.parse(&mut errors) else {
        let typed = Some((form, errors));
        let refused = offer_page(shell, &db, request, typed, root.act().today(), (action, back)).await?;
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &refused);
    };
    let (id, act, letterhead) = (request.id, root.act(), Letterhead::from(site.get_ref()));
    let made = db
        .write(move |connection| negotiate::offer(connection, id, Side::Provider, &offer, &letterhead, &act));
    match made.await.decided()? {
        Ok(number) => go.to(back, format!("Version {number} is offered")),
        Err(refusal) => {
            errors.add("valid_from", too_early(refusal)?);
            let typed = Some((form, errors));
            let refused = offer_page(shell, &db, request, typed, root.act().today(), (action, back)).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &refused)
        }
    }
}

/// What is said beside the first month, when it is closed already; any other refusal is a conflict.
pub(super) fn too_early(refusal: Refusal) -> Result<terms::Refusal, Error> {
    match refusal {
        Refusal::Terms(early @ terms::Refusal::Closed(_)) => Ok(early),
        other => Err(conflict(other)),
    }
}

pub async fn agree(
    root: RootStaff,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    path: Path<(String, i64)>,
    _form: Form<NoFields>,
) -> Answer {
    let (id, number) = path.into_inner();
    let request = find(&db, &id).await?;
    let (id, act, letterhead) = (request.id, root.act(), Letterhead::from(&**site));
    let agreed = db
        .write(move |connection| negotiate::agree(connection, id, Side::Provider, number, &letterhead, &act));
    agreed.await.decided()?.map_err(conflict)?;
    go.to(format!("/requests/{id}"), format!("You agreed to version {number}"))
}

pub async fn decline(
    root: RootStaff,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    path: Path<(String, i64)>,
    _form: Form<NoFields>,
) -> Answer {
    let (id, number) = path.into_inner();
    let request = find(&db, &id).await?;
    let (id, act, letterhead) = (request.id, root.act(), Letterhead::from(&**site));
    let declined = db.write(move |connection| {
        negotiate::decline(connection, id, Side::Provider, number, &letterhead, &act)
    });
    declined.await.decided()?.map_err(conflict)?;
    go.to(format!("/requests/{id}"), format!("You declined version {number}"))
}
