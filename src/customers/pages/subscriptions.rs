//! `/subscriptions`: the list, for members, the newest first.

use std::collections::HashMap;

use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::{channels, options};
use crate::customers::lists::{self, SubscriptionFilter, SubscriptionRow};
use crate::db::Db;
use crate::db::paging::{Cursor, Slice};
use crate::values::{BundleId, SubscriptionId};
use crate::web::{Answer, Member, Shell, links, page};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Search {
    q: String,
    state: String,
    channel: String,
    bundle: String,
    /// One customer's; comes from that customer's page.
    customer: String,
    after: String,
    before: String,
}

impl Search {
    fn filter(&self) -> SubscriptionFilter {
        SubscriptionFilter {
            text: self.q.clone(),
            channel: self.channel.parse().ok(),
            customer: self.customer.parse().ok(),
            bundle: self.bundle.parse().ok(),
            standing: self.state.parse().ok(),
            cursor: Cursor::typed(&self.after, &self.before),
        }
    }

    /// The address of the page beside a row; empty when there is none.
    fn beside(&self, name: &str, row: Option<&SubscriptionRow>, exists: bool) -> String {
        let Some(row) = row.filter(|_| exists) else { return String::new() };
        let (Self { q, state, channel, bundle, customer, .. }, id) = (self, row.id.to_string());
        let parts = [
            ("q", q),
            ("state", state),
            ("channel", channel),
            ("bundle", bundle),
            ("customer", customer),
            (name, &id),
        ];
        links::address("/subscriptions", &parts.map(|(name, value)| (name, value.as_str())))
    }
}

#[derive(Template)]
#[template(path = "customers/subscriptions.html")]
struct SubscriptionsPage {
    shell: Shell,
    is_root: bool,
    today: chrono::NaiveDate,
    search: Search,
    channels: Vec<(String, String)>,
    bundles: Vec<(BundleId, String)>,
    found: Slice<SubscriptionRow>,
    quantities: HashMap<SubscriptionId, i64>,
    earlier: String,
    later: String,
}

const STATES: &[(&str, &str)] = &[("running", "Running"), ("future", "Not begun"), ("ended", "Ended")];

impl SubscriptionsPage {
    /// Where the filters are cleared; empty when there are none.
    fn clear_address(&self) -> &'static str {
        if self.is_filtered() { "/subscriptions" } else { "" }
    }

    fn is_filtered(&self) -> bool {
        let Search { q, state, channel, bundle, customer, .. } = &self.search;
        [q, state, channel, bundle, customer].into_iter().any(|field| !field.trim().is_empty())
    }

    fn quantity(&self, id: &SubscriptionId) -> i64 {
        self.quantities.get(id).copied().unwrap_or(0)
    }
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, search: Query<Search>) -> Answer {
    let search = search.into_inner();
    let (scope, today) = (member.scope, member.act().today());
    let filter = search.filter();
    let (found, quantities, bundles) = db
        .read(move |connection| {
            let found = lists::subscriptions(connection, scope, &filter, today)?;
            let ids: Vec<SubscriptionId> = found.rows.iter().map(|row| row.id).collect();
            let quantities = lists::quantities_on(connection, &ids, today)?;
            Ok((found, quantities, lists::bundle_names(connection, scope)?))
        })
        .await?;
    let earlier = search.beside("before", found.rows.first(), found.has_earlier);
    let later = search.beside("after", found.rows.last(), found.has_later);
    let channels = if member.is_root() { options(&channels(&db, scope).await?) } else { Vec::new() };
    let is_root = member.is_root();
    page(&SubscriptionsPage {
        shell,
        is_root,
        today,
        search,
        channels,
        bundles,
        found,
        quantities,
        earlier,
        later,
    })
}
