//! Disputes: the re-seller's form about a line, and root's answer.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;

use super::{conflict, kept_text, with_code};
use crate::db::{Db, Decided};
use crate::mail::Letterhead;
use crate::settlement::state::Refusal;
use crate::settlement::store::disputes::{self, Raised};
use crate::settlement::store::{self, Told};
use crate::settlement::{Dispute, Statement, notices};
use crate::values::{Amount, ChargeLineId, DisputeId, Scope, StatementId};
use crate::web::{
    Answer, Error, Errors, Form, Go, NoFields, ResellerStaff, RootStaff, Shell, Site, page, page_with,
};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Raising {
    reason: String,
    /// What the re-seller's books say; may be empty.
    claimed: String,
}

#[derive(Template)]
#[template(path = "settlement/dispute.html")]
struct DisputePage {
    shell: Shell,
    statement: Statement,
    told: Told,
    form: Raising,
    errors: Errors,
}

async fn line(
    db: &Db,
    scope: Scope,
    id: StatementId,
    line: ChargeLineId,
) -> Result<(Statement, Told), Error> {
    let found = db.read(move |connection| {
        let statement = store::find(connection, scope, id)?;
        let lines = store::lines(connection, &statement)?;
        let own: Vec<_> = lines.into_iter().filter(|one| one.id == line).collect();
        Ok((statement, store::told(connection, own)?.pop()))
    });
    let (statement, told) = found.await?;
    Ok((statement, told.ok_or(Error::NotFound)?))
}

pub async fn new(
    reseller: ResellerStaff,
    shell: Shell,
    db: Data<Db>,
    path: Path<(StatementId, ChargeLineId)>,
) -> Answer {
    let (id, own) = path.into_inner();
    let (statement, told) = line(&db, reseller.scope(), id, own).await?;
    page(&DisputePage { shell, statement, told, form: Raising::default(), errors: Errors::default() })
}

pub async fn raise(
    reseller: ResellerStaff,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    path: Path<(StatementId, ChargeLineId)>,
    form: Form<Raising>,
) -> Answer {
    let ((id, own), form, scope) = (path.into_inner(), form.0, reseller.scope());
    let (statement, told) = line(&db, scope, id, own).await?;
    let mut errors = Errors::default();
    let claimed = match form.claimed.trim() {
        "" => None,
        typed => errors.take("claimed", typed.parse::<Amount>()),
    };
    let reason = kept_text(&form.reason, 1000, "reason", WHY, &mut errors);
    if let Some(reason) = reason.filter(|_| errors.is_empty()) {
        let raised = Raised { line: own, line_text: told.words(), reason, claimed };
        let (act, letterhead) = (reseller.act(), Letterhead::from(site.get_ref()));
        let outcome = db.write(move |connection| {
            disputes::raise(connection, scope, id, &raised, &act)?;
            let statement = store::find(connection, scope, id)?;
            notices::disputed(connection, &statement, &raised.line_text, &raised.reason, &letterhead, &act)?;
            Ok(())
        });
        match outcome.await.decided()? {
            Ok(()) => return go.to(format!("/statements/{id}#disputes"), "The line is disputed"),
            Err(refusal @ Refusal::DisputedAlready) => errors.add("reason", refusal),
            Err(refusal) => return Err(conflict(refusal)),
        }
    }
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &DisputePage { shell, statement, told, form, errors })
}

const WHY: &str = "Say why, in at most 1,000 characters";

pub async fn withdraw(
    reseller: ResellerStaff,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    path: Path<(StatementId, DisputeId)>,
    _form: Form<NoFields>,
) -> Answer {
    let ((id, dispute), scope, act) = (path.into_inner(), reseller.scope(), reseller.act());
    let letterhead = Letterhead::from(site.get_ref());
    let done = db.write(move |connection| {
        disputes::withdraw(connection, scope, id, dispute, &act)?;
        let (statement, withdrawn) = disputes::one(connection, scope, id, dispute)?;
        notices::dispute_withdrawn(connection, &statement, &withdrawn, &letterhead, &act)?;
        Ok(())
    });
    done.await.decided()?.map_err(conflict)?;
    go.to(format!("/statements/{id}#disputes"), "The dispute is withdrawn")
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Answering {
    answer: String,
    /// What is credited of the line; empty keeps the line.
    credit: String,
}

#[derive(Template)]
#[template(path = "settlement/answer.html")]
struct AnswerPage {
    shell: Shell,
    statement: Statement,
    dispute: Dispute,
    left: Amount,
    form: Answering,
    errors: Errors,
}

impl AnswerPage {
    fn hint(&self) -> String {
        format!("Up to {}; leave it empty to keep the line", with_code(self.left, self.statement.currency))
    }
}

async fn asked(
    root: &RootStaff,
    shell: Shell,
    db: &Db,
    (id, dispute): (StatementId, DisputeId),
) -> Result<AnswerPage, Error> {
    let scope = root.scope();
    let found = db.read(move |connection| {
        let (statement, dispute) = disputes::one(connection, scope, id, dispute)?;
        let lines = store::lines(connection, &statement)?;
        let left = match lines.iter().find(|line| line.id == dispute.line) {
            Some(line) => store::credits::left_of(connection, line)?.net,
            None => Amount::ZERO,
        };
        Ok((statement, dispute, left))
    });
    let (statement, dispute, left) = found.await?;
    Ok(AnswerPage { shell, statement, dispute, left, form: Answering::default(), errors: Errors::default() })
}

pub async fn show_answer(
    root: RootStaff,
    shell: Shell,
    db: Data<Db>,
    path: Path<(StatementId, DisputeId)>,
) -> Answer {
    page(&asked(&root, shell, &db, path.into_inner()).await?)
}

pub async fn answer(
    root: RootStaff,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    path: Path<(StatementId, DisputeId)>,
    form: Form<Answering>,
) -> Answer {
    let (id, dispute) = path.into_inner();
    let mut asked = asked(&root, shell, &db, (id, dispute)).await?;
    asked.form = form.0;
    let credit = match asked.form.credit.trim() {
        "" => None,
        typed => asked.errors.take("credit", typed.parse::<Amount>()),
    };
    let text = kept_text(&asked.form.answer, 1000, "answer", WHY, &mut asked.errors);
    if let Some(text) = text.filter(|_| asked.errors.is_empty()) {
        let answer = disputes::Answer { text, credit };
        let (act, letterhead) = (root.act(), Letterhead::from(site.get_ref()));
        let (statement, disputed) = (asked.statement.clone(), asked.dispute.clone());
        let outcome = db.write(move |connection| {
            disputes::answer(connection, id, dispute, &answer, &act)?;
            notices::answered(connection, &statement, &disputed, &answer.text, &letterhead, &act)?;
            Ok(())
        });
        match outcome.await.decided()? {
            Ok(()) => return go.to(format!("/statements/{id}#disputes"), "The dispute is answered"),
            Err(refusal @ (Refusal::NotLeft { .. } | Refusal::NotCreditable | Refusal::SameCredit)) => {
                asked.errors.add("credit", refusal);
            }
            Err(refusal) => return Err(conflict(refusal)),
        }
    }
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &asked)
}
