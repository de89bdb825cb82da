//! The programs that send usage of a channel, each known by a token of its own.

use diesel::prelude::*;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::audit::{self, Event};
use crate::channels::Channel;
use crate::db::schema::{channels, resellers, usage_feeds as f};
use crate::db::{AnyConnection, QueryResult};
use crate::values::{Act, ChannelId, ResellerId, Scope, Timestamp, UsageFeedId};

/// Uses within this time of the last one are not noted, so that a busy feed writes no more than others.
const NOTED_AFTER: chrono::Duration = chrono::Duration::minutes(1);

/// A program that may send, or might.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = f)]
pub struct Feed {
    pub id: UsageFeedId,
    #[diesel(select_expression = f::channel_id)]
    pub channel: ChannelId,
    #[diesel(select_expression = channels::name)]
    pub channel_name: String,
    pub name: String,
    pub created_at: Timestamp,
    pub created_by: String,
    /// To the minute.
    pub last_used_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

/// Who sends, as its token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sender {
    pub feed: UsageFeedId,
    pub channel: ChannelId,
    last_used_at: Option<Timestamp>,
}

fn hash(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The feeds in scope, for a re-seller its own and not the provider's: those that may send first, then the newest.
pub fn feeds(connection: &mut AnyConnection, scope: Scope) -> QueryResult<Vec<Feed>> {
    let mut query = f::table
        .inner_join(channels::table.on(channels::id.eq(f::channel_id)))
        .order((f::ended_at.is_not_null(), f::created_at.desc(), f::id))
        .select(Feed::as_select())
        .into_boxed();
    if let Some(reseller) = scope.reseller() {
        query = query.filter(channels::reseller_id.eq(reseller)).filter(f::is_providers.eq(false));
    }
    query.load(connection)
}

/// A feed in scope.
pub fn feed(connection: &mut AnyConnection, scope: Scope, id: UsageFeedId) -> QueryResult<Feed> {
    let mut query = f::table
        .inner_join(channels::table.on(channels::id.eq(f::channel_id)))
        .filter(f::id.eq(id))
        .select(Feed::as_select())
        .into_boxed();
    if let Some(reseller) = scope.reseller() {
        query = query.filter(channels::reseller_id.eq(reseller)).filter(f::is_providers.eq(false));
    }
    query.first(connection)
}

/// Lets a program, the provider's or the re-seller's, send usage of a channel with this token, of which only the hash
/// is kept.
pub fn add_feed(
    connection: &mut AnyConnection,
    channel: &Channel,
    is_providers: bool,
    name: &str,
    token: &str,
    act: &Act,
) -> QueryResult<UsageFeedId> {
    let id = UsageFeedId::generate();
    diesel::insert_into(f::table)
        .values((
            f::id.eq(id),
            f::channel_id.eq(channel.id),
            f::is_providers.eq(is_providers),
            f::name.eq(name),
            f::token_hash.eq(hash(token)),
            f::created_at.eq(act.at),
            f::created_by.eq(&act.who.name),
        ))
        .execute(connection)?;
    let summary = format!("Let {name} send usage of {}", channel.name);
    let event = Event::on("usage_feed", id, "usage_feed.added", summary).of_reseller(channel.reseller);
    audit::record(connection, act, event.after(json!({ "name": name, "channel": channel.code })))?;
    Ok(id)
}

/// Takes a feed's token back; its name. Doing so again changes nothing.
pub fn end_feed(
    connection: &mut AnyConnection,
    scope: Scope,
    id: UsageFeedId,
    act: &Act,
) -> QueryResult<String> {
    let Feed { name, channel_name, channel, .. } = feed(connection, scope, id)?;
    let reseller: ResellerId =
        channels::table.find(channel).select(channels::reseller_id).first(connection)?;
    let ended = diesel::update(f::table.find(id).filter(f::ended_at.is_null()))
        .set(f::ended_at.eq(act.at))
        .execute(connection)?;
    if ended > 0 {
        let summary = format!("{name} no longer sends usage of {channel_name}");
        let event = Event::on("usage_feed", id, "usage_feed.ended", summary).of_reseller(reseller);
        audit::record(connection, act, event)?;
    }
    Ok(name)
}

/// Who has this token; nobody when it was taken back, when the re-seller's account is closed, or when it is the
/// re-seller's own and the channel may import no longer.
pub fn sender(connection: &mut AnyConnection, token: &str) -> QueryResult<Option<Sender>> {
    let found: Option<(UsageFeedId, ChannelId, Option<Timestamp>)> = f::table
        .inner_join(channels::table.on(channels::id.eq(f::channel_id)))
        .inner_join(resellers::table.on(resellers::id.eq(channels::reseller_id)))
        .filter(f::token_hash.eq(hash(token)))
        .filter(f::ended_at.is_null())
        .filter(resellers::closed_on.is_null())
        .filter(f::is_providers.or(channels::may_import))
        .select((f::id, f::channel_id, f::last_used_at))
        .first(connection)
        .optional()?;
    Ok(found.map(|(feed, channel, last_used_at)| Sender { feed, channel, last_used_at }))
}

pub(super) fn note_use(connection: &mut AnyConnection, sender: &Sender, now: Timestamp) -> QueryResult<()> {
    if sender.last_used_at.is_none_or(|last| last.plus(NOTED_AFTER) <= now) {
        diesel::update(f::table.find(sender.feed)).set(f::last_used_at.eq(now)).execute(connection)?;
    }
    Ok(())
}
