//! Which channels a report is about, and which of them a page shows.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::db::AnyConnection;
use crate::db::paging::{Cursor, Order, Place, Slice};
use crate::db::schema::{channels, resellers, revenue_channels, usage_daily};
use crate::page_by;
use crate::reports::Filter;
use crate::values::{ChannelId, Scope};

/// Channels whose figures a page of all re-sellers shows.
const CHANNELS: i64 = 25;

/// The channels of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Within {
    /// Every channel that there is.
    All,
    These(Vec<ChannelId>),
}

/// Narrows a boxed query to the channels of a report.
#[macro_export]
macro_rules! within {
    ($query:expr, $column:expr, $within:expr) => {
        match $within {
            $crate::reports::store::Within::All => $query,
            $crate::reports::store::Within::These(channels) => {
                $query.filter($crate::db::query::among($column, channels.iter().copied()))
            }
        }
    };
}

/// The channels that a filter leaves of those in scope.
pub fn within(connection: &mut AnyConnection, scope: Scope, filter: &Filter) -> QueryResult<Within> {
    let is_narrow = filter.reseller.is_some() || filter.channel.is_some() || filter.code.is_some();
    if scope.reseller().is_none() && !is_narrow {
        return Ok(Within::All);
    }
    let mut query = channels::table.select(channels::id).into_boxed();
    for reseller in scope.reseller().into_iter().chain(filter.reseller) {
        query = query.filter(channels::reseller_id.eq(reseller));
    }
    if let Some(channel) = filter.channel {
        query = query.filter(channels::id.eq(channel));
    }
    if let Some(code) = &filter.code {
        query = query.filter(channels::code.eq(code));
    }
    Ok(Within::These(query.load(connection)?))
}

/// What a channel must have to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figures {
    Usage,
    Revenue,
}

/// The channels of one page, by their re-sellers' names: of all, some that have such figures in the filter's months.
pub fn some_channels(
    connection: &mut AnyConnection,
    within: &Within,
    figures: Figures,
    filter: &Filter,
    cursor: Cursor<ChannelId>,
) -> QueryResult<Slice<ChannelId>> {
    if let Within::These(channels) = within {
        return Ok(Slice::new(channels.clone(), Cursor::<ChannelId>::First, i64::MAX, 0));
    }
    let days = filter.days();
    macro_rules! having_figures {
        () => {{
            let all = channels::table
                .inner_join(resellers::table.on(resellers::id.eq(channels::reseller_id)))
                .into_boxed();
            match figures {
                Figures::Usage => all.filter(exists(
                    usage_daily::table
                        .filter(usage_daily::channel_id.eq(channels::id))
                        .filter(usage_daily::day.ge(days.from))
                        .filter(usage_daily::day.lt(days.until)),
                )),
                Figures::Revenue => all.filter(exists(
                    revenue_channels::table
                        .filter(revenue_channels::channel_id.eq(channels::id))
                        .filter(revenue_channels::month.between(filter.from, filter.to))
                        .filter(revenue_channels::line_count.gt(0)),
                )),
            }
        }};
    }
    let at = Place { order: Order::ascending(()), cursor };
    let page = page_by!(connection, having_figures!(), at, channels::id, resellers::name_key => String);
    let rows = page.limit(CHANNELS + 1).select(channels::id).load(connection)?;
    Ok(Slice::new(rows, cursor, CHANNELS, 0))
}
