//! `/price-drift`: the channel prices whose reference price moved; root accepts, keeps or reprices, many at once.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use chrono::NaiveDate;

use crate::catalog::pages::wording::{Products, by_id, part_name, value_text};
use crate::catalog::{self, PriceValue, PriceVersion};
use crate::channels::drift::store::{self, Drift};
use crate::channels::drift::{DriftAction, Moved};
use crate::channels::policy;
use crate::channels::{Channel, notices};
use crate::db::{Db, Decided};
use crate::mail::Letterhead;
use crate::values::{ChargeId, Currency, Scope, parse_day};
use crate::web::filters::counted;
use crate::web::{Answer, Error, Errors, Fields, Form, Go, RootStaff, Shell, Site, page, page_with};

use super::prices::percent_text;

/// A charge, or one of its tiers, of a drifted price.
struct Part {
    charge: String,
    then: String,
    now: String,
    own: String,
    /// Of the channel price over the new reference price.
    margin: String,
    repriced: String,
    has_moved: bool,
}

/// A drifted price on the page.
struct Row {
    key: String,
    channel: Channel,
    bundle: String,
    currency: Currency,
    own_since: NaiveDate,
    moves_on: NaiveDate,
    parts: Vec<Part>,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "channels/drift.html")]
struct DriftPage {
    shell: Shell,
    rows: Vec<Row>,
    from: String,
    errors: Errors,
}

impl DriftPage {
    fn fault(&self) -> &str {
        self.errors.of("price")
    }
}

async fn drift_page(
    shell: Shell,
    db: &Db,
    scope: Scope,
    fields: &Fields,
    errors: Errors,
) -> Result<DriftPage, Error> {
    let (board, products) = db
        .read(move |connection| {
            Ok((store::board(connection, scope)?, by_id(catalog::store::products(connection)?)))
        })
        .await?;
    let chosen: Vec<&str> = fields.all("price").collect();
    let rows = board.into_iter().map(|drift| row(drift, &products, &chosen)).collect();
    Ok(DriftPage { shell, rows, from: fields.get("from").to_owned(), errors })
}

fn row(drift: Drift, products: &Products, chosen: &[&str]) -> Row {
    let key = drift.key();
    let Drift { channel, bundle, currency, moved } = drift;
    let repriced = moved.repriced(&bundle, currency).unwrap_or_default();
    let Moved { own, then, now } = &moved;
    let parts = bundle.places().map(|(charge, tier)| {
        let part = |version: &PriceVersion| version.values.get(&charge.id)?.part(tier);
        let text = |value: Option<PriceValue>| {
            value.map_or_else(|| "–".to_owned(), |value| value_text(&value, currency))
        };
        let margin = part(own).zip(part(now)).and_then(|(own, now)| policy::margin(&own, &now));
        Part {
            charge: part_name(charge, tier, products),
            has_moved: part(then) != part(now),
            then: text(part(then)),
            now: text(part(now)),
            own: text(part(own)),
            margin: margin.map_or_else(|| "–".into(), |margin| percent_text(&margin)),
            repriced: text(repriced_part(&repriced, charge.id, tier)),
        }
    });
    let parts = parts.collect();
    Row {
        is_chosen: chosen.contains(&key.as_str()),
        key,
        bundle: bundle.name.clone(),
        currency,
        own_since: own.effective_from,
        moves_on: now.effective_from,
        parts,
        channel,
    }
}

fn repriced_part(
    values: &std::collections::BTreeMap<ChargeId, PriceValue>,
    charge: ChargeId,
    tier: u32,
) -> Option<PriceValue> {
    values.get(&charge)?.part(tier)
}

pub async fn show(root: RootStaff, shell: Shell, db: Data<Db>) -> Answer {
    let fields = Fields(vec![("from".into(), root.act().today().to_string())]);
    page(&drift_page(shell, &db, root.scope(), &fields, Errors::default()).await?)
}

pub async fn submit(
    root: RootStaff,
    shell: Shell,
    go: Go,
    db: Data<Db>,
    site: Data<Site>,
    form: Form<Fields>,
) -> Answer {
    let Form(fields) = form;
    let (scope, act) = (root.scope(), root.act());
    let mut errors = Errors::default();
    let keys: Vec<String> = fields.all("price").map(str::to_owned).collect();
    if keys.is_empty() {
        errors.add("price", "Choose one price or more");
    }
    let action = fields.get("action").parse::<DriftAction>().map_err(|_| "Choose what to do");
    let action = errors.take("price", action);
    let day = match action {
        // Keeping sets no price and needs no day.
        Some(DriftAction::Keep) => Ok(act.today()),
        _ => parse_day(fields.get("from")).map_err(|_| "Enter the first day"),
    };
    let from = errors.take("from", day);
    if let (Some(action), Some(from), true) = (action, from, errors.is_empty()) {
        let letterhead = Letterhead::from(site.get_ref());
        let decided = db.write(move |connection| {
            let channels = store::decide(connection, scope, &keys, action, from, &act)?;
            if action != DriftAction::Keep {
                notices::prices_moved(connection, &channels, from, &letterhead, &act)?;
            }
            Ok(channels.len())
        });
        match decided.await.decided()? {
            Ok(count) => return go.to("/price-drift", said(action, count, from)),
            Err(refusal) => errors.add("price", refusal),
        }
    }
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &drift_page(shell, &db, scope, &fields, errors).await?)
}

fn said(action: DriftAction, count: usize, from: NaiveDate) -> String {
    let prices = counted(i64::try_from(count).unwrap_or(i64::MAX), "channel price");
    let verb = if count == 1 { "is" } else { "are" };
    let day = from.format("%-d %B %Y");
    match action {
        DriftAction::Accept => format!("{prices} {verb} the reference price from {day}"),
        DriftAction::Keep => format!("{prices} {verb} kept"),
        DriftAction::Reprice => format!("{prices} {verb} moved from {day}"),
    }
}
