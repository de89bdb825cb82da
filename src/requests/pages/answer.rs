//! `/application/offers/...`: the applicant answers an offer of terms.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use chrono::NaiveDate;

use super::application::own;
use super::conflict;
use super::offers::{OfferPage, offer_page};
use crate::db::{Db, Decided};
use crate::mail::Letterhead;
use crate::requests::negotiate;
use crate::terms::Side;
use crate::terms::offer_form::OfferForm;
use crate::web::{
    Answer, Applicant, Error, Errors, Fields, Form, Go, NoFields, Shell, Site, page, page_with,
};

pub async fn new(applicant: Applicant, shell: Shell, db: Data<Db>) -> Answer {
    let request = own(&db, &applicant).await?;
    page(&page_for(shell, &db, request, None, applicant.act().today()).await?)
}

pub async fn create(
    applicant: Applicant,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    form: Form<Fields>,
) -> Answer {
    let request = own(&db, &applicant).await?;
    let form = OfferForm { fields: form.0 };
    let mut errors = Errors::default();
    let Some(offer) = form.parse(&mut errors) else {
        let typed = Some((form, errors));
        let refused = page_for(shell, &db, request, typed, applicant.act().today()).await?;
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &refused);
    };
    let (id, act, letterhead) = (request.id, applicant.act(), Letterhead::from(&**site));
    let made = db
        .write(move |connection| negotiate::offer(connection, id, Side::Reseller, &offer, &letterhead, &act));
    let number = made.await.decided()?.map_err(conflict)?;
    go.to("/application", format!("Your offer, version {number}, is sent"))
}

async fn page_for(
    shell: Shell,
    db: &Db,
    request: crate::requests::Request,
    typed: Option<(OfferForm, Errors)>,
    today: NaiveDate,
) -> Result<OfferPage, Error> {
    let place = ("/application/offers".to_owned(), "/application".to_owned());
    offer_page(shell, db, request, typed, today, place).await
}

pub async fn agree(
    applicant: Applicant,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    number: Path<i64>,
    _form: Form<NoFields>,
) -> Answer {
    let request = own(&db, &applicant).await?;
    let (id, act, number) = (request.id, applicant.act(), number.into_inner());
    let letterhead = Letterhead::from(&**site);
    let agreed = db
        .write(move |connection| negotiate::agree(connection, id, Side::Reseller, number, &letterhead, &act));
    agreed.await.decided()?.map_err(conflict)?;
    go.to("/application", format!("You agreed to version {number}"))
}

pub async fn decline(
    applicant: Applicant,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    number: Path<i64>,
    _form: Form<NoFields>,
) -> Answer {
    let request = own(&db, &applicant).await?;
    let (id, act, number) = (request.id, applicant.act(), number.into_inner());
    let letterhead = Letterhead::from(&**site);
    let declined = db.write(move |connection| {
        negotiate::decline(connection, id, Side::Reseller, number, &letterhead, &act)
    });
    declined.await.decided()?.map_err(conflict)?;
    go.to("/application", format!("You declined version {number}"))
}
