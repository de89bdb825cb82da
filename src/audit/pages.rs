//! `/audit`: the log, for root, filtered by text and kind of object.

use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::{Entry, Filter, store};
use crate::db::Db;
use crate::web::{Answer, RootStaff, Shell, page};

const PAGE: i64 = 50;

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

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Search {
    q: String,
    kind: String,
    before: String,
}

#[derive(Template)]
#[template(path = "audit/list.html")]
struct ListPage {
    shell: Shell,
    search: Search,
    kinds: &'static [(&'static str, &'static str)],
    entries: Vec<Entry>,
    /// The address of the older entries; empty when there are none.
    older: String,
}

pub async fn list(_root: RootStaff, shell: Shell, db: Data<Db>, search: Query<Search>) -> Answer {
    let search = search.into_inner();
    let filter = Filter {
        text: search.q.clone(),
        object_kind: (!search.kind.is_empty()).then(|| search.kind.clone()),
        before: search.before.parse().ok(),
        limit: PAGE + 1,
    };
    let mut entries = db.read(move |connection| store::list(connection, &filter)).await?;
    let has_more = entries.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    entries.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let older = entries.last().filter(|_| has_more).map(|last| older_than(&search, last)).unwrap_or_default();
    page(&ListPage { shell, search, kinds: KINDS, entries, older })
}

fn older_than(search: &Search, last: &Entry) -> String {
    let query = [("q", search.q.as_str()), ("kind", &search.kind), ("before", &last.id.to_string())];
    serde_urlencoded::to_string(query).map(|query| format!("/audit?{query}")).unwrap_or_default()
}
