//! `/agreement`: a re-seller's terms, and its answers to new ones.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use chrono::NaiveDate;

use super::offers::{OfferPage, offer_page, too_early};
use super::{Table, conflict};
use crate::db::{Db, Decided};
use crate::mail::Letterhead;
use crate::requests::{Request, negotiate, resellers, store};
use crate::terms::Side;
use crate::terms::offer_form::OfferForm;
use crate::values::ResellerId;
use crate::web::{
    Answer, Error, Errors, Fields, Form, Go, NoFields, ResellerStaff, Shell, Site, page, page_with,
};

#[derive(Template)]
#[template(path = "requests/agreement.html")]
struct AgreementPage {
    shell: Shell,
    table: Table,
}

impl AgreementPage {
    fn side(&self) -> Side {
        Side::Reseller
    }
}

/// The request from which the re-seller came, to which its terms belong.
async fn own(db: &Db, id: ResellerId) -> Result<Request, Error> {
    let own = db.read(move |connection| {
        let reseller = resellers::find(connection, id)?;
        store::find(connection, reseller.request)
    });
    Ok(own.await?)
}

pub async fn show(admin: ResellerStaff, shell: Shell, db: Data<Db>) -> Answer {
    let request = own(&db, admin.reseller).await?;
    let table = db.read(move |connection| Table::load(connection, &request)).await?;
    page(&AgreementPage { shell, table })
}

pub async fn new(admin: ResellerStaff, shell: Shell, db: Data<Db>) -> Answer {
    let request = own(&db, admin.reseller).await?;
    page(&page_for(shell, &db, request, None, admin.act().today()).await?)
}

pub async fn create(
    admin: ResellerStaff,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    form: Form<Fields>,
) -> Answer {
    let request = own(&db, admin.reseller).await?;
    let form = OfferForm { fields: form.0 };
    let mut errors = Errors::default();
    let Some(offer) = form.parse(&mut errors) else {
        let typed = Some((form, errors));
        let refused = page_for(shell, &db, request, typed, admin.act().today()).await?;
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &refused);
    };
    let (id, act, letterhead) = (request.id, admin.act(), Letterhead::from(&**site));
    let made = db
        .write(move |connection| negotiate::offer(connection, id, Side::Reseller, &offer, &letterhead, &act));
    match made.await.decided()? {
        Ok(number) => go.to("/agreement", format!("Your offer, version {number}, is sent")),
        Err(refusal) => {
            errors.add("valid_from", too_early(refusal)?);
            let refused = page_for(shell, &db, request, Some((form, errors)), admin.act().today()).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &refused)
        }
    }
}

async fn page_for(
    shell: Shell,
    db: &Db,
    request: Request,
    typed: Option<(OfferForm, Errors)>,
    today: NaiveDate,
) -> Result<OfferPage, Error> {
    let place = ("/agreement/offers".to_owned(), "/agreement".to_owned());
    offer_page(shell, db, request, typed, today, place).await
}

pub async fn agree(
    admin: ResellerStaff,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    number: Path<i64>,
    _form: Form<NoFields>,
) -> Answer {
    let request = own(&db, admin.reseller).await?;
    let (id, act, number) = (request.id, admin.act(), number.into_inner());
    let letterhead = Letterhead::from(&**site);
    let agreed = db
        .write(move |connection| negotiate::agree(connection, id, Side::Reseller, number, &letterhead, &act));
    agreed.await.decided()?.map_err(conflict)?;
    go.to("/agreement", format!("You agreed to version {number}"))
}

pub async fn decline(
    admin: ResellerStaff,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    number: Path<i64>,
    _form: Form<NoFields>,
) -> Answer {
    let request = own(&db, admin.reseller).await?;
    let (id, act, number) = (request.id, admin.act(), number.into_inner());
    let letterhead = Letterhead::from(&**site);
    let declined = db.write(move |connection| {
        negotiate::decline(connection, id, Side::Reseller, number, &letterhead, &act)
    });
    declined.await.decided()?.map_err(conflict)?;
    go.to("/agreement", format!("You declined version {number}"))
}
