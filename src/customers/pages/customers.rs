//! `/customers`: the list, for members, by name.

use actix_web::web::{Data, Query};
use askama::Template;
use serde::{Deserialize, Serialize};

use crate::channels::choice::{Choice, Named};
use crate::customers::lists::{CustomerKey, CustomerRow, Customers};
use crate::db::Db;
use crate::db::paging;
use crate::lists::{Asked, Cell, Column, List, Table};
use crate::values::Scope;
use crate::web::sheet::FileKind;
use crate::web::{Answer, Member, Shell, Site, page};

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Search {
    q: String,
    channel: String,
    #[serde(flatten, skip_serializing)]
    asked: Asked,
}

impl Search {
    fn listing(&self, scope: Scope) -> Customers {
        Customers { scope, text: self.q.clone(), channel: Named::parse(&self.channel) }
    }
}

type Col = Column<CustomerRow, CustomerKey>;

fn list(is_root: bool) -> List<Customers> {
    let mut columns = vec![
        Col::text("Customer", |row| Cell::link(format!("/customers/{}", row.id), &row.name))
            .by(CustomerKey::Name),
        Col::text("Id", |row| Cell::text(&row.external_id)).by(CustomerKey::ExternalId),
    ];
    if is_root {
        columns.push(Col::text("Channel", |row| Cell::text(&row.channel_name)).by(CustomerKey::Channel));
    }
    columns.extend([
        Col::text("Country", |row| Cell::text(row.country.name())),
        Col::text("Currency", |row| Cell::text(row.currency)).by(CustomerKey::Currency),
    ]);
    List { path: "/customers", noun: "customer", columns }
}

#[derive(Template)]
#[template(path = "customers/customers.html")]
struct CustomersPage {
    shell: Shell,
    is_root: bool,
    search: Search,
    channel: Choice,
    table: Table,
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, search: Query<Search>) -> Answer {
    let search = search.into_inner();
    let (scope, is_root) = (member.scope, member.is_root());
    let (listing, at) = (search.listing(scope), search.asked.place::<Customers>());
    let named = search.channel.clone();
    let (found, channel) = db
        .read(move |connection| {
            Ok((paging::page(connection, &listing, at)?, Choice::of(connection, scope, &named)?))
        })
        .await?;
    let table = list(is_root).table(&search, at.order, &found);
    page(&CustomersPage { shell, is_root, search, channel, table })
}

/// The list as a file.
pub async fn download(
    member: Member,
    db: Data<Db>,
    site: Data<Site>,
    kind: FileKind,
    search: Query<Search>,
) -> Answer {
    let (listing, at) = (search.listing(member.scope), search.asked.place::<Customers>());
    list(member.is_root()).download(&db, kind, listing, at.order, site.clock.now()).await
}
