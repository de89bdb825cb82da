//! `/requests`: every request, for root: counts by state, filters, search and sorting, in the address.

use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use crate::access;
use crate::db::Db;
use crate::requests::{Request, RequestState, store};
use crate::values::search_key;
use crate::web::links::address;
use crate::web::{Answer, RootStaff, Shell, page};

const PAGE: usize = 50;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Search {
    q: String,
    state: String,
    assignee: String,
    /// `submitted` (newest first, the default), `company` or `state`.
    sort: String,
    /// How many rows to leave out.
    after: usize,
}

#[derive(Template)]
#[template(path = "requests/list.html")]
struct ListPage {
    shell: Shell,
    search: Search,
    rows: Vec<Request>,
    /// State, its name with how many there are, and the address that shows them.
    counts: Vec<(RequestState, String, String)>,
    roots: Vec<(String, String)>,
    total: usize,
    next: String,
}

impl ListPage {
    fn is_filtered(&self) -> bool {
        [&self.search.q, &self.search.state, &self.search.assignee]
            .iter()
            .any(|field| !field.trim().is_empty())
    }

    fn clear_address(&self) -> &'static str {
        if self.is_filtered() { "/requests" } else { "" }
    }

    fn sorted_by(&self, key: &str) -> String {
        let Search { q, state, assignee, .. } = &self.search;
        address("/requests", &[("q", q), ("state", state), ("assignee", assignee), ("sort", key)])
    }

    fn sort_state(&self, key: &str) -> &'static str {
        match (self.search.sort.as_str(), key) {
            ("company", "company") | ("state", "state") => "ascending",
            ("" | "submitted", "submitted") => "descending",
            _ => "",
        }
    }

    /// How far the list is shown.
    fn shown(&self) -> String {
        format!("{} of {}", self.search.after + self.rows.len(), self.total)
    }

    fn owner(&self, request: &Request) -> &str {
        let id = request.assignee.map(|id| id.to_string());
        self.roots.iter().find(|(root, _)| Some(root) == id.as_ref()).map_or("–", |(_, name)| name)
    }
}

impl Search {
    fn matches(&self, request: &Request) -> bool {
        let key = search_key(&self.q);
        let is_text = key.is_empty()
            || search_key(request.name()).contains(&key)
            || request.reference.to_lowercase().contains(&key)
            || request.email.as_str().contains(&key);
        let is_state = self.state.is_empty() || request.state.as_str() == self.state;
        let is_owner =
            self.assignee.is_empty() || request.assignee.is_some_and(|id| id.to_string() == self.assignee);
        is_text && is_state && is_owner
    }
}

pub async fn show(_root: RootStaff, shell: Shell, db: Data<Db>, search: Query<Search>) -> Answer {
    let search = search.into_inner();
    let (all, roots) =
        db.read(|connection| Ok((store::submitted(connection)?, access::store::roots(connection)?))).await?;
    let counts = RequestState::ALL
        .iter()
        .map(|state| (*state, all.iter().filter(|request| request.state == *state).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(state, count)| {
            (state, format!("{} {count}", state.words()), address("/requests", &[("state", state.as_str())]))
        })
        .collect();
    let mut rows: Vec<Request> = all.into_iter().filter(|request| search.matches(request)).collect();
    match search.sort.as_str() {
        "company" => rows.sort_by_key(|request| search_key(request.name())),
        "state" => rows.sort_by_key(|request| request.state),
        _ => {}
    }
    let total = rows.len();
    let rows: Vec<Request> = rows.into_iter().skip(search.after).take(PAGE).collect();
    let seen = search.after + rows.len();
    let next = if seen < total { next_address(&search, seen) } else { String::new() };
    let roots = roots.into_iter().map(|user| (user.id.to_string(), user.full_name)).collect();
    page(&ListPage { shell, search, rows, counts, roots, total, next })
}

fn next_address(search: &Search, seen: usize) -> String {
    let Search { q, state, assignee, sort, .. } = search;
    let seen = seen.to_string();
    address(
        "/requests",
        &[("q", q), ("state", state), ("assignee", assignee), ("sort", sort), ("after", &seen)],
    )
}
