//! `/resellers`: the accounts, for root, by name.

use actix_web::web::{Data, Query};
use askama::Template;
use serde::{Deserialize, Serialize};

use crate::db::Db;
use crate::db::paging;
use crate::lists::{Asked, Cell, Column, List, Table};
use crate::requests::resellers::{ResellerKey, ResellerRow, ResellerState, Resellers};
use crate::values::{Month, Timestamp};
use crate::web::sheet::FileKind;
use crate::web::{Answer, RootStaff, Shell, Site, page};

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Search {
    q: String,
    state: String,
    #[serde(flatten, skip_serializing)]
    asked: Asked,
}

impl Search {
    fn listing(&self, now: Timestamp) -> Resellers {
        let state = self.state.parse().ok();
        Resellers { text: self.q.clone(), state, month: Month::of(now.day()) }
    }
}

type Col = Column<ResellerRow, ResellerKey>;

/// Who may create channels is led to where that is done.
fn list(may_create: bool) -> List<Resellers> {
    let columns = vec![
        Col::text("Re-seller", |row| Cell::link(format!("/resellers/{}", row.id), &row.name))
            .by(ResellerKey::Name),
        Col::word("State", |row| Cell::Badge(row.state.tone(), row.state.words())).by(ResellerKey::State),
        Col::number("Share", |row| Cell::of(row.share, Cell::Percent)).by(ResellerKey::Share),
        Col::time("Since", |row| Cell::Moment(row.created_at)).by(ResellerKey::Since),
        Col::text("Channel", if may_create { channel_or_way } else { channel }).by(ResellerKey::Channel),
    ];
    List { path: "/resellers", noun: "re-seller", columns }
}

fn channel(row: &ResellerRow) -> Cell {
    Cell::of(row.channel.as_ref(), |(id, name)| Cell::link(format!("/channels/{id}"), name))
}

fn channel_or_way(row: &ResellerRow) -> Cell {
    if row.state == ResellerState::AwaitingChannel {
        Cell::link(format!("/resellers/{}/channel", row.id), "Create channel")
    } else {
        channel(row)
    }
}

#[derive(Template)]
#[template(path = "requests/resellers.html")]
struct ResellersPage {
    shell: Shell,
    search: Search,
    table: Table,
}

const STATES: &[(&str, &str)] = &[
    ("awaiting_channel", "Waits for its channel"),
    ("active", "Active"),
    ("suspended", "Suspended"),
    ("closed", "Closed"),
];

pub async fn show(root: RootStaff, shell: Shell, db: Data<Db>, search: Query<Search>) -> Answer {
    let search = search.into_inner();
    let (listing, at) = (search.listing(root.act().at), search.asked.place::<Resellers>());
    let found = db.read(move |connection| paging::page(connection, &listing, at)).await?;
    let table = list(shell.may_keep_channels()).table(&search, at.order, &found);
    page(&ResellersPage { shell, search, table })
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
    let order = search.asked.place::<Resellers>().order;
    list(false).download(&db, kind, search.listing(now), order, now).await
}
