//! What a new portal, or a new re-seller, does first. The list stays on the home page until all of it is done.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::catalog::BundleState;
use crate::channels::Channel;
use crate::db::AnyConnection;
use crate::db::schema::{bundles, channels, customers, products, resellers, subscriptions, usage_files};
use crate::values::{ChannelId, Right};
use crate::web::Site;

/// One thing to do first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstStep {
    pub is_done: bool,
    pub title: &'static str,
    pub text: &'static str,
    /// Where it is done.
    pub href: &'static str,
    /// Who is able to do it; others see it without a link.
    pub right: Right,
}

/// Whether a table has such a row.
macro_rules! any {
    ($connection:expr, $query:expr) => {
        diesel::select(exists($query)).get_result::<bool>($connection)?
    };
}

/// Root's first steps: the company, the catalog, the first re-seller. Empty once all are done.
pub(super) fn of_root(connection: &mut AnyConnection, portal_name: &str) -> QueryResult<Vec<FirstStep>> {
    let steps = vec![
        FirstStep {
            is_done: portal_name != Site::UNNAMED,
            title: "Name your company",
            text: "Pages and mails say who you are: start the program with PORTAL_NAME.",
            href: "/help",
            right: Right::Read,
        },
        FirstStep {
            is_done: any!(connection, products::table.select(products::id)),
            title: "Add the first product",
            text: "What is counted, with its unit.",
            href: "/products/new",
            right: Right::Catalog,
        },
        FirstStep {
            is_done: any!(connection, bundles::table.filter(bundles::state.eq(BundleState::Active))),
            title: "Put the first bundle on sale",
            text: "Its charges, its reference prices, then its activation.",
            href: "/bundles",
            right: Right::Catalog,
        },
        FirstStep {
            is_done: any!(connection, resellers::table.select(resellers::id)),
            title: "Accept the first re-seller",
            text: "A company asks for an account at /sign-up; you review the request and agree on terms.",
            href: "/requests",
            right: Right::Requests,
        },
        FirstStep {
            is_done: any!(connection, channels::table.select(channels::id)),
            title: "Create its channel",
            text: "Currencies, bundles and channel prices. The re-seller gets its mail with it.",
            href: "/resellers",
            right: Right::Channels,
        },
    ];
    Ok(unless_all_done(steps))
}

/// A re-seller's first steps: customer, subscription and, when the channel may import usage, the first import.
pub(super) fn of_reseller(connection: &mut AnyConnection, channel: &Channel) -> QueryResult<Vec<FirstStep>> {
    let own: ChannelId = channel.id;
    let mut steps = vec![
        FirstStep {
            is_done: any!(connection, customers::table.filter(customers::channel_id.eq(own))),
            title: "Add the first customer",
            text: "Its name, country and billing currency.",
            href: "/customers/new",
            right: Right::Selling,
        },
        FirstStep {
            is_done: any!(connection, subscriptions::table.filter(subscriptions::channel_id.eq(own))),
            title: "Sell the first subscription",
            text: "A bundle from a day on, at your channel price.",
            href: "/customers",
            right: Right::Selling,
        },
    ];
    if channel.may_import {
        steps.push(FirstStep {
            is_done: any!(connection, usage_files::table.filter(usage_files::channel_id.eq(own))),
            title: "Import the first usage file",
            text: "Each row is checked before anything counts.",
            href: "/usage/files/new",
            right: Right::Usage,
        });
    }
    Ok(unless_all_done(steps))
}

fn unless_all_done(steps: Vec<FirstStep>) -> Vec<FirstStep> {
    if steps.iter().all(|step| step.is_done) { Vec::new() } else { steps }
}
