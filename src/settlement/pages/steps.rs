//! The steps of a statement: waivers, sending, agreement, posting and reopening.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;

use super::statement::StatementPage;
use super::{conflict, kept_text};
use crate::db::{Db, Decided};
use crate::mail::Letterhead;
use crate::settlement::notices;
use crate::settlement::store::{self, Loaded, checklist, load};
use crate::values::StatementId;
use crate::web::{
    Answer, Error, Errors, Form, Go, NoFields, ResellerStaff, RootStaff, Shell, Site, page, page_with,
};

const REASON: &str = "Enter the reason, in at most 1,000 characters";

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Waiver {
    item: String,
    reason: String,
}

/// Lets a blocking item of the checklist pass.
pub async fn waive(
    root: RootStaff,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    id: Path<StatementId>,
    form: Form<Waiver>,
) -> Answer {
    let (id, act, Waiver { item, reason: typed }) = (id.into_inner(), root.act(), form.0);
    let mut errors = Errors::default();
    let Some(reason) = kept_text(&typed, 1000, &format!("reason-{item}"), REASON, &mut errors) else {
        let scope = root.scope();
        let loaded = db.read(move |connection| load(connection, scope, id, 0)).await?;
        let page =
            StatementPage { errors, reason: typed, ..StatementPage::new(shell, true, loaded, &act, &site) };
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let waived = db.write(move |connection| checklist::waive(connection, id, &item, &reason, &act)).await;
    waived.decided()?.map_err(conflict)?;
    go.to(format!("/statements/{id}"), "The item is waived")
}

pub async fn send(
    root: RootStaff,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    id: Path<StatementId>,
    _form: Form<NoFields>,
) -> Answer {
    let (id, act, letterhead) = (id.into_inner(), root.act(), Letterhead::from(site.get_ref()));
    let days = site.agree_after_days;
    let sent = db.write(move |connection| {
        let statement = store::send(connection, id, &act)?;
        notices::sent(connection, &statement, &letterhead, days, &act)?;
        Ok(statement)
    });
    let statement = sent.await.decided()?.map_err(conflict)?;
    go.to(format!("/statements/{id}"), format!("{} was sent the statement", statement.reseller_name))
}

pub async fn agree(
    reseller: ResellerStaff,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    id: Path<StatementId>,
    _form: Form<NoFields>,
) -> Answer {
    let (id, act, scope) = (id.into_inner(), reseller.act(), reseller.scope());
    let letterhead = Letterhead::from(site.get_ref());
    let agreed = db.write(move |connection| {
        let statement = store::agree(connection, scope, id, &act)?;
        notices::agreed(connection, &statement, &letterhead, &act)?;
        Ok(())
    });
    agreed.await.decided()?.map_err(conflict)?;
    go.to(format!("/statements/{id}"), "You agreed to the statement")
}

/// A page that says what a step will do, and asks for a reason where one is kept.
#[derive(Template)]
#[template(path = "settlement/step.html")]
struct StepPage {
    shell: Shell,
    loaded: Loaded,
    is_posting: bool,
    reason: String,
    errors: Errors,
}

impl StepPage {
    fn title(&self) -> String {
        let verb = if self.is_posting { "Post" } else { "Reopen" };
        format!("{verb} {}", self.loaded.statement.name())
    }

    fn owed(&self) -> String {
        super::owed(self.loaded.balance.closing, &self.loaded.statement, &self.shell.portal_name)
    }
}

async fn step_page(
    root: &RootStaff,
    shell: Shell,
    db: &Db,
    id: StatementId,
    is_posting: bool,
) -> Result<StepPage, Error> {
    let scope = root.scope();
    let loaded = db.read(move |connection| load(connection, scope, id, 0)).await?;
    Ok(StepPage { shell, loaded, is_posting, reason: String::new(), errors: Errors::default() })
}

pub async fn confirm_posting(root: RootStaff, shell: Shell, db: Data<Db>, id: Path<StatementId>) -> Answer {
    page(&step_page(&root, shell, &db, *id, true).await?)
}

pub async fn post(
    root: RootStaff,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    id: Path<StatementId>,
    _form: Form<NoFields>,
) -> Answer {
    let (id, act, letterhead) = (id.into_inner(), root.act(), Letterhead::from(site.get_ref()));
    let scope = root.scope();
    let posted = db.write(move |connection| {
        let posted = store::post(connection, id, &act)?;
        let statement = store::find(connection, scope, id)?;
        notices::posted(connection, &statement, &letterhead, &act)?;
        Ok(posted)
    });
    let posted = posted.await.decided()?.map_err(conflict)?;
    go.to(format!("/statements/{id}"), format!("Posted as {}", posted.number))
}

pub async fn confirm_reopening(root: RootStaff, shell: Shell, db: Data<Db>, id: Path<StatementId>) -> Answer {
    page(&step_page(&root, shell, &db, *id, false).await?)
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Reason {
    reason: String,
}

pub async fn reopen(
    root: RootStaff,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    id: Path<StatementId>,
    form: Form<Reason>,
) -> Answer {
    let (id, act, typed) = (id.into_inner(), root.act(), form.0.reason);
    let mut errors = Errors::default();
    let Some(reason) = kept_text(&typed, 1000, "reason", REASON, &mut errors) else {
        let refused = StepPage { errors, reason: typed, ..step_page(&root, shell, &db, id, false).await? };
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &refused);
    };
    let letterhead = Letterhead::from(site.get_ref());
    let reopened = db.write(move |connection| {
        let before = store::reopen(connection, id, &reason, &act)?;
        notices::reopened(connection, &before, &letterhead, &act)?;
        Ok(before)
    });
    let statement = reopened.await.decided()?.map_err(conflict)?;
    go.to(format!("/statements/{id}"), format!("{} is open again", statement.name()))
}
