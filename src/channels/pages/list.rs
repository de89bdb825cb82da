//! `/channels`: every channel, for root.

use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use crate::channels::{Channel, store};
use crate::db::Db;
use crate::values::search_key;
use crate::web::{Answer, RootStaff, Shell, page};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Search {
    q: String,
    reseller: String,
}

#[derive(Template)]
#[template(path = "channels/list.html")]
struct ListPage {
    shell: Shell,
    search: Search,
    rows: Vec<Channel>,
}

impl ListPage {
    fn is_filtered(&self) -> bool {
        !self.search.q.trim().is_empty() || !self.search.reseller.is_empty()
    }

    fn clear_address(&self) -> &'static str {
        if self.is_filtered() { "/channels" } else { "" }
    }
}

/// **Permissions**: root.
pub async fn show(root: RootStaff, shell: Shell, db: Data<Db>, search: Query<Search>) -> Answer {
    let search = search.into_inner();
    let mut rows = db.read(move |connection| store::list(connection, root.scope())).await?;
    let key = search_key(&search.q);
    rows.retain(|channel| {
        let texts = [channel.name.as_str(), channel.code.as_str(), &channel.reseller_name];
        let is_text = texts.iter().any(|text| search_key(text).contains(&key));
        is_text && (search.reseller.is_empty() || channel.reseller.to_string() == search.reseller)
    });
    page(&ListPage { shell, search, rows })
}
