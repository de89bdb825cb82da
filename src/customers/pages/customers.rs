//! `/customers`: the list, for members, by name.

use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::{channels, options};
use crate::customers::lists::{self, CustomerFilter, CustomerRow, PAGE};
use crate::db::Db;
use crate::web::{Answer, Member, Shell, page};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Search {
    q: String,
    channel: String,
    /// The last name and id of the page before.
    after_name: String,
    after: String,
}

#[derive(Template)]
#[template(path = "customers/customers.html")]
struct CustomersPage {
    shell: Shell,
    is_root: bool,
    search: Search,
    channels: Vec<(String, String)>,
    rows: Vec<CustomerRow>,
    next: String,
}

impl CustomersPage {
    /// Where the filters are cleared; empty when there are none.
    fn clear_address(&self) -> &'static str {
        if self.is_filtered() { "/customers" } else { "" }
    }

    fn is_filtered(&self) -> bool {
        !self.search.q.trim().is_empty() || !self.search.channel.is_empty() || !self.search.after.is_empty()
    }
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, search: Query<Search>) -> Answer {
    let search = search.into_inner();
    let scope = member.scope;
    let filter = CustomerFilter {
        text: search.q.clone(),
        channel: search.channel.parse().ok(),
        after: search.after.parse().ok().map(|id| (search.after_name.clone(), id)),
    };
    let mut rows = db.read(move |connection| lists::customers(connection, scope, &filter)).await?;
    let page_rows = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let has_more = rows.len() > page_rows;
    rows.truncate(page_rows);
    let next = rows.last().filter(|_| has_more).map(|last| after(&search, last)).unwrap_or_default();
    let channels = if member.is_root() { options(&channels(&db, scope).await?) } else { Vec::new() };
    page(&CustomersPage { shell, is_root: member.is_root(), search, channels, rows, next })
}

fn after(search: &Search, last: &CustomerRow) -> String {
    let id = last.id.to_string();
    let query =
        [("q", &search.q), ("channel", &search.channel), ("after_name", &last.name_key), ("after", &id)];
    serde_urlencoded::to_string(query).map(|query| format!("/customers?{query}")).unwrap_or_default()
}
