//! `/subscriptions`: the list, for members, the newest first.

use std::collections::HashMap;

use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::{channels, options};
use crate::catalog;
use crate::customers::lists::{self, PAGE, SubscriptionFilter, SubscriptionRow};
use crate::db::Db;
use crate::values::SubscriptionId;
use crate::web::{Answer, Member, Shell, page};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Search {
    q: String,
    state: String,
    channel: String,
    bundle: String,
    before: String,
}

#[derive(Template)]
#[template(path = "customers/subscriptions.html")]
struct SubscriptionsPage {
    shell: Shell,
    is_root: bool,
    today: chrono::NaiveDate,
    search: Search,
    channels: Vec<(String, String)>,
    bundles: Vec<(String, String)>,
    rows: Vec<SubscriptionRow>,
    quantities: HashMap<SubscriptionId, i64>,
    next: String,
}

const STATES: &[(&str, &str)] = &[("running", "Running"), ("future", "Not begun"), ("ended", "Ended")];

impl SubscriptionsPage {
    /// Where the filters are cleared; empty when there are none.
    fn clear_address(&self) -> &'static str {
        if self.is_filtered() { "/subscriptions" } else { "" }
    }

    fn is_filtered(&self) -> bool {
        let Search { q, state, channel, bundle, before } = &self.search;
        [q, state, channel, bundle, before].into_iter().any(|field| !field.trim().is_empty())
    }

    fn quantity(&self, id: &SubscriptionId) -> i64 {
        self.quantities.get(id).copied().unwrap_or(0)
    }
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, search: Query<Search>) -> Answer {
    let search = search.into_inner();
    let (scope, today) = (member.scope, member.act().today());
    let filter = SubscriptionFilter {
        text: search.q.clone(),
        channel: search.channel.parse().ok(),
        customer: None,
        bundle: search.bundle.parse().ok(),
        standing: search.state.parse().ok(),
        before: search.before.parse().ok(),
    };
    let (mut rows, quantities, bundles) = db
        .read(move |connection| {
            let rows = lists::subscriptions(connection, scope, &filter, today)?;
            let ids: Vec<SubscriptionId> = rows.iter().map(|row| row.id).collect();
            let quantities = lists::quantities_on(connection, &ids, today)?;
            Ok((rows, quantities, catalog::store::bundles(connection)?))
        })
        .await?;
    let page_rows = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let has_more = rows.len() > page_rows;
    rows.truncate(page_rows);
    let next = rows.last().filter(|_| has_more).map(|last| before(&search, last.id)).unwrap_or_default();
    let channels = if member.is_root() { options(&channels(&db, scope).await?) } else { Vec::new() };
    let bundles = bundles.into_iter().map(|bundle| (bundle.id.to_string(), bundle.name)).collect();
    let is_root = member.is_root();
    page(&SubscriptionsPage { shell, is_root, today, search, channels, bundles, rows, quantities, next })
}

fn before(search: &Search, id: SubscriptionId) -> String {
    let id = id.to_string();
    let query = [
        ("q", &search.q),
        ("state", &search.state),
        ("channel", &search.channel),
        ("bundle", &search.bundle),
        ("before", &id),
    ];
    serde_urlencoded::to_string(query).map(|query| format!("/subscriptions?{query}")).unwrap_or_default()
}
