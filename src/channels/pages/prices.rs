//! `/channels/{id}/prices`, and `/prices` for a re-seller: the channel's prices beside the reference prices.

use actix_web::web::{Data, Path};
use askama::Template;
use chrono::NaiveDate;

use super::price_history::may_change;
use crate::catalog::pages::wording::{Products, by_id, part_name, value_text};
use crate::catalog::{self, Charge, PriceValue, PriceVersion};
use crate::channels::pricing::{self, Book};
use crate::channels::{Channel, PricePolicy, policy, store};
use crate::db::Db;
use crate::terms::{self, TermsVersion, split};
use crate::values::{ChannelId, Exact, Month, Scope, round, rounded};
use crate::web::filters::money_text;
use crate::web::{Answer, Error, Member, ResellerStaff, Shell, page};

/// What the table shows of one charge, or of one of its tiers.
pub struct PriceRow {
    pub charge: String,
    /// `None` when the channel does not show it to the re-seller.
    pub reference: Option<String>,
    pub price: String,
    /// The channel's own price, or the reference price.
    pub is_own: bool,
    pub planned: String,
    pub margin: String,
    /// What each side gets of one unit: re-seller, provider.
    pub shares: Option<(String, String)>,
}

/// A bundle and currency with its rows.
pub struct Section {
    pub book: Book,
    pub rows: Vec<PriceRow>,
    pub planned_from: Option<NaiveDate>,
    pub may_change: bool,
}

#[derive(Template)]
#[template(path = "channels/prices.html")]
struct PricesPage {
    shell: Shell,
    is_root: bool,
    channel: Channel,
    sections: Vec<Section>,
    has_terms: bool,
    /// The share of a unit then depends on the month's amount.
    has_tiers: bool,
}

impl PricesPage {
    /// Where a new price of a bundle is set.
    fn editor(&self, section: &Section) -> String {
        let Book { bundle, currency, .. } = &section.book;
        format!("/channels/{}/prices/{}/{currency}", self.channel.id, bundle.id)
    }
}

impl Section {
    /// What the re-seller may do, in words.
    fn policy_words(&self) -> String {
        let band = self.book.sold.band;
        match self.book.sold.policy {
            PricePolicy::Locked => "Locked by the provider".into(),
            PricePolicy::Free => "Free: the re-seller sets it at will".into(),
            PricePolicy::Band => {
                let mut words = Vec::new();
                words.extend(band.floor.map(|percent| format!("floor {percent}% of the reference price")));
                words.extend(band.ceiling.map(|percent| format!("ceiling {percent}%")));
                words.extend(band.min_margin.map(|percent| format!("margin {percent}% or more")));
                if words.is_empty() {
                    "Band without limits".into()
                } else {
                    format!("Band: {}", words.join(", "))
                }
            }
        }
    }
}

/// What one unit at `price` brings each side under the terms; nothing for cost-plus, which has no unit price.
pub fn shares(
    terms: Option<&TermsVersion>,
    book: &Book,
    category: Option<&str>,
    price: &PriceValue,
    reference: Option<&PriceValue>,
) -> Option<(String, String)> {
    let PriceValue::Unit(unit_price) = price else { return None };
    let price = unit_price.exact();
    let reference = reference.map_or_else(|| price.clone(), |reference| reference.factor(0));
    let reseller = split::of_unit(&terms?.offer.rule, book.bundle.id, category, price.clone(), reference);
    // Small prices are shown for a thousand units, which is where shares become money.
    let is_small = unit_price.decimal().scale() > book.currency.minor_digits();
    let scale = Exact::from_integer(if is_small { 1000 } else { 1 }.into());
    let whole = round(&(price * &scale), book.currency).ok()?;
    let reseller = round(&(reseller * scale), book.currency).ok()?;
    let provider = whole.checked_sub(reseller).ok()?;
    let suffix = if is_small { " per 1,000" } else { "" };
    let text = |amount| format!("{}{suffix}", money_text(amount, book.currency));
    Some((text(reseller), text(provider)))
}

/// The category of the product that a charge is about.
pub fn category_of<'p>(charge: &Charge, products: &'p Products) -> Option<&'p str> {
    charge.product.and_then(|id| products.get(&id)).map(|product| product.category.as_str())
}

struct View<'a> {
    channel: &'a Channel,
    is_root: bool,
    terms: Option<&'a TermsVersion>,
    products: &'a Products,
    today: NaiveDate,
}

fn section(book: Book, view: &View<'_>) -> Section {
    let current = book.in_effect(view.today).cloned();
    let planned = book.planned(view.today).cloned();
    let shows_reference = view.is_root || view.channel.shows_reference;
    let rows = book
        .bundle
        .places()
        .map(|(charge, tier)| {
            let value = |version: Option<&PriceVersion>| {
                version.and_then(|one| one.values.get(&charge.id)).and_then(|value| value.part(tier))
            };
            let (price, reference) = (value(current.as_ref()), value(book.reference(view.today)));
            let category = category_of(charge, view.products);
            let text = |value: &Option<PriceValue>| {
                value.as_ref().map_or_else(|| "–".into(), |value| value_text(value, book.currency))
            };
            let both = price.as_ref().zip(reference.as_ref());
            let margin = both.and_then(|(price, reference)| policy::margin(price, reference));
            PriceRow {
                charge: part_name(charge, tier, view.products),
                reference: shows_reference.then(|| text(&reference)),
                price: text(&price),
                is_own: current.as_ref().is_some_and(|version| version.channel.is_some()),
                planned: value(planned.as_ref())
                    .map(|value| value_text(&value, book.currency))
                    .unwrap_or_default(),
                margin: margin
                    .filter(|_| shows_reference)
                    .map_or_else(|| "–".into(), |margin| percent_text(&margin)),
                shares: price
                    .as_ref()
                    .and_then(|price| shares(view.terms, &book, category, price, reference.as_ref())),
            }
        })
        .collect();
    let may_change = may_change(view.channel, &book, view.is_root);
    Section { rows, planned_from: planned.map(|version| version.effective_from), may_change, book }
}

/// A part of one as a percent with one decimal.
pub fn percent_text(part: &Exact) -> String {
    let tenths = rounded(part, 3);
    let Ok(tenths) = i64::try_from(tenths) else { return "–".into() };
    let sign = if tenths < 0 { "\u{2212}" } else { "" };
    format!("{sign}{}.{}%", tenths.abs() / 10, tenths.abs() % 10)
}

async fn prices_page(
    shell: Shell,
    db: &Db,
    scope: Scope,
    id: ChannelId,
    today: NaiveDate,
) -> Result<PricesPage, Error> {
    let loaded = db.read(move |connection| {
        let channel = store::find(connection, scope, id)?;
        let products = by_id(catalog::store::products(connection)?);
        let terms = terms::store::in_effect(connection, channel.reseller, Month::of(today))?;
        let is_root = scope == Scope::Root;
        let view = View { channel: &channel, is_root, terms: terms.as_ref(), products: &products, today };
        let sections = pricing::books_from(connection, &channel, today)?
            .into_iter()
            .filter(|book| book.sold.enabled)
            .map(|book| section(book, &view))
            .collect();
        let has_tiers = terms.as_ref().is_some_and(|terms| !terms.offer.rule.tiers.is_empty());
        Ok(PricesPage { shell, is_root, sections, has_terms: terms.is_some(), has_tiers, channel })
    });
    Ok(loaded.await?)
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, id: Path<String>) -> Answer {
    let id: ChannelId = id.parse().map_err(|_| Error::NotFound)?;
    let today = member.act().today();
    page(&prices_page(shell, &db, member.scope, id, today).await?)
}

pub async fn own(admin: ResellerStaff, shell: Shell, db: Data<Db>) -> Answer {
    let id = admin.channel.ok_or(Error::NotFound)?;
    let (scope, today) = (admin.scope(), admin.act().today());
    page(&prices_page(shell, &db, scope, id, today).await?)
}
