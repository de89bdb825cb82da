//! `/channels/{id}/as-of` and its files: what a channel sells and at which prices, as it stood or will stand on a day.
//!
//! **Permissions**: root, and the channel's own re-seller, which sees reference prices only where the channel shows
//! them and never who at the provider set one.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use crate::catalog::pages::wording::{Products, by_id, part_name, value_text};
use crate::catalog::{self, BundleState, Charge, PriceValue, PriceVersion};
use crate::channels::pricing::{self, Book};
use crate::channels::{Channel, store};
use crate::db::Db;
use crate::values::{ChannelId, Currency, Scope, parse_day};
use crate::web::sheet::{FileKind, Value};
use crate::web::{Answer, Error, Errors, Member, Shell, page_with};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    on: String,
}

/// A price that a new subscription pays on the day.
struct Row {
    bundle: String,
    code: String,
    currency: Currency,
    charge: String,
    value: PriceValue,
    /// `None` when hidden, or when there is none.
    reference: Option<PriceValue>,
    /// The channel's own price, or the reference price.
    is_own: bool,
    effective_from: NaiveDate,
    set_by: String,
}

impl Row {
    fn price(&self) -> String {
        value_text(&self.value, self.currency)
    }

    fn reference_price(&self) -> Option<String> {
        self.reference.as_ref().map(|value| value_text(value, self.currency))
    }

    fn source(&self) -> &'static str {
        if self.is_own { "Channel price" } else { "Reference price" }
    }
}

#[derive(Template)]
#[template(path = "channels/as_of.html")]
struct AsOfPage {
    shell: Shell,
    is_root: bool,
    channel: Channel,
    shows_reference: bool,
    on: String,
    day: NaiveDate,
    today: NaiveDate,
    rows: Vec<Row>,
    errors: Errors,
}

impl AsOfPage {
    /// The address of the file of a kind.
    fn file(&self, ending: &str) -> String {
        format!("/channels/{}/as-of.{ending}?on={}", self.channel.id, self.day)
    }
}

struct Loaded {
    channel: Channel,
    rows: Vec<Row>,
}

async fn load(db: &Db, scope: Scope, id: ChannelId, day: NaiveDate) -> Result<Loaded, Error> {
    let loaded = db.read(move |connection| {
        let channel = store::find(connection, scope, id)?;
        let products = by_id(catalog::store::products(connection)?);
        let is_root = scope == Scope::Root;
        let view = View { is_root, shows_reference: is_root || channel.shows_reference, products, day };
        let books = pricing::books_from(connection, &channel, day)?;
        let is_sold = |book: &&Book| book.sold.enabled && book.bundle.state != BundleState::Draft;
        let rows = books.iter().filter(is_sold).flat_map(|book| view.rows(book)).collect();
        Ok(Loaded { channel, rows })
    });
    Ok(loaded.await?)
}

/// What is asked, and what may be seen.
struct View {
    is_root: bool,
    shows_reference: bool,
    products: Products,
    day: NaiveDate,
}

impl View {
    fn rows(&self, book: &Book) -> Vec<Row> {
        let Some(version) = book.in_effect(self.day) else { return Vec::new() };
        book.bundle.places().filter_map(|(charge, tier)| self.row(book, version, charge, tier)).collect()
    }

    fn row(&self, book: &Book, version: &PriceVersion, charge: &Charge, tier: u32) -> Option<Row> {
        let part = |version: &PriceVersion| version.values.get(&charge.id)?.part(tier);
        let is_own = version.channel.is_some();
        let is_named = self.is_root || is_own;
        Some(Row {
            bundle: book.bundle.name.clone(),
            code: book.bundle.code.clone(),
            currency: book.currency,
            charge: part_name(charge, tier, &self.products),
            value: part(version)?,
            reference: book.reference(self.day).filter(|_| self.shows_reference).and_then(part),
            is_own,
            effective_from: version.effective_from,
            set_by: if is_named { version.created_by.clone() } else { "The provider".into() },
        })
    }
}

fn id_of(path: &str) -> Result<ChannelId, Error> {
    path.parse().map_err(|_| Error::NotFound)
}

/// The day that is asked for; today when none is.
fn day_of(asked: &Asked, today: NaiveDate, errors: &mut Errors) -> NaiveDate {
    if asked.on.trim().is_empty() { today } else { errors.take("on", parse_day(&asked.on)).unwrap_or(today) }
}

pub async fn show(
    member: Member,
    shell: Shell,
    db: Data<Db>,
    path: Path<String>,
    asked: Query<Asked>,
) -> Answer {
    let (today, is_root) = (member.act().today(), member.is_root());
    let mut errors = Errors::default();
    let day = day_of(&asked, today, &mut errors);
    let Loaded { channel, rows } = load(&db, member.scope, id_of(&path)?, day).await?;
    let on = if errors.is_empty() { day.to_string() } else { asked.on.clone() };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let shows_reference = is_root || channel.shows_reference;
    page_with(status, &AsOfPage { shell, is_root, channel, shows_reference, on, day, today, rows, errors })
}

/// The prices as a file.
pub async fn download(
    member: Member,
    db: Data<Db>,
    kind: FileKind,
    path: Path<String>,
    asked: Query<Asked>,
) -> Answer {
    let mut errors = Errors::default();
    let day = day_of(&asked, member.act().today(), &mut errors);
    if !errors.is_empty() {
        return Err(Error::NotFound);
    }
    let Loaded { channel, rows } = load(&db, member.scope, id_of(&path)?, day).await?;
    let rows = rows.iter().map(|row| written(&channel, day, row));
    let content = kind.table("prices", &COLUMNS, rows, member.act().at)?;
    Ok(kind.attachment(&format!("prices-{}-{day}", channel.code), content))
}

const COLUMNS: [&str; 13] = [
    "channel_code",
    "on",
    "bundle_code",
    "bundle",
    "currency",
    "charge",
    "price",
    "cost_plus_percent",
    "reference_price",
    "reference_cost_plus_percent",
    "source",
    "effective_from",
    "set_by",
];

/// A price and a percent on top of the list cost as programs read them; one of the two is empty.
fn plain(value: Option<&PriceValue>) -> [Value; 2] {
    match value {
        Some(PriceValue::CostPlus(percent)) => [Value::Empty, Value::Number(percent.decimal().normalize())],
        Some(one) => [Value::of(one.price(0), |price| Value::Number(price.decimal())), Value::Empty],
        None => [Value::Empty, Value::Empty],
    }
}

fn written(channel: &Channel, day: NaiveDate, row: &Row) -> Vec<Value> {
    let [price, percent] = plain(Some(&row.value));
    let [reference_price, reference_percent] = plain(row.reference.as_ref());
    vec![
        Value::text(&channel.code),
        Value::Day(day),
        Value::text(&row.code),
        Value::text(&row.bundle),
        Value::text(row.currency),
        Value::text(&row.charge),
        price,
        percent,
        reference_price,
        reference_percent,
        Value::text(row.source()),
        Value::Day(row.effective_from),
        Value::text(&row.set_by),
    ]
}
