//! `/statements/{id}/payments`: root records what was paid, and takes the last payment back.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;

use super::{conflict, kept_text, owed, size};
use crate::db::{Db, Decided};
use crate::mail::Letterhead;
use crate::settlement::notices;
use crate::settlement::state::Refusal;
use crate::settlement::store::payments::{self, NewPayment};
use crate::settlement::store::{self, Loaded};
use crate::values::{Amount, PaymentId, StatementId, parse_day};
use crate::web::{Answer, Error, Errors, Form, Go, NoFields, RootStaff, Shell, Site, page, page_with};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Paying {
    amount: String,
    paid_on: String,
    reference: String,
}

#[derive(Template)]
#[template(path = "settlement/payment.html")]
struct PaymentPage {
    shell: Shell,
    loaded: Loaded,
    form: Paying,
    errors: Errors,
}

impl PaymentPage {
    fn owed(&self) -> String {
        owed(self.loaded.due.unwrap_or_default(), &self.loaded.statement, &self.shell.portal_name)
    }
}

async fn load(root: &RootStaff, shell: Shell, db: &Db, id: StatementId) -> Result<PaymentPage, Error> {
    let scope = root.scope();
    let loaded = db.read(move |connection| store::load(connection, scope, id, 0)).await?;
    Ok(PaymentPage { shell, loaded, form: Paying::default(), errors: Errors::default() })
}

pub async fn new(root: RootStaff, shell: Shell, db: Data<Db>, id: Path<StatementId>) -> Answer {
    let mut shown = load(&root, shell, &db, *id).await?;
    let due = shown.loaded.due.unwrap_or_default();
    shown.form.amount = Amount::from_micros(due.micros().abs()).plain(shown.loaded.statement.currency);
    shown.form.paid_on = root.act().today().to_string();
    page(&shown)
}

pub async fn record(
    root: RootStaff,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    id: Path<StatementId>,
    form: Form<Paying>,
) -> Answer {
    let id = id.into_inner();
    let mut shown = load(&root, shell, &db, id).await?;
    shown.form = form.0;
    let (form, errors) = (&shown.form, &mut shown.errors);
    let amount = errors.take("amount", form.amount.parse::<Amount>());
    let today = root.act().today();
    let paid_on = errors.take("paid_on", parse_day(&form.paid_on));
    if paid_on.is_some_and(|day| day > today) {
        errors.add("paid_on", "Enter the day of the payment, today or earlier");
    }
    let bank = "Enter the bank's reference, in at most 200 characters";
    let reference = kept_text(&form.reference, 200, "reference", bank, errors);
    if reference.as_ref().is_some_and(|text| text.starts_with(payments::REVERSAL)) {
        errors.add("reference", "A payment is taken back by its own button");
    }
    if let (Some(amount), Some(paid_on), Some(reference), true) =
        (amount, paid_on, reference, errors.is_empty())
    {
        let (payment, act) = (NewPayment { amount, paid_on, reference }, root.act());
        let (statement, letterhead) = (shown.loaded.statement.clone(), Letterhead::from(&**site));
        let recorded = db.write(move |connection| {
            payments::record(connection, id, &payment, &act)?;
            let NewPayment { amount, reference, .. } = &payment;
            notices::paid(connection, &statement, *amount, reference, &letterhead, &act)?;
            Ok(())
        });
        match recorded.await.decided()? {
            Ok(()) => {
                let said = format!("{} recorded", size(amount, &shown.loaded.statement));
                return go.to(format!("/statements/{id}#payments"), said);
            }
            Err(refusal @ Refusal::SameReference) => errors.add("reference", refusal),
            Err(refusal) => errors.add("amount", refusal),
        }
    }
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
}

pub async fn reverse(
    root: RootStaff,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    path: Path<(StatementId, PaymentId)>,
    _form: Form<NoFields>,
) -> Answer {
    let ((id, payment), scope, act) = (path.into_inner(), root.scope(), root.act());
    let letterhead = Letterhead::from(&**site);
    let reversed = db.write(move |connection| {
        let amount = payments::reverse(connection, id, payment, &act)?;
        let statement = store::find(connection, scope, id)?;
        notices::payment_reversed(connection, &statement, amount, &letterhead, &act)?;
        Ok(())
    });
    reversed.await.decided()?.map_err(conflict)?;
    go.to(format!("/statements/{id}#payments"), "The payment is taken back")
}
