//! `/statements/closing`: root closes a month of one channel at once, or of all in the background.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::settling;
use crate::channels::choice::{Choice, chosen, missing};
use crate::db::{Db, Decided};
use crate::settlement::runs::{self, RunStep};
use crate::settlement::state::Refusal;
use crate::settlement::store;
use crate::values::Month;
use crate::web::filters::counted;
use crate::web::{Answer, Error, Errors, Form, Go, RootStaff, Shell, page, page_with};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Closing {
    month: String,
    /// Empty means every channel.
    channel: String,
}

#[derive(Template)]
#[template(path = "settlement/closing.html")]
struct ClosingPage {
    shell: Shell,
    form: Closing,
    channel: Choice,
    errors: Errors,
}

async fn choice(db: &Db, root: &RootStaff, form: &Closing) -> Result<Choice, Error> {
    let (scope, named) = (root.scope(), form.channel.clone());
    Ok(db.read(move |connection| Choice::of(connection, scope, &named)).await?)
}

pub async fn show(root: RootStaff, shell: Shell, db: Data<Db>, asked: Query<Closing>) -> Answer {
    let mut form = asked.into_inner();
    if form.month.is_empty() {
        form.month = Month::of(root.act().today()).previous().to_string();
    }
    let channel = choice(&db, &root, &form).await?;
    page(&ClosingPage { shell, form, channel, errors: Errors::default() })
}

pub async fn submit(root: RootStaff, shell: Shell, go: Go, db: Data<Db>, form: Form<Closing>) -> Answer {
    let form = form.0;
    let mut errors = Errors::default();
    let month = errors.take("month", form.month.parse::<Month>());
    let (scope, named) = (root.scope(), form.channel.trim().to_owned());
    let is_every = named.is_empty();
    let channel = db.read(move |connection| chosen(connection, scope, &named)).await?;
    if !is_every && channel.is_none() {
        errors.add("channel", missing(&form.channel));
    }
    if let Some(month) = month.filter(|_| errors.is_empty()) {
        let act = root.act();
        let closed: Result<(String, String), Refusal> = match channel {
            None => {
                let run =
                    db.write(move |connection| runs::store::start(connection, RunStep::Close, month, &act));
                run.await
                    .decided()?
                    .map(|run| (format!("/statements/runs/{run}"), settling::STARTED.to_owned()))
            }
            Some(channel) => {
                let closed = db.write(move |connection| store::close(connection, channel.id, month, &act));
                closed
                    .await
                    .decided()?
                    .map(|closed| (format!("/statements?month={month}"), said(closed.len())))
            }
        };
        match closed {
            Ok((to, said)) => return go.to(to, said),
            Err(refusal) => errors.add("month", refusal),
        }
    }
    let channel = choice(&db, &root, &form).await?;
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &ClosingPage { shell, form, channel, errors })
}

fn said(closed: usize) -> String {
    format!("{} closed", counted(i64::try_from(closed).unwrap_or(i64::MAX), "statement"))
}
