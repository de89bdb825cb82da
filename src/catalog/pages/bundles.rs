//! `/bundles`: bundles and packages by name, with today's reference price in each currency and what is planned.
//!
//! **Permissions**: root.

use actix_web::web::{Data, Query};
use askama::Template;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::wording::{bundle_badge, currency_order, kind_name, value_text};
use crate::catalog::lists::{BundleKey, Bundles, ListedBundle};
use crate::catalog::{
    Bundle, BundleKind, BundleState, ChargeKind, ChargeModel, PriceState, PriceVersion, prices,
};
use crate::db::Db;
use crate::db::paging;
use crate::lists::{Asked, Cell, Column, List, Table};
use crate::values::Currency;
use crate::web::sheet::FileKind;
use crate::web::{Answer, RootStaff, Shell, Site, page};

const STATES: [(BundleState, &str); 3] =
    [(BundleState::Active, "Active"), (BundleState::Draft, "Draft"), (BundleState::Retired, "Retired")];
const KINDS: [(BundleKind, &str); 2] = [(BundleKind::Bundle, "Bundles"), (BundleKind::Package, "Packages")];

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Search {
    q: String,
    state: String,
    kind: String,
    #[serde(flatten, skip_serializing)]
    asked: Asked,
}

impl Search {
    fn listing(&self, today: NaiveDate) -> Bundles {
        let (state, kind) = (self.state.parse().ok(), self.kind.parse().ok());
        Bundles { text: self.q.clone(), state, kind, today }
    }
}

type Col = Column<ListedBundle, BundleKey>;

fn list() -> List<Bundles> {
    let own = |row: &ListedBundle| Cell::link(format!("/bundles/{}", row.bundle.id), &row.bundle.name);
    let columns = vec![
        Col::text("Bundle", own).noted("Code", |row| row.bundle.code.clone()).by(BundleKey::Name),
        Col::word("Kind", |row| Cell::text(kind_name(row.bundle.kind))).by(BundleKey::Kind),
        Col::word("State", |row| {
            let (tone, words) = bundle_badge(row.bundle.state);
            Cell::Badge(tone, words)
        })
        .by(BundleKey::State),
        Col::number("Reference price", prices_now),
        Col::time("Planned change", |row| Cell::of(next_change(row), Cell::Day)),
    ];
    List { path: "/bundles", noun: "bundle", columns }
}

/// For each currency with a price today.
fn prices_now(row: &ListedBundle) -> Cell {
    let mut currencies: Vec<Currency> = row.versions.iter().map(|version| version.currency).collect();
    currencies.sort_unstable_by_key(|currency| currency_order(*currency));
    currencies.dedup();
    let of = |currency: Currency| -> Vec<PriceVersion> {
        row.versions.iter().filter(|version| version.currency == currency).cloned().collect()
    };
    let now: Vec<String> =
        currencies.iter().filter_map(|currency| headline(&row.bundle, &of(*currency), row.today)).collect();
    if now.is_empty() { Cell::text("No price today") } else { Cell::Lines(now) }
}

/// The nearest day from which another price is planned.
fn next_change(row: &ListedBundle) -> Option<NaiveDate> {
    let is_planned =
        |version: &&PriceVersion| prices::state(version, &row.versions, row.today) == PriceState::Planned;
    row.versions.iter().filter(is_planned).map(|version| version.effective_from).min()
}

/// The monthly price, or the first charge's when nothing is due monthly.
fn headline(bundle: &Bundle, versions: &[PriceVersion], today: NaiveDate) -> Option<String> {
    let version = prices::current(versions, today)?;
    let monthly = bundle.charges.iter().find(|charge| charge.kind == ChargeKind::Recurring);
    let charge = monthly.or_else(|| bundle.charges.first())?;
    let price = value_text(version.values.get(&charge.id)?, version.currency);
    if charge.model == ChargeModel::CostPlus {
        return Some(format!("{price} in {}", version.currency));
    }
    Some(match charge.kind {
        ChargeKind::OneTime => format!("{price} once"),
        ChargeKind::Recurring => format!("{price} a month"),
        ChargeKind::Usage => format!("{price} by use"),
    })
}

#[derive(Template)]
#[template(path = "catalog/bundles.html")]
struct BundlesPage {
    shell: Shell,
    search: Search,
    table: Table,
}

pub async fn show(
    _root: RootStaff,
    shell: Shell,
    db: Data<Db>,
    site: Data<Site>,
    search: Query<Search>,
) -> Answer {
    let search = search.into_inner();
    let (listing, at) = (search.listing(site.clock.now().day()), search.asked.place::<Bundles>());
    let found = db.read(move |connection| paging::page(connection, &listing, at)).await?;
    let table = list().table(&search, at.order, &found);
    page(&BundlesPage { shell, search, table })
}

/// The list as a file.
pub async fn download(
    _root: RootStaff,
    db: Data<Db>,
    site: Data<Site>,
    kind: FileKind,
    search: Query<Search>,
) -> Answer {
    let now = site.clock.now();
    let order = search.asked.place::<Bundles>().order;
    list().download(&db, kind, search.listing(now.day()), order, now).await
}
