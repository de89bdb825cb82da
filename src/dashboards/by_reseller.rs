//! Root's revenue by re-seller: the largest ones by name, the others together, however many there are.

use std::cmp::Reverse;
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

/// Net revenue from `first` to `last`, for each currency: the largest re-sellers, largest first, then the others.
pub(super) fn parts(connection: &mut AnyConnection, first: Month, last: Month) -> QueryResult<Vec<Part>> {
    let mut parts = Vec::new();
    for (currency, mut rest) in totals(connection, first, last)? {
        let (named, others) = largest(connection, currency, first, last)?;
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
        if others > 0 {
            let name = format!("{others} others");
            let part = |(month, net)| Part { month, currency, name: name.clone(), reseller: None, net };
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

/// The largest channels of a currency, and how many others there are.
fn largest(
    connection: &mut AnyConnection,
    currency: Currency,
    first: Month,
    last: Month,
) -> QueryResult<(Vec<ChannelId>, usize)> {
    let all: Vec<(ChannelId, Option<Amount>)> = c::table
        .filter(c::currency.eq(currency))
        .filter(c::month.between(first, last))
        .filter(c::line_count.gt(0))
        .group_by(c::channel_id)
        .select((c::channel_id, sum(c::net)))
        .load(connection)?;
    let mut all: Vec<_> = all.into_iter().map(|(channel, net)| (Reverse(net), channel)).collect();
    all.sort_unstable();
    let named = if all.len() <= NAMED + 1 { all.len() } else { NAMED };
    let others = all.len() - named;
    Ok((all.into_iter().take(named).map(|(_, channel)| channel).collect(), others))
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
