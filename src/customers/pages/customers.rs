//! `/customers`: the list, for members, by name.

use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::{channels, options};
use crate::customers::lists::{self, CustomerFilter, CustomerRow};
use crate::db::Db;
use crate::db::paging::{Cursor, Slice};
use crate::web::{Answer, Member, Shell, links, page};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Search {
    q: String,
    channel: String,
    after: String,
    before: String,
}

#[derive(Template)]
#[template(path = "customers/customers.html")]
struct CustomersPage {
    shell: Shell,
    is_root: bool,
    search: Search,
    channels: Vec<(String, String)>,
    found: Slice<CustomerRow>,
    earlier: String,
    later: String,
}

impl CustomersPage {
    /// Where the filters are cleared; empty when there are none.
    fn clear_address(&self) -> &'static str {
        if self.is_filtered() { "/customers" } else { "" }
    }

    fn is_filtered(&self) -> bool {
        !self.search.q.trim().is_empty() || !self.search.channel.is_empty()
    }
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, search: Query<Search>) -> Answer {
    let search = search.into_inner();
    let scope = member.scope;
    let filter = CustomerFilter {
        text: search.q.clone(),
        channel: search.channel.parse().ok(),
        cursor: Cursor::typed(&search.after, &search.before),
    };
    let found = db.read(move |connection| lists::customers(connection, scope, &filter)).await?;
    let beside = |name, row: Option<&CustomerRow>, exists: bool| match row {
        Some(row) if exists => {
            let id = row.id.to_string();
            links::address("/customers", &[("q", &search.q), ("channel", &search.channel), (name, &id)])
        }
        _ => String::new(),
    };
    let earlier = beside("before", found.rows.first(), found.has_earlier);
    let later = beside("after", found.rows.last(), found.has_later);
    let channels = if member.is_root() { options(&channels(&db, scope).await?) } else { Vec::new() };
    page(&CustomersPage { shell, is_root: member.is_root(), search, channels, found, earlier, later })
}
