//! `/requests`: every request that was submitted, for root: counts by state, filters, search and order in the address.

use actix_web::web::{Data, Query};
use askama::Template;
use serde::{Deserialize, Serialize};

use crate::access;
use crate::db::Db;
use crate::db::paging::{self, Listing, Order};
use crate::lists::{Asked, Cell, Column, List, Table};
use crate::requests::RequestState;
use crate::requests::store::{RequestKey, RequestRow, Requests};
use crate::web::filters::grouped;
use crate::web::links::address;
use crate::web::sheet::FileKind;
use crate::web::{Answer, RootStaff, Shell, Site, page};

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Search {
    q: String,
    state: String,
    assignee: String,
    #[serde(flatten, skip_serializing)]
    asked: Asked,
}

impl Search {
    fn listing(&self) -> Requests {
        Requests { text: self.q.clone(), state: self.state.parse().ok(), owner: self.assignee.parse().ok() }
    }
}

type Col = Column<RequestRow, RequestKey>;

fn list() -> List<Requests> {
    let columns = vec![
        Col::text("Company", |row| Cell::link(format!("/requests/{}", row.id), &row.company))
            .noted("Reference", |row| row.reference.clone())
            .by(RequestKey::Company),
        Col::word("State", |row| Cell::Badge(row.state.tone(), row.state.words())).by(RequestKey::State),
        Col::text("Owner", |row| Cell::of(row.owner.as_ref(), Cell::text)).by(RequestKey::Owner),
        Col::text("Country", |row| Cell::of(row.country(), |country| Cell::text(country.name()))),
        Col::money("Forecast a month", |row| {
            Cell::of(row.forecast(), |(amount, currency)| Cell::Money(amount, currency))
        })
        .by(RequestKey::Forecast),
        Col::time("Submitted", |row| Cell::of(row.submitted_at, Cell::Moment)).by(RequestKey::Submitted),
    ];
    List { path: "/requests", noun: "request", columns }
}

#[derive(Template)]
#[template(path = "requests/list.html")]
struct ListPage {
    shell: Shell,
    search: Search,
    table: Table,
    /// State, its name with how many there are, and the address that shows them.
    counts: Vec<(RequestState, String, String)>,
    roots: Vec<(String, String)>,
}

pub async fn show(_root: RootStaff, shell: Shell, db: Data<Db>, search: Query<Search>) -> Answer {
    let search = search.into_inner();
    let (listing, at) = (search.listing(), search.asked.place::<Requests>());
    let (found, forecasts, by_state, roots) = db
        .read(move |connection| {
            let by_state = Requests::by_state(connection)?;
            let count = listing.among(&by_state).map_or_else(|| listing.count(connection), Ok)?;
            let found = paging::page_of(connection, &listing, at, count)?;
            let forecasts = if found.is_counted() { listing.forecasts(connection)? } else { Vec::new() };
            Ok((found, forecasts, by_state, access::store::roots(connection)?))
        })
        .await?;
    let sums: Vec<_> = forecasts.into_iter().map(|(currency, amount)| (currency, vec![amount])).collect();
    let list = list();
    let table = Table { totals: list.totals(&sums), ..list.table(&search, at.order, &found) };
    let counts = by_state.into_iter().map(|(state, count)| chip(&search, state, count)).collect();
    let roots = roots.into_iter().map(|user| (user.id.to_string(), user.full_name)).collect();
    page(&ListPage { shell, search, table, counts, roots })
}

fn chip(search: &Search, state: RequestState, count: i64) -> (RequestState, String, String) {
    let Search { q, assignee, asked, .. } = search;
    let sort = asked.place::<Requests>().order.address();
    let parts = [("q", q.as_str()), ("assignee", assignee), ("state", state.as_str()), ("sort", &sort)];
    (state, format!("{} {}", state.words(), grouped(count.into(), 0)), address("/requests", &parts))
}

/// The list as a file.
pub async fn download(
    _root: RootStaff,
    db: Data<Db>,
    site: Data<Site>,
    kind: FileKind,
    search: Query<Search>,
) -> Answer {
    let order: Order<RequestKey> = search.asked.place::<Requests>().order;
    list().download(&db, kind, search.listing(), order, site.clock.now()).await
}
