//! `/bundles/{id}`: a bundle with its components, charges, reference prices and history.
//!
//! **Permissions**: root.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use chrono::NaiveDate;

use super::wording::{
    Products, bundle_badge, by_id, charge_name, concern_name, currency_choices, kind_name, price_badge,
    price_lines,
};
use crate::audit::{self, Entry};
use crate::catalog::{
    Bundle, BundleKind, BundleState, Charge, Component, PriceState, PriceVersion, bundle_store, price_store,
    prices, pricing, store,
};
use crate::db::Db;
use crate::values::{BundleId, ChannelId, Currency, PriceVersionId, Timestamp};
use crate::web::{Answer, Errors, RootStaff, Shell, Site, page_with};

/// A component as the page shows it.
struct PartRow {
    name: String,
    href: String,
    /// SKU or code.
    note: String,
    /// Units a month; empty for the bundles of a package.
    included: String,
    /// The id that its change and removal name.
    part: String,
}

/// A price version as the page shows it.
struct VersionRow {
    id: PriceVersionId,
    effective_from: NaiveDate,
    state: PriceState,
    badge: (&'static str, &'static str),
    /// Charge and price, in the order of the bundle's charges.
    values: Vec<(String, String)>,
    concerns: &'static str,
    /// From when new subscriptions pay another version.
    closed_to_new: Option<NaiveDate>,
    reason: String,
    by: String,
    at: Timestamp,
    /// Its day has not come, or nobody can have bought the draft.
    is_changeable: bool,
}

impl VersionRow {
    fn is_ended(&self) -> bool {
        self.state == PriceState::Ended
    }
}

/// The reference prices of one currency, the newest first.
struct Book {
    currency: Currency,
    versions: Vec<VersionRow>,
}

impl Book {
    fn has_changeable(&self) -> bool {
        self.versions.iter().any(|version| version.is_changeable)
    }
}

/// What a draft needs before it is active, and whether it is there.
struct Checks {
    has_member: bool,
    has_charge: bool,
    has_prices: bool,
}

impl Checks {
    fn are_met(&self) -> bool {
        self.has_member && self.has_charge && self.has_prices
    }
}

#[derive(Template)]
#[template(path = "catalog/bundle.html")]
struct BundlePage {
    shell: Shell,
    bundle: Bundle,
    parts: Vec<PartRow>,
    /// Product and units a month: the sum of a package's bundles.
    included: Vec<(String, String)>,
    charges: Vec<(Charge, String)>,
    books: Vec<Book>,
    /// Currencies without a price yet.
    other_currencies: Vec<(&'static str, &'static str)>,
    /// Channels with the bundle, and whether each sells it.
    channels: Vec<(ChannelId, String, bool)>,
    checks: Checks,
    history: Vec<Entry>,
    errors: Errors,
}

impl BundlePage {
    /// Whether the reader may still change its components and charges.
    fn is_changeable(&self) -> bool {
        self.is_draft() && self.shell.may_keep_catalog()
    }

    fn is_draft(&self) -> bool {
        self.bundle.state == BundleState::Draft
    }

    fn is_package(&self) -> bool {
        self.bundle.kind == BundleKind::Package
    }

    fn other_prices_title(&self) -> &'static str {
        if self.books.is_empty() { "Reference prices" } else { "Prices in another currency" }
    }

    fn badge(&self) -> (&'static str, &'static str) {
        bundle_badge(self.bundle.state)
    }

    fn kind(&self) -> &'static str {
        kind_name(self.bundle.kind)
    }
}

pub async fn show(
    _root: RootStaff,
    shell: Shell,
    db: Data<Db>,
    site: Data<Site>,
    id: Path<BundleId>,
) -> Answer {
    render(shell, &db, *id, site.clock.now().day(), Errors::default()).await
}

/// The page, with what stood in the way of an act; then its status is 422.
pub(super) async fn render(shell: Shell, db: &Db, id: BundleId, today: NaiveDate, errors: Errors) -> Answer {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let built = db
        .read(move |connection| {
            let bundle = store::bundle(connection, id)?;
            let products = by_id(store::products(connection)?);
            let members = store::bundles(connection)?;
            let versions = price_store::versions_of_bundle(connection, None, id)?;
            let totals = store::included(connection, id)?;
            let named = |(product, units): (_, crate::values::Quantity)| {
                let name = products.get(&product).map(|known| format!("{} ({})", known.name, known.unit));
                (name.unwrap_or_default(), crate::web::filters::quantity_text(units))
            };
            let included = totals.into_iter().map(named).collect();
            let channels = bundle_store::sold_by(connection, id)?;
            let history = audit::of_object(connection, id)?;
            Ok((bundle, products, members, versions, included, channels, history))
        })
        .await?;
    let (bundle, products, members, versions, included, channels, history) = built;
    let charges: Vec<_> =
        bundle.charges.iter().map(|due| (due.clone(), charge_name(due, &products))).collect();
    let books = books(&bundle.charges, &products, &versions, bundle.state == BundleState::Draft, today);
    let has_book = |code: &str| books.iter().any(|book| book.currency.code() == code);
    let page = BundlePage {
        shell,
        parts: bundle.components.iter().map(|part| part_row(part, &products, &members)).collect(),
        included,
        charges,
        other_currencies: currency_choices().into_iter().filter(|(code, _)| !has_book(code)).collect(),
        checks: checks(&bundle, &versions),
        books,
        bundle,
        channels,
        history,
        errors,
    };
    page_with(status, &page)
}

fn part_row(part: &Component, products: &Products, members: &[Bundle]) -> PartRow {
    match part {
        Component::Product { product, included } => {
            let known = products.get(product);
            PartRow {
                name: known.map(|known| known.name.clone()).unwrap_or_default(),
                href: format!("/products/{product}"),
                note: known.map(|known| known.sku.clone()).unwrap_or_default(),
                included: format!(
                    "{} {}",
                    crate::web::filters::quantity_text(*included),
                    known.map(|known| known.unit.as_str()).unwrap_or_default()
                ),
                part: product.to_string(),
            }
        }
        Component::Bundle(id) => {
            let known = members.iter().find(|member| member.id == *id);
            PartRow {
                name: known.map(|known| known.name.clone()).unwrap_or_default(),
                href: format!("/bundles/{id}"),
                note: known.map(|known| known.code.clone()).unwrap_or_default(),
                included: String::new(),
                part: id.to_string(),
            }
        }
    }
}

fn checks(bundle: &Bundle, versions: &[PriceVersion]) -> Checks {
    let is_complete =
        |version: &PriceVersion| pricing::check(&bundle.charges, &version.values, version.currency).is_ok();
    Checks {
        has_member: bundle.kind == BundleKind::Bundle || !bundle.components.is_empty(),
        has_charge: !bundle.charges.is_empty(),
        has_prices: !versions.is_empty() && versions.iter().all(is_complete),
    }
}

fn books(
    charges: &[Charge],
    products: &Products,
    versions: &[PriceVersion],
    is_draft: bool,
    today: NaiveDate,
) -> Vec<Book> {
    let mut books: Vec<Book> = Vec::new();
    for (code, _) in currency_choices() {
        let of_currency: Vec<_> =
            versions.iter().filter(|version| version.currency.code() == code).cloned().collect();
        if let Some(first) = of_currency.first() {
            let rows = of_currency
                .iter()
                .rev()
                .map(|version| version_row(charges, products, version, &of_currency, is_draft, today));
            books.push(Book { currency: first.currency, versions: rows.collect() });
        }
    }
    books
}

fn version_row(
    charges: &[Charge],
    products: &Products,
    version: &PriceVersion,
    all: &[PriceVersion],
    is_draft: bool,
    today: NaiveDate,
) -> VersionRow {
    let state = prices::state(version, all, today);
    let lines = |charge: &Charge| match version.values.get(&charge.id) {
        Some(value) => price_lines(charge, value, products, version.currency),
        None => vec![(charge_name(charge, products), "–".to_owned())],
    };
    VersionRow {
        id: version.id,
        effective_from: version.effective_from,
        badge: price_badge(state),
        state,
        values: charges.iter().flat_map(lines).collect(),
        concerns: concern_name(version.concerns),
        closed_to_new: prices::closed_to_new(version, all, today),
        reason: version.reason.clone(),
        by: version.created_by.clone(),
        at: version.created_at,
        is_changeable: state == PriceState::Planned || is_draft,
    }
}
