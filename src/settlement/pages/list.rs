//! `/statements`: the list, for members, the newest month first. A re-seller's from when they were sent.

use actix_web::web::{Data, Query};
use askama::Template;
use serde::{Deserialize, Serialize};

use crate::channels::choice::{Choice, Named};
use crate::db::Db;
use crate::db::paging;
use crate::lists::{Asked, Cell, Column, List, Table};
use crate::settlement::store::{StatementKey, Statements};
use crate::settlement::{Statement, StatementState, Totals};
use crate::values::{Amount, Currency, Scope};
use crate::web::sheet::FileKind;
use crate::web::{Answer, Member, Shell, Site, filters, page};

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Search {
    state: String,
    month: String,
    channel: String,
    #[serde(flatten, skip_serializing)]
    asked: Asked,
}

impl Search {
    fn listing(&self, scope: Scope) -> Statements {
        let (state, month) = (self.state.parse().ok(), self.month.parse().ok());
        Statements { scope, state, month, channel: Named::parse(&self.channel) }
    }
}

type Col = Column<(Statement, Totals), StatementKey>;

fn list(is_root: bool) -> List<Statements> {
    let own = |(row, _): &(Statement, Totals)| {
        let name = format!("{}, {}", filters::month_text(row.month), row.currency);
        Cell::link(format!("/statements/{}", row.id), name)
    };
    let number = |(row, _): &(Statement, Totals)| {
        row.posted.as_ref().map(|posted| posted.number.clone()).unwrap_or_default()
    };
    let mut columns = vec![Col::time("Month", own).noted("Number", number).by(StatementKey::Month)];
    if is_root {
        columns.push(
            Col::text("Re-seller", |(row, _)| Cell::text(&row.reseller_name))
                .noted("Channel", |(row, _)| row.channel_code.clone())
                .by(StatementKey::Reseller),
        );
    }
    columns.extend([
        Col::word("State", |(row, _)| Cell::Badge(row.state.tone(), row.state.words()))
            .by(StatementKey::State),
        Col::money("Net", |(row, sums)| Cell::Money(amounts(sums)[0], row.currency)).by(StatementKey::Net),
        Col::money("Re-seller share", |(row, sums)| Cell::Money(sums.reseller_share, row.currency))
            .by(StatementKey::ResellerShare),
        Col::money("Provider share", |(row, sums)| Cell::Money(sums.provider_share, row.currency))
            .by(StatementKey::ProviderShare),
    ]);
    List { path: "/statements", noun: "statement", columns }
}

/// Net, the re-seller's share and the provider's.
fn amounts(sums: &Totals) -> [Amount; 3] {
    [sums.net().unwrap_or_default(), sums.reseller_share, sums.provider_share]
}

#[derive(Template)]
#[template(path = "settlement/list.html")]
struct ListPage {
    shell: Shell,
    is_root: bool,
    search: Search,
    states: Vec<(&'static str, &'static str)>,
    channel: Choice,
    table: Table,
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, search: Query<Search>) -> Answer {
    let search = search.into_inner();
    let (scope, is_root) = (member.scope, member.is_root());
    let (listing, at) = (search.listing(scope), search.asked.place::<Statements>());
    let named = search.channel.clone();
    let (found, totals, channel) = db
        .read(move |connection| {
            let found = paging::page(connection, &listing, at)?;
            let totals = if found.is_counted() { listing.totals(connection)? } else { Vec::new() };
            Ok((found, totals, Choice::of(connection, scope, &named)?))
        })
        .await?;
    let sum = |(currency, sums): &(Currency, Totals)| (*currency, amounts(sums).to_vec());
    let sums: Vec<_> = totals.iter().map(sum).collect();
    let list = list(is_root);
    let table = Table { totals: list.totals(&sums), ..list.table(&search, at.order, &found) };
    let states = StatementState::ALL
        .iter()
        .filter(|state| is_root || !matches!(state, StatementState::Open | StatementState::Closing))
        .map(|state| (state.as_str(), state.words()))
        .collect();
    page(&ListPage { shell, is_root, search, states, channel, table })
}

/// The list as a file.
pub async fn download(
    member: Member,
    db: Data<Db>,
    site: Data<Site>,
    kind: FileKind,
    search: Query<Search>,
) -> Answer {
    let (listing, at) = (search.listing(member.scope), search.asked.place::<Statements>());
    list(member.is_root()).download(&db, kind, listing, at.order, site.clock.now()).await
}
