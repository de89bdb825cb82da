//! `/usage/files`: the usage files, the newest first, filtered by state and, for root, by channel.
//!
//! **Permissions**: members, each with its own channels.

use actix_web::web::{Data, Query};
use askama::Template;
use serde::{Deserialize, Serialize};

use super::wording::{format_name, outcome, state_name, state_tone};
use super::{choice, may_import_some, own_channel};
use crate::channels::choice::{Choice, Named};
use crate::db::Db;
use crate::db::paging;
use crate::lists::{Asked, Cell, Column, List, Table};
use crate::usage::store::{UsageFileKey, UsageFiles};
use crate::usage::{FileState, UsageFile};
use crate::values::Scope;
use crate::web::sheet::FileKind;
use crate::web::{Answer, Member, Shell, Site, page};

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Search {
    channel: String,
    state: String,
    #[serde(flatten, skip_serializing)]
    asked: Asked,
}

impl Search {
    fn listing(&self, scope: Scope) -> UsageFiles {
        UsageFiles { scope, channel: Named::parse(&self.channel), state: self.state.parse().ok() }
    }
}

type Col = Column<UsageFile, UsageFileKey>;

fn list(is_root: bool) -> List<UsageFiles> {
    let own = |row: &UsageFile| Cell::link(format!("/usage/files/{}", row.id), &row.name);
    let told = |row: &UsageFile| if row.tally.rows() > 0 { outcome(&row.tally) } else { String::new() };
    let mut columns = vec![
        Col::text("File", own).noted("Format", |row| format_name(row.format).into()).by(UsageFileKey::Name),
    ];
    if is_root {
        columns.push(Col::text("Channel", |row| Cell::text(&row.channel_name)).by(UsageFileKey::Channel));
    }
    columns.extend([
        Col::word("State", |row| Cell::Badge(state_tone(row.state), state_name(row.state)))
            .by(UsageFileKey::State),
        Col::number("Rows", |row| Cell::Count(row.tally.rows()))
            .noted("Outcome", told)
            .by(UsageFileKey::Rows),
        Col::time("Usage from", |row| Cell::of(row.tally.days, |(first, _)| Cell::Day(first)))
            .by(UsageFileKey::From),
        Col::time("Usage through", |row| Cell::of(row.tally.days, |(_, last)| Cell::Day(last)))
            .by(UsageFileKey::Through),
        Col::time("Uploaded", |row| Cell::Moment(row.created_at))
            .noted("Uploaded by", |row| row.created_by.clone())
            .by(UsageFileKey::Uploaded),
    ]);
    List { path: "/usage/files", noun: "file", columns }
}

#[derive(Template)]
#[template(path = "usage/files.html")]
struct FilesPage {
    shell: Shell,
    is_root: bool,
    may_import: bool,
    search: Search,
    channel: Choice,
    states: Vec<(&'static str, &'static str)>,
    table: Table,
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, search: Query<Search>) -> Answer {
    let search = search.into_inner();
    let (listing, at) = (search.listing(member.scope), search.asked.place::<UsageFiles>());
    let found = db.read(move |connection| paging::page(connection, &listing, at)).await?;
    let own = own_channel(&db, &member).await?;
    let channel = choice(&db, &member, &search.channel).await?;
    let is_root = member.is_root();
    page(&FilesPage {
        shell,
        is_root,
        may_import: may_import_some(&member, own.as_ref()),
        table: list(is_root).table(&search, at.order, &found),
        search,
        channel,
        states: FileState::ALL.iter().map(|state| (state.as_str(), state_name(*state))).collect(),
    })
}

/// The list as a file.
pub async fn download(
    member: Member,
    db: Data<Db>,
    site: Data<Site>,
    kind: FileKind,
    search: Query<Search>,
) -> Answer {
    let (listing, at) = (search.listing(member.scope), search.asked.place::<UsageFiles>());
    list(member.is_root()).download(&db, kind, listing, at.order, site.clock.now()).await
}
