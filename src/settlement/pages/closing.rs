//! `/statements/closing`: root closes a month of one channel or of all.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use crate::channels;
use crate::channels::choice::{Choice, chosen, missing};
use crate::db::{Db, Decided};
use crate::settlement::state::Refusal;
use crate::settlement::store;
use crate::values::{ChannelId, Month};
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

/// The channels whose month is closed: the one that is named, or all.
async fn asked(db: &Db, root: &RootStaff, named: &str) -> Result<Vec<ChannelId>, Error> {
    let (scope, named) = (root.scope(), named.trim().to_owned());
    let found = db.read(move |connection| {
        if named.is_empty() {
            return channels::store::ids(connection);
        }
        Ok(chosen(connection, scope, &named)?.into_iter().map(|channel| channel.id).collect())
    });
    Ok(found.await?)
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
    let chosen = asked(&db, &root, &form.channel).await?;
    if chosen.is_empty() {
        errors.add("channel", missing(&form.channel));
    }
    let mut closed = 0;
    if let Some(month) = month.filter(|_| errors.is_empty()) {
        for channel in &chosen {
            let (channel, act) = (*channel, root.act());
            let outcome = db.write(move |connection| store::close(connection, channel, month, &act)).await;
            match outcome.decided()? {
                Ok(statements) => closed += statements.len(),
                // Among all channels, one with nothing to close is passed over.
                Err(Refusal::NothingRated | Refusal::State(_)) if form.channel.trim().is_empty() => {}
                Err(refusal) => errors.add("month", refusal),
            }
        }
        if closed == 0 {
            errors.add("month", "No statement of this month is open");
        }
    }
    if !errors.is_empty() && closed == 0 {
        let channel = choice(&db, &root, &form).await?;
        let refused = ClosingPage { shell, form, channel, errors };
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &refused);
    }
    let said = format!("{} closed", counted(i64::try_from(closed).unwrap_or(i64::MAX), "statement"));
    go.to(format!("/statements?month={}", form.month.trim()), said)
}
