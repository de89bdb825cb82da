//! `/price-requests`: the prices that re-sellers ask for, the newest first.

use actix_web::web::{Data, Query};
use askama::Template;
use serde::{Deserialize, Serialize};

use crate::channels::price_requests::listed::{PriceRequestKey, PriceRequests};
use crate::channels::price_requests::{PriceRequest, PriceRequestState};
use crate::db::Db;
use crate::db::paging;
use crate::lists::{Asked, Cell, Column, List, Table};
use crate::values::Scope;
use crate::web::sheet::FileKind;
use crate::web::{Answer, Member, Shell, Site, links, page};

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Search {
    state: String,
    channel: String,
    #[serde(flatten, skip_serializing)]
    asked: Asked,
}

impl Search {
    fn listing(&self, scope: Scope) -> PriceRequests {
        PriceRequests { scope, state: self.state.parse().ok(), channel: self.channel.parse().ok() }
    }

    /// The address of the list in a state, its name, and whether it is the one that is shown.
    fn chips(&self) -> Vec<(String, &'static str, bool)> {
        let sort = self.asked.place::<PriceRequests>().order.address();
        let chip = |(state, label): (&str, &'static str)| {
            let parts = [("state", state), ("channel", &self.channel), ("sort", &sort)];
            (links::address("/price-requests", &parts), label, self.state == state)
        };
        let states = PriceRequestState::ALL.iter().map(|state| (state.as_str(), state.words()));
        std::iter::once(("", "All")).chain(states).map(chip).collect()
    }
}

type Col = Column<PriceRequest, PriceRequestKey>;

fn list(is_root: bool) -> List<PriceRequests> {
    let own = |row: &PriceRequest| {
        Cell::link(format!("/price-requests/{}", row.id), format!("{}, {}", row.bundle_name, row.currency))
    };
    let mut columns = vec![
        Col::text("Request", own).noted("Reference", |row| row.reference.clone()).by(PriceRequestKey::Bundle),
    ];
    if is_root {
        columns
            .push(Col::text("Re-seller", |row| Cell::text(&row.reseller_name)).by(PriceRequestKey::Reseller));
    }
    columns.extend([
        Col::word("State", |row| Cell::Badge(row.state.tone(), row.state.words())).by(PriceRequestKey::State),
        Col::time("Wished from", |row| Cell::Day(row.effective_from)).by(PriceRequestKey::From),
        Col::time("Asked", |row| Cell::Moment(row.asked_at)).by(PriceRequestKey::Asked),
    ]);
    List { path: "/price-requests", noun: "price request", columns }
}

#[derive(Template)]
#[template(path = "channels/price_requests.html")]
struct ListPage {
    shell: Shell,
    is_root: bool,
    search: Search,
    chips: Vec<(String, &'static str, bool)>,
    table: Table,
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, search: Query<Search>) -> Answer {
    let search = search.into_inner();
    let is_root = member.is_root();
    let (listing, at) = (search.listing(member.scope), search.asked.place::<PriceRequests>());
    let found = db.read(move |connection| paging::page(connection, &listing, at)).await?;
    let table = list(is_root).table(&search, at.order, &found);
    page(&ListPage { shell, is_root, chips: search.chips(), search, table })
}

/// The list as a file.
pub async fn download(
    member: Member,
    db: Data<Db>,
    site: Data<Site>,
    kind: FileKind,
    search: Query<Search>,
) -> Answer {
    let (listing, at) = (search.listing(member.scope), search.asked.place::<PriceRequests>());
    list(member.is_root()).download(&db, kind, listing, at.order, site.clock.now()).await
}
