//! `/lines/{id}/credit`: root gives back some or all of a charged line.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;

use super::{conflict, kept_text, with_code};
use crate::db::{Db, Decided};
use crate::mail::Letterhead;
use crate::settlement::credit::Left;
use crate::settlement::state::Refusal;
use crate::settlement::store::{self, Told, credits};
use crate::settlement::{Statement, notices};
use crate::values::{Amount, ChargeLineId, Scope};
use crate::web::{Answer, Error, Errors, Form, Go, RootStaff, Shell, Site, page, page_with};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Crediting {
    amount: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "settlement/credit.html")]
struct CreditPage {
    shell: Shell,
    statement: Statement,
    told: Told,
    left: Left,
    form: Crediting,
    errors: Errors,
}

impl CreditPage {
    fn hint(&self) -> String {
        format!("Up to {}, which is left of the line", with_code(self.left.net, self.statement.currency))
    }
}

async fn load(shell: Shell, db: &Db, scope: Scope, id: ChargeLineId) -> Result<CreditPage, Error> {
    let found = db.read(move |connection| {
        let line = store::line(connection, scope, id)?;
        let statement = credits::statement_of(connection, &line)?;
        let left = credits::left_of(connection, &line)?;
        Ok((statement, left, store::told(connection, vec![line])?.pop()))
    });
    let (statement, left, told) = found.await?;
    let told = told.ok_or(Error::NotFound)?;
    Ok(CreditPage { shell, statement, told, left, form: Crediting::default(), errors: Errors::default() })
}

pub async fn show(root: RootStaff, shell: Shell, db: Data<Db>, id: Path<ChargeLineId>) -> Answer {
    page(&load(shell, &db, root.scope(), *id).await?)
}

pub async fn issue(
    root: RootStaff,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    id: Path<ChargeLineId>,
    form: Form<Crediting>,
) -> Answer {
    let id = id.into_inner();
    let mut shown = load(shell, &db, root.scope(), id).await?;
    shown.form = form.0;
    let amount = shown.errors.take("amount", shown.form.amount.parse::<Amount>());
    let why = "Say why, in at most 1,000 characters; the re-seller reads it";
    let reason = kept_text(&shown.form.reason, 1000, "reason", why, &mut shown.errors);
    if let (Some(amount), Some(reason)) = (amount, reason) {
        let (act, letterhead) = (root.act(), Letterhead::from(site.get_ref()));
        let statement = shown.statement.clone();
        let issued = db.write(move |connection| {
            let credit = credits::issue(connection, id, amount, &reason, &act)?;
            // What it was not sent yet, the re-seller does not see.
            if statement.sent_at.is_some() {
                notices::credited(connection, &statement, id, amount, &reason, &letterhead, &act)?;
            }
            Ok(credit)
        });
        match issued.await.decided()? {
            Ok(credit) => return go.to(format!("/lines/{credit}"), "The credit is issued"),
            Err(refusal @ (Refusal::NotLeft { .. } | Refusal::SameCredit)) => {
                shown.errors.add("amount", refusal)
            }
            Err(refusal) => return Err(conflict(refusal)),
        }
    }
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
}
