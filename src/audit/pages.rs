//! `/audit`: the log, for root, filtered by text, person, kind, object and time.

use actix_web::web::{Data, Query};
use askama::Template;
use serde::{Deserialize, Serialize};

use super::Entry;
use super::listed::{Entries, EntryKey};
use crate::db::Db;
use crate::db::paging;
use crate::lists::{Asked, Cell, Column, List, Table};
use crate::values::{ObjectId, Timestamp, parse_day};
use crate::web::sheet::FileKind;
use crate::web::{Answer, RootStaff, Shell, Site, page};

/// The kinds of objects that people filter by.
const KINDS: &[(&str, &str)] = &[
    ("request", "Requests"),
    ("terms", "Terms"),
    ("reseller", "Re-sellers"),
    ("channel", "Channels"),
    ("product", "Products"),
    ("bundle", "Bundles"),
    ("price", "Prices"),
    ("customer", "Customers"),
    ("subscription", "Subscriptions"),
    ("usage_file", "Usage files"),
    ("mapping", "Usage mappings"),
    ("statement", "Statements"),
    ("user", "Accounts"),
];

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Search {
    q: String,
    person: String,
    kind: String,
    object: String,
    from: String,
    until: String,
    #[serde(flatten, skip_serializing)]
    asked: Asked,
}

impl Search {
    /// What is not a day or an id filters nothing.
    fn listing(&self) -> Entries {
        let day = |typed: &str| parse_day(typed).ok();
        Entries {
            text: self.q.clone(),
            person: self.person.clone(),
            object_kind: (!self.kind.is_empty()).then(|| self.kind.clone()),
            object: self.object.trim().parse::<uuid::Uuid>().ok().map(ObjectId::from_uuid),
            from: day(&self.from).map(Timestamp::start_of),
            until: day(&self.until).and_then(|day| day.succ_opt()).map(Timestamp::start_of),
        }
    }
}

type Col = Column<Entry, EntryKey>;

fn list() -> List<Entries> {
    let columns = vec![
        Col::text("What", |entry| Cell::text(&entry.summary)),
        Col::text("Who", |entry| Cell::text(&entry.actor_name)).by(EntryKey::Who),
        Col::time("When", |entry| Cell::Moment(entry.at)).by(EntryKey::When),
        Col::text("From", |entry| Cell::of(entry.address.as_ref(), Cell::text)).by(EntryKey::Address),
        Col::text("Action", |entry| Cell::text(&entry.action)).in_files(),
        Col::text("Object kind", |entry| Cell::text(&entry.object_kind)).in_files(),
        Col::text("Object", |entry| Cell::text(entry.object)).in_files(),
        Col::text("Before", |entry| Cell::of(entry.before.as_ref(), Cell::text)).in_files(),
        Col::text("After", |entry| Cell::of(entry.after.as_ref(), Cell::text)).in_files(),
    ];
    List { path: "/audit", noun: "change", columns }
}

#[derive(Template)]
#[template(path = "audit/list.html")]
struct ListPage {
    shell: Shell,
    search: Search,
    kinds: &'static [(&'static str, &'static str)],
    entries: Vec<Entry>,
    table: Table,
}

pub async fn show(_root: RootStaff, shell: Shell, db: Data<Db>, search: Query<Search>) -> Answer {
    let search = search.into_inner();
    let (listing, at) = (search.listing(), search.asked.place::<Entries>());
    let found = db.read(move |connection| paging::page(connection, &listing, at)).await?;
    let table = list().table(&search, at.order, &found);
    page(&ListPage { shell, search, kinds: KINDS, entries: found.rows, table })
}

/// The list as a file.
pub async fn download(
    _root: RootStaff,
    db: Data<Db>,
    site: Data<Site>,
    kind: FileKind,
    search: Query<Search>,
) -> Answer {
    let order = search.asked.place::<Entries>().order;
    list().download(&db, kind, search.listing(), order, site.clock.now()).await
}
