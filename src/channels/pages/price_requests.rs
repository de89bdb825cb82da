//! `/price-requests`: the prices that re-sellers ask for, the newest first.

use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use crate::channels::price_requests::store::{self, Filter};
use crate::channels::price_requests::{PriceRequest, PriceRequestState};
use crate::db::Db;
use crate::web::{Answer, Member, Shell, links, page};

const PAGE: i64 = 50;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Search {
    state: String,
    channel: String,
    after: String,
}

#[derive(Template)]
#[template(path = "channels/price_requests.html")]
struct ListPage {
    shell: Shell,
    is_root: bool,
    chips: Vec<(String, &'static str, bool)>,
    is_filtered: bool,
    rows: Vec<PriceRequest>,
    later: String,
}

impl ListPage {
    fn count(&self) -> i64 {
        i64::try_from(self.rows.len()).unwrap_or(i64::MAX)
    }
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, search: Query<Search>) -> Answer {
    let search = search.into_inner();
    let filter = Filter {
        state: search.state.parse().ok(),
        channel: search.channel.parse().ok(),
        after: search.after.parse().ok(),
        limit: PAGE + 1,
    };
    let (scope, is_root) = (member.scope, member.is_root());
    let mut rows = db.read(move |connection| store::list(connection, scope, &filter)).await?;
    let size = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let has_more = rows.len() > size;
    rows.truncate(size);
    let address = |state: &str, after: &str| {
        links::address("/price-requests", &[("state", state), ("channel", &search.channel), ("after", after)])
    };
    let later = rows.last().filter(|_| has_more).map(|last| address(&search.state, &last.id.to_string()));
    let states = PriceRequestState::ALL.iter().map(|state| (state.as_str(), state.words()));
    let chips = std::iter::once(("", "All"))
        .chain(states)
        .map(|(state, label)| (address(state, ""), label, search.state == state))
        .collect();
    let is_filtered = !search.state.is_empty() || !search.channel.is_empty();
    page(&ListPage { shell, is_root, chips, is_filtered, rows, later: later.unwrap_or_default() })
}
