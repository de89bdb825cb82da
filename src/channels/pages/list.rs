//! `/channels`: every channel, for root.

use actix_web::web::{Data, Query};
use askama::Template;
use serde::{Deserialize, Serialize};

use crate::channels::listed::{ChannelKey, ChannelRow, Channels};
use crate::db::Db;
use crate::db::paging;
use crate::lists::{Asked, Cell, Column, List, Table};
use crate::values::Scope;
use crate::web::sheet::FileKind;
use crate::web::{Answer, RootStaff, Shell, Site, page};

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Search {
    q: String,
    reseller: String,
    #[serde(flatten, skip_serializing)]
    asked: Asked,
}

impl Search {
    fn listing(&self, scope: Scope) -> Channels {
        Channels { scope, text: self.q.clone(), reseller: self.reseller.parse().ok() }
    }
}

type Col = Column<ChannelRow, ChannelKey>;

fn list() -> List<Channels> {
    let currencies = |row: &ChannelRow| {
        let codes: Vec<String> = row.currencies.iter().map(ToString::to_string).collect();
        Cell::Text(codes.join(", "))
    };
    let columns = vec![
        Col::text("Channel", |row| Cell::link(format!("/channels/{}", row.id), &row.name))
            .noted("Code", |row| row.code.clone())
            .by(ChannelKey::Name),
        Col::text("Re-seller", |row| Cell::link(format!("/resellers/{}", row.reseller), &row.reseller_name))
            .by(ChannelKey::Reseller),
        Col::text("Currencies", currencies),
        Col::text("Prices", |row| Cell::link(format!("/channels/{}/prices", row.id), "See prices"))
            .on_pages(),
        Col::time("Since", |row| Cell::Moment(row.created_at)).by(ChannelKey::Since),
    ];
    List { path: "/channels", noun: "channel", columns }
}

#[derive(Template)]
#[template(path = "channels/list.html")]
struct ListPage {
    shell: Shell,
    search: Search,
    table: Table,
}

/// **Permissions**: root.
pub async fn show(root: RootStaff, shell: Shell, db: Data<Db>, search: Query<Search>) -> Answer {
    let search = search.into_inner();
    let (listing, at) = (search.listing(root.scope()), search.asked.place::<Channels>());
    let found = db.read(move |connection| paging::page(connection, &listing, at)).await?;
    let table = list().table(&search, at.order, &found);
    page(&ListPage { shell, search, table })
}

/// The list as a file.
pub async fn download(
    root: RootStaff,
    db: Data<Db>,
    site: Data<Site>,
    kind: FileKind,
    search: Query<Search>,
) -> Answer {
    let (listing, at) = (search.listing(root.scope()), search.asked.place::<Channels>());
    list().download(&db, kind, listing, at.order, site.clock.now()).await
}
