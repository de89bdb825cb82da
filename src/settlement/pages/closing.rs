//! `/statements/closing`: root closes a month of one channel or of all.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use crate::channels::{self, Channel};
use crate::db::{Db, Decided};
use crate::settlement::state::Refusal;
use crate::settlement::store;
use crate::values::{ChannelId, Month};
use crate::web::filters::counted;
use crate::web::{Answer, Errors, Form, Go, RootStaff, Shell, page, page_with};

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
    channels: Vec<(String, String)>,
    errors: Errors,
}

async fn load(db: &Db, root: &RootStaff) -> Result<Vec<Channel>, crate::web::Error> {
    let scope = root.scope();
    Ok(db.read(move |connection| channels::store::list(connection, scope)).await?)
}

fn options(channels: &[Channel]) -> Vec<(String, String)> {
    channels.iter().map(|one| (one.id.to_string(), one.name.clone())).collect()
}

pub async fn show(root: RootStaff, shell: Shell, db: Data<Db>, asked: Query<Closing>) -> Answer {
    let channels = options(&load(&db, &root).await?);
    let mut form = asked.into_inner();
    if form.month.is_empty() {
        form.month = Month::of(root.act().today()).previous().to_string();
    }
    page(&ClosingPage { shell, form, channels, errors: Errors::default() })
}

pub async fn submit(root: RootStaff, shell: Shell, go: Go, db: Data<Db>, form: Form<Closing>) -> Answer {
    let form = form.0;
    let all = load(&db, &root).await?;
    let mut errors = Errors::default();
    let month = errors.take("month", form.month.parse::<Month>());
    let chosen: Vec<ChannelId> = all
        .iter()
        .map(|channel| channel.id)
        .filter(|id| form.channel.is_empty() || id.to_string() == form.channel)
        .collect();
    if chosen.is_empty() {
        errors.add("channel", "Choose a channel");
    }
    let mut closed = 0;
    if let Some(month) = month.filter(|_| errors.is_empty()) {
        for channel in &chosen {
            let (channel, act) = (*channel, root.act());
            let outcome = db.write(move |connection| store::close(connection, channel, month, &act)).await;
            match outcome.decided()? {
                Ok(statements) => closed += statements.len(),
                // Among all channels, one with nothing to close is passed over.
                Err(Refusal::NothingRated | Refusal::State(_)) if form.channel.is_empty() => {}
                Err(refusal) => errors.add("month", refusal),
            }
        }
        if closed == 0 {
            errors.add("month", "No statement of this month is open");
        }
    }
    if !errors.is_empty() && closed == 0 {
        let refused = ClosingPage { shell, form, channels: options(&all), errors };
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &refused);
    }
    let said = format!("{} closed", counted(i64::try_from(closed).unwrap_or(i64::MAX), "statement"));
    go.to(format!("/statements?month={}", form.month.trim()), said)
}
