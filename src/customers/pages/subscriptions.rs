//! `/subscriptions`: the list, for members, the newest first.

use actix_web::web::{Data, Query};
use askama::Template;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::standing;
use crate::channels::choice::{Choice, Named};
use crate::customers::lists::{self, SubscriptionKey, SubscriptionRow, Subscriptions};
use crate::db::Db;
use crate::db::paging;
use crate::lists::{Asked, Cell, Column, List, Table};
use crate::values::{BundleId, Scope};
use crate::web::sheet::FileKind;
use crate::web::{Answer, Member, Shell, Site, page};

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Search {
    q: String,
    state: String,
    channel: String,
    bundle: String,
    /// One customer's; comes from that customer's page.
    customer: String,
    #[serde(flatten, skip_serializing)]
    asked: Asked,
}

impl Search {
    fn listing(&self, scope: Scope, today: NaiveDate) -> Subscriptions {
        Subscriptions {
            text: self.q.clone(),
            channel: Named::parse(&self.channel),
            customer: self.customer.parse().ok(),
            bundle: self.bundle.parse().ok(),
            standing: self.state.parse().ok(),
            ..Subscriptions::all(scope, today)
        }
    }
}

type Col = Column<SubscriptionRow, SubscriptionKey>;

fn list(is_root: bool) -> List<Subscriptions> {
    let own = |row: &SubscriptionRow| Cell::link(format!("/subscriptions/{}", row.id), &row.reference);
    let customer =
        |row: &SubscriptionRow| Cell::link(format!("/customers/{}", row.customer), &row.customer_name);
    let mut columns = vec![
        Col::text("Subscription", own).by(SubscriptionKey::Reference),
        Col::text("Bundle", |row| Cell::text(&row.bundle_name)).by(SubscriptionKey::Bundle),
        Col::text("Customer", customer).by(SubscriptionKey::Customer),
    ];
    if is_root {
        columns.push(Col::text("Channel", |row| Cell::text(&row.channel_name)).by(SubscriptionKey::Channel));
    }
    columns.extend([
        Col::number("Quantity", |row| Cell::Count(row.quantity)).by(SubscriptionKey::Quantity),
        Col::time("Start", |row| Cell::Day(row.start)).by(SubscriptionKey::Start),
        Col::time("End", |row| Cell::of(row.end, Cell::Day)).by(SubscriptionKey::End),
        Col::word("State", |row| {
            let (tone, words) = standing(row);
            Cell::Badge(tone, words)
        })
        .by(SubscriptionKey::Standing),
    ]);
    List { path: "/subscriptions", noun: "subscription", columns }
}

#[derive(Template)]
#[template(path = "customers/subscriptions.html")]
struct SubscriptionsPage {
    shell: Shell,
    is_root: bool,
    search: Search,
    channel: Choice,
    bundles: Vec<(BundleId, String)>,
    table: Table,
}

const STATES: &[(&str, &str)] = &[("running", "Running"), ("future", "Not begun"), ("ended", "Ended")];

pub async fn show(member: Member, shell: Shell, db: Data<Db>, search: Query<Search>) -> Answer {
    let search = search.into_inner();
    let (scope, is_root) = (member.scope, member.is_root());
    let listing = search.listing(scope, member.act().today());
    let at = search.asked.place::<Subscriptions>();
    let named = search.channel.clone();
    let (found, bundles, channel) = db
        .read(move |connection| {
            let found = paging::page(connection, &listing, at)?;
            Ok((found, lists::bundle_names(connection, scope)?, Choice::of(connection, scope, &named)?))
        })
        .await?;
    let table = list(is_root).table(&search, at.order, &found);
    page(&SubscriptionsPage { shell, is_root, search, channel, bundles, table })
}

/// The list as a file.
pub async fn download(
    member: Member,
    db: Data<Db>,
    site: Data<Site>,
    kind: FileKind,
    search: Query<Search>,
) -> Answer {
    let listing = search.listing(member.scope, member.act().today());
    let order = search.asked.place::<Subscriptions>().order;
    list(member.is_root()).download(&db, kind, listing, order, site.clock.now()).await
}
