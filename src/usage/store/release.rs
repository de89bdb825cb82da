//! Takes rated usage back from subscriptions that were ended before it: it waits again instead of vanishing.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::super::UnratedCause;
use crate::db::AnyConnection;
use crate::db::schema::{subscriptions, usage_daily, usage_records};
use crate::values::{ChannelId, SubscriptionId};

/// Usage from an ended subscription's last day on misses its subscription.
///
/// Whoever ends one asks for the months since to be rated again.
pub(super) fn release_ended(connection: &mut AnyConnection, channel: ChannelId) -> QueryResult<()> {
    let ended: Vec<(SubscriptionId, Option<NaiveDate>)> = usage_daily::table
        .inner_join(subscriptions::table.on(subscriptions::id.eq(usage_daily::subscription_id)))
        .filter(usage_daily::channel_id.eq(channel))
        .filter(subscriptions::end_on.le(usage_daily::day.nullable()))
        .select((subscriptions::id, subscriptions::end_on))
        .distinct()
        .load(connection)?;
    for (subscription, end) in ended {
        let Some(end) = end else { continue };
        let sums = usage_daily::table
            .filter(usage_daily::subscription_id.eq(subscription))
            .filter(usage_daily::day.ge(end));
        diesel::delete(sums).execute(connection)?;
        let records = usage_records::table
            .filter(usage_records::subscription_id.eq(subscription))
            .filter(usage_records::day.ge(end));
        diesel::update(records)
            .set((
                usage_records::subscription_id.eq(None::<SubscriptionId>),
                usage_records::unrated_cause.eq(Some(UnratedCause::Subscription)),
            ))
            .execute(connection)?;
    }
    Ok(())
}
