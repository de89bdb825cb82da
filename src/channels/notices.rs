//! Mails about a channel, through the outbox in the change's own transaction. What a re-seller's own people did, they
//! know.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::Channel;
use crate::catalog::{self, PriceVersion};
use crate::db::AnyConnection;
use crate::mail::{self, Letterhead, News, Occasion, people};
use crate::values::{Act, ActorKind};
use crate::web::filters::counted;

/// Tells the re-seller that the provider set prices of its channel; `what` says which.
pub fn prices_set(
    connection: &mut AnyConnection,
    channel: &Channel,
    what: String,
    from: NaiveDate,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let facts = vec![("Prices", what), ("From", written(from))];
    tell(connection, channel, Occasion::PricesSet, facts, letterhead, act)
}

/// Tells the re-seller that a price which the provider drops does not come.
pub fn price_dropped(
    connection: &mut AnyConnection,
    channel: &Channel,
    dropped: &PriceVersion,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let bundle = catalog::store::bundle(connection, dropped.bundle)?;
    let what = format!("{} in {}", bundle.name, dropped.currency);
    let facts = vec![("Prices", what), ("No longer planned for", written(dropped.effective_from))];
    tell(connection, channel, Occasion::PricesSet, facts, letterhead, act)
}

fn written(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// Tells each re-seller how many of its prices the provider set, by the channel of each; those of a channel stand side
/// by side.
pub fn prices_moved(
    connection: &mut AnyConnection,
    channels: &[Channel],
    from: NaiveDate,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    for of_one in channels.chunk_by(|one, other| one.id == other.id) {
        let Some(channel) = of_one.first() else { continue };
        let prices = counted(i64::try_from(of_one.len()).unwrap_or(i64::MAX), "channel price");
        prices_set(connection, channel, prices, from, letterhead, act)?;
    }
    Ok(())
}

/// Tells the re-seller that its channel sells one more bundle.
pub fn bundle_added(
    connection: &mut AnyConnection,
    channel: &Channel,
    bundle: &str,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    let facts = vec![("Bundle", bundle.to_owned())];
    tell(connection, channel, Occasion::BundleAdded, facts, letterhead, act)
}

fn tell(
    connection: &mut AnyConnection,
    channel: &Channel,
    occasion: Occasion,
    facts: Vec<(&'static str, String)>,
    letterhead: &Letterhead,
    act: &Act,
) -> QueryResult<()> {
    if act.who.kind != ActorKind::Root {
        return Ok(());
    }
    let people = people::of_reseller(connection, channel.reseller, occasion, act)?;
    let news = News { about: channel.name.clone(), facts, path: "/prices".into(), ..News::default() };
    mail::tell(connection, occasion, &people, &news, letterhead, act.at)
}
