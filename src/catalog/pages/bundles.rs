//! `/bundles`: bundles and packages by name, with today's reference price in each currency and what is planned.
//!
//! **Permissions**: root.

use actix_web::web::{Data, Query};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::wording::{bundle_badge, currency_order, kind_name, value_text};
use crate::catalog::lists::{self, BundleFilter};
use crate::catalog::{
    Bundle, BundleKind, BundleState, ChargeKind, ChargeModel, PriceState, PriceVersion, price_store, prices,
};
use crate::db::Db;
use crate::db::paging::{Cursor, Slice};
use crate::values::Currency;
use crate::web::{Answer, RootStaff, Shell, Site, links, page};

const SIZE: i64 = 50;

const STATES: [(BundleState, &str); 3] =
    [(BundleState::Active, "Active"), (BundleState::Draft, "Draft"), (BundleState::Retired, "Retired")];
const KINDS: [(BundleKind, &str); 2] = [(BundleKind::Bundle, "Bundles"), (BundleKind::Package, "Packages")];

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Search {
    q: String,
    state: String,
    kind: String,
    after: String,
    before: String,
}

impl Search {
    fn filter(&self) -> BundleFilter {
        BundleFilter { text: self.q.clone(), state: self.state.parse().ok(), kind: self.kind.parse().ok() }
    }

    fn is_filtered(&self) -> bool {
        !(self.q.trim().is_empty() && self.state.is_empty() && self.kind.is_empty())
    }
}

/// A bundle as the list shows it.
struct Row {
    bundle: Bundle,
    /// For each currency with a price today.
    now: Vec<String>,
    /// The days of planned prices, the nearest first.
    planned: Vec<NaiveDate>,
}

impl Row {
    fn new(bundle: Bundle, versions: &[PriceVersion], today: NaiveDate) -> Self {
        let own: Vec<_> = versions.iter().filter(|version| version.bundle == bundle.id).cloned().collect();
        let mut currencies: Vec<Currency> = own.iter().map(|version| version.currency).collect();
        currencies.sort_unstable_by_key(|currency| currency_order(*currency));
        currencies.dedup();
        let of = |currency: Currency| -> Vec<PriceVersion> {
            own.iter().filter(|version| version.currency == currency).cloned().collect()
        };
        let now = currencies.iter().filter_map(|currency| headline(&bundle, &of(*currency), today)).collect();
        let is_planned = |version: &&PriceVersion| prices::state(version, &own, today) == PriceState::Planned;
        let mut planned: Vec<_> =
            own.iter().filter(is_planned).map(|version| version.effective_from).collect();
        planned.dedup();
        Self { bundle, now, planned }
    }

    fn badge(&self) -> (&'static str, &'static str) {
        bundle_badge(self.bundle.state)
    }

    fn kind(&self) -> &'static str {
        kind_name(self.bundle.kind)
    }
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
    bundles: Slice<Row>,
    earlier: String,
    later: String,
}

pub async fn show(
    _root: RootStaff,
    shell: Shell,
    db: Data<Db>,
    site: Data<Site>,
    search: Query<Search>,
) -> Answer {
    let search = search.into_inner();
    let (filter, cursor) = (search.filter(), Cursor::typed(&search.after, &search.before));
    let (bundles, versions) = db
        .read(move |connection| {
            let bundles = lists::bundle_page(connection, &filter, cursor, SIZE)?;
            let ids: Vec<_> = bundles.rows.iter().map(|bundle| bundle.id).collect();
            let versions = price_store::reference_of(connection, &ids)?;
            Ok((bundles, versions))
        })
        .await?;
    let today = site.clock.now().day();
    let beside = |name, bundle: Option<&Bundle>, exists: bool| match bundle {
        Some(bundle) if exists => links::address(
            "/bundles",
            &[
                ("q", search.q.as_str()),
                ("state", &search.state),
                ("kind", &search.kind),
                (name, &bundle.id.to_string()),
            ],
        ),
        _ => String::new(),
    };
    let earlier = beside("before", bundles.rows.first(), bundles.has_earlier);
    let later = beside("after", bundles.rows.last(), bundles.has_later);
    let bundles = bundles.map(|bundle| Row::new(bundle, &versions, today));
    page(&BundlesPage { shell, search, bundles, earlier, later })
}
