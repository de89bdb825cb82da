//! The re-sellers by what they brought.

use diesel::dsl::sum;
use diesel::prelude::*;

use super::revenue::{Sums, asked, money};
use super::{Within, out_of_range};
use crate::db::AnyConnection;
use crate::db::query::among;
use crate::db::schema::{channels, charge_lines as l, resellers, revenue_channels as c};
use crate::reports::Filter;
use crate::reports::revenue::Money;
use crate::values::{ChannelId, Currency, Month};
use crate::within;

/// Re-sellers that a ranking names, of each currency.
const NAMED: i64 = 20;

/// A re-seller in the ranking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    pub channel: ChannelId,
    pub reseller: String,
    pub currency: Currency,
    pub money: Money,
}

/// The first re-sellers by net revenue in a currency, largest first.
pub fn ranking(
    connection: &mut AnyConnection,
    filter: &Filter,
    currency: Currency,
) -> QueryResult<Vec<Ranked>> {
    let filter = Filter { currency: Some(currency), ..filter.clone() };
    let is_whole = filter.bundle.is_none() && filter.product.is_none() && filter.customer.is_none();
    let sums: Vec<(ChannelId, Sums)> = if is_whole && filter.from == filter.to {
        of_month(connection, filter.from, currency)?
    } else if is_whole {
        let (gross, credited) = (sum(c::gross), sum(c::credited));
        c::table
            .filter(c::month.between(filter.from, filter.to))
            .filter(c::currency.eq(currency))
            .filter(c::line_count.gt(0))
            .group_by(c::channel_id)
            .order((sum(c::net).desc(), c::channel_id))
            .limit(NAMED)
            .select((c::channel_id, (gross, credited, sum(c::reseller_share), sum(c::provider_share))))
            .load(connection)?
    } else {
        let sums = l::table
            .group_by(l::channel_id)
            .select((
                l::channel_id,
                (sum(l::gross), sum(l::credited), sum(l::reseller_share), sum(l::provider_share)),
            ))
            .into_boxed();
        asked!(sums, filter, &Within::All).load(connection)?
    };
    let names = names(connection, sums.iter().map(|(channel, _)| *channel).collect())?;
    let mut ranked = Vec::new();
    for (channel, sums) in sums {
        let Some(reseller) = names.iter().find(|(id, _)| *id == channel) else { continue };
        let (reseller, money) = (reseller.1.clone(), money(sums).map_err(out_of_range)?);
        ranked.push(Ranked { channel, reseller, currency, money });
    }
    ranked.sort_by(|a, b| b.money.net.cmp(&a.money.net).then_with(|| a.reseller.cmp(&b.reseller)));
    ranked.truncate(usize::try_from(NAMED).unwrap_or(usize::MAX));
    Ok(ranked)
}

/// Of a single month the index has the largest first, so that no other re-seller is read.
fn of_month(
    connection: &mut AnyConnection,
    month: Month,
    currency: Currency,
) -> QueryResult<Vec<(ChannelId, Sums)>> {
    let sums = (
        c::gross.nullable(),
        c::credited.nullable(),
        c::reseller_share.nullable(),
        c::provider_share.nullable(),
    );
    c::table
        .filter(c::month.eq(month))
        .filter(c::currency.eq(currency))
        .filter(c::line_count.gt(0))
        .order((c::net.desc(), c::channel_id))
        .limit(NAMED)
        .select((c::channel_id, sums))
        .load(connection)
}

fn names(connection: &mut AnyConnection, ids: Vec<ChannelId>) -> QueryResult<Vec<(ChannelId, String)>> {
    channels::table
        .inner_join(resellers::table.on(resellers::id.eq(channels::reseller_id)))
        .filter(among(channels::id, ids))
        .select((channels::id, resellers::name))
        .load(connection)
}
