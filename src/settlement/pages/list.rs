//! `/statements`: the list, for members, the newest month first. A re-seller's from when they were sent.

use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use crate::channels;
use crate::db::Db;
use crate::settlement::store::{self, Filter};
use crate::settlement::{Statement, StatementState, Totals};
use crate::web::{Answer, Member, Shell, links, page};

const PAGE: i64 = 50;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Search {
    state: String,
    month: String,
    channel: String,
    after: String,
}

#[derive(Template)]
#[template(path = "settlement/list.html")]
struct ListPage {
    shell: Shell,
    is_root: bool,
    search: Search,
    states: Vec<(&'static str, &'static str)>,
    channels: Vec<(String, String)>,
    rows: Vec<(Statement, Totals)>,
    later: String,
}

impl ListPage {
    fn is_filtered(&self) -> bool {
        [&self.search.state, &self.search.month, &self.search.channel].iter().any(|field| !field.is_empty())
    }

    fn count(&self) -> i64 {
        i64::try_from(self.rows.len()).unwrap_or(i64::MAX)
    }

    /// Where the filters are cleared; empty when there are none.
    fn clear_address(&self) -> &'static str {
        if self.is_filtered() { "/statements" } else { "" }
    }
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, search: Query<Search>) -> Answer {
    let search = search.into_inner();
    let (scope, is_root) = (member.scope, member.is_root());
    let filter = Filter {
        state: search.state.parse().ok(),
        month: search.month.parse().ok(),
        channel: search.channel.parse().ok(),
        after: search.after.parse().ok(),
        limit: PAGE + 1,
    };
    let (mut rows, channels) = db
        .read(move |connection| {
            let statements = store::list(connection, scope, &filter)?;
            let totals = store::totals_of(connection, &statements)?;
            let sums = |one: &Statement| totals.get(&one.id).copied().unwrap_or_default();
            let rows: Vec<(Statement, Totals)> =
                statements.into_iter().map(|one| (one.clone(), sums(&one))).collect();
            let channels = if is_root { channels::store::list(connection, scope)? } else { Vec::new() };
            Ok((rows, channels))
        })
        .await?;
    let size = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let has_more = rows.len() > size;
    rows.truncate(size);
    let later = rows.last().filter(|_| has_more).map(|(last, _)| {
        let (id, Search { state, month, channel, .. }) = (last.id.to_string(), &search);
        links::address(
            "/statements",
            &[("state", state), ("month", month), ("channel", channel), ("after", &id)],
        )
    });
    let states = StatementState::ALL
        .iter()
        .filter(|state| is_root || !matches!(state, StatementState::Open | StatementState::Closing))
        .map(|state| (state.as_str(), state.words()))
        .collect();
    let channels = channels.iter().map(|one| (one.id.to_string(), one.name.clone())).collect();
    page(&ListPage { shell, is_root, search, states, channels, rows, later: later.unwrap_or_default() })
}
