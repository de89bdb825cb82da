//! Root's revenue by re-seller: the largest ones by name, the others together. However many these are, they are not read.

use std::collections::{BTreeMap, HashMap};

use diesel::dsl::sum;
use diesel::prelude::*;

use super::store::{Part, less};
use crate::db::AnyConnection;
use crate::db::query::among;
use crate::db::schema::{channels, resellers, revenue_channels as c, revenue_totals as t};
use crate::reports::{self, Filter, Group};
use crate::values::{Amount, ChannelId, Currency, Month, ResellerId};

/// Re-sellers that a chart names; one more is named as well, as it would be alone among the others.
const NAMED: usize = 4;

type Names = HashMap<ChannelId, (ResellerId, String)>;

/// Net revenue from `first` to `last`, for each currency: the largest re-sellers, largest first, then the others. The
/// largest are those of the month before the last, which is whole, or of the last one while nothing was before it.
pub(super) fn parts(connection: &mut AnyConnection, first: Month, last: Month) -> QueryResult<Vec<Part>> {
    let mut parts = Vec::new();
    for (currency, mut rest) in totals(connection, first, last)? {
        let named = largest(connection, currency, last)?;
        let names = names(connection, &named)?;
        let monthly = monthly(connection, currency, &named, first, last)?;
        for channel in &named {
            let Some((reseller, name)) = names.get(channel) else { continue };
            for (month, net) in
                monthly.iter().filter(|(of, ..)| of == channel).map(|(_, month, net)| (month, net))
            {
                let left = rest.entry(*month).or_default();
                *left = less(Some(*left), Some(*net))?;
                let (name, reseller) = (name.clone(), Some(*reseller));
                parts.push(Part { month: *month, currency, name, reseller, net: *net });
            }
        }
        if rest.values().any(|net| !net.is_zero()) {
            let part = |(month, net)| Part { month, currency, name: "Others".into(), reseller: None, net };
            parts.extend(rest.into_iter().map(part));
        }
    }
    Ok(parts)
}

/// The first re-sellers of a month by net revenue, for each currency.
pub(super) fn ranking(
    connection: &mut AnyConnection,
    currencies: &[Currency],
    month: Month,
) -> QueryResult<Vec<Part>> {
    let filter = Filter::month(month, Group::Bundle);
    let mut parts = Vec::new();
    for currency in currencies {
        let ranked = reports::store::ranking(connection, &filter, *currency)?;
        let names = names(connection, &ranked.iter().map(|one| one.channel).collect::<Vec<_>>())?;
        parts.extend(ranked.into_iter().filter_map(|one| {
            let (reseller, name) = names.get(&one.channel).cloned()?;
            Some(Part { month, currency: *currency, name, reseller: Some(reseller), net: one.money.net })
        }));
    }
    Ok(parts)
}

/// What all re-sellers brought in each month.
fn totals(
    connection: &mut AnyConnection,
    first: Month,
    last: Month,
) -> QueryResult<BTreeMap<Currency, BTreeMap<Month, Amount>>> {
    type Row = (Currency, Month, Option<Amount>, Option<Amount>);
    let rows: Vec<Row> = t::table
        .filter(t::month.between(first, last))
        .filter(t::line_count.gt(0))
        .group_by((t::currency, t::month))
        .select((t::currency, t::month, sum(t::gross), sum(t::credited)))
        .load(connection)?;
    let mut totals: BTreeMap<Currency, BTreeMap<Month, Amount>> = BTreeMap::new();
    for (currency, month, gross, credited) in rows {
        totals.entry(currency).or_default().insert(month, less(gross, credited)?);
    }
    Ok(totals)
}

/// The largest channels of a currency before a month ends.
fn largest(connection: &mut AnyConnection, currency: Currency, last: Month) -> QueryResult<Vec<ChannelId>> {
    for month in [last.previous(), last] {
        let by_net = c::table
            .filter(c::month.eq(month))
            .filter(c::currency.eq(currency))
            .filter(c::line_count.gt(0))
            .order((c::net.desc(), c::channel_id))
            .select(c::channel_id);
        let mut found: Vec<ChannelId> =
            by_net.limit(i64::try_from(NAMED + 2).unwrap_or(i64::MAX)).load(connection)?;
        if found.len() > NAMED + 1 {
            found.truncate(NAMED);
        }
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

fn monthly(
    connection: &mut AnyConnection,
    currency: Currency,
    channels: &[ChannelId],
    first: Month,
    last: Month,
) -> QueryResult<Vec<(ChannelId, Month, Amount)>> {
    c::table
        .filter(among(c::channel_id, channels.iter().copied()))
        .filter(c::currency.eq(currency))
        .filter(c::month.between(first, last))
        .filter(c::line_count.gt(0))
        .order((c::channel_id, c::month))
        .select((c::channel_id, c::month, c::net))
        .load(connection)
}

fn names(connection: &mut AnyConnection, ids: &[ChannelId]) -> QueryResult<Names> {
    let named: Vec<(ChannelId, (ResellerId, String))> = channels::table
        .inner_join(resellers::table.on(resellers::id.eq(channels::reseller_id)))
        .filter(among(channels::id, ids.iter().copied()))
        .select((channels::id, (resellers::id, resellers::name)))
        .load(connection)?;
    Ok(named.into_iter().collect())
}
