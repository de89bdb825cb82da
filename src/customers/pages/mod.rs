//! The pages of customers and subscriptions, the same for root and re-sellers, each with its own scope.

pub mod customer;
pub mod customers;
pub mod edit_customer;
pub mod sell;
pub mod subscription;
pub mod subscriptions;

use crate::channels::{self, Channel};
use crate::customers::lists::{Standing, SubscriptionRow};
use crate::db::Db;
use crate::values::Scope;
use crate::web::{Error, Member};

/// The channels a member may choose from, as options of a form.
fn options(channels: &[Channel]) -> Vec<(String, String)> {
    channels.iter().map(|channel| (channel.id.to_string(), channel.name.clone())).collect()
}

async fn channels(db: &Db, scope: Scope) -> Result<Vec<Channel>, Error> {
    Ok(db.read(move |connection| channels::store::list(connection, scope)).await?)
}

/// The channel to work in: the re-seller's own, or the one that root chose.
fn chosen<'a>(member: &Member, channels: &'a [Channel], typed: &str) -> Option<&'a Channel> {
    match member.channel {
        Some(own) => channels.iter().find(|channel| channel.id == own),
        None => channels.iter().find(|channel| channel.id.to_string() == typed),
    }
}

/// How the state of a subscription reads: tone and words.
fn standing(row: &SubscriptionRow) -> (&'static str, &'static str) {
    match row.standing {
        Standing::Running if row.end.is_some() => ("warn", "Ends soon"),
        Standing::Running => ("ok", "Running"),
        Standing::Future => ("info", "Not begun"),
        Standing::Ended => ("plain", "Ended"),
    }
}
