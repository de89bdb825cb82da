//! Price versions of both books: the reference prices, which have no channel, and each channel's own.

mod read;
mod record;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;

pub use read::{book, of_bundles, of_channels, version, versions, versions_of_bundle};

use super::{BundleState, NewPriceVersion, PriceRefusal, PriceValue, prices, pricing, store};
use crate::books;
use crate::db::schema::{channel_bundles, price_values, price_versions};
use crate::db::{AnyConnection, Failure};
use crate::jobs;
use crate::values::{Act, BundleId, ChannelId, ChargeId, Currency, Month, PriceVersionId};

/// Saves a version of either book. A planned version of the same day is replaced, and so is any version of a draft,
/// which nobody can have bought; one in effect is never edited. What it touches up to this month is rated again.
pub fn save(
    connection: &mut AnyConnection,
    new: &NewPriceVersion,
    act: &Act,
) -> Result<PriceVersionId, Failure<PriceRefusal>> {
    let bundle = store::bundle(connection, new.bundle)?;
    pricing::check(&bundle.charges, &new.values, new.currency)
        .map_err(|faults| Failure::Refused(PriceRefusal::Values(faults)))?;
    if new.values.len() != bundle.charges.len() {
        return Err(Failure::Refused(PriceRefusal::OtherCharge));
    }
    let same_day = versions(connection, new.channel, new.bundle, new.currency)?
        .into_iter()
        .find(|version| version.effective_from == new.effective_from);
    if same_day.is_some() && new.effective_from <= act.today() && bundle.state != BundleState::Draft {
        return Err(Failure::Refused(PriceRefusal::InEffect));
    }
    refuse_closed(connection, new.channel, new.effective_from)?;
    let id = same_day.as_ref().map_or_else(PriceVersionId::generate, |version| version.id);
    write_version(connection, id, new, act, same_day.is_some())?;
    write_values(connection, id, &new.values)?;
    record::saved(connection, id, &bundle.code, new, same_day.as_ref(), act)?;
    rate_again(connection, new.channel, new.bundle, new.effective_from, act)?;
    Ok(id)
}

/// Refuses to go on from prices of which somebody saw this mark when they have changed since.
pub fn refuse_changed(
    connection: &mut AnyConnection,
    (channel, bundle, currency): (Option<ChannelId>, BundleId, Currency),
    seen: &str,
) -> Result<(), Failure<PriceRefusal>> {
    let found = versions(connection, channel, bundle, currency)?;
    match prices::mark(&found) == seen || seen.is_empty() {
        true => Ok(()),
        false => Err(Failure::Refused(PriceRefusal::Changed)),
    }
}

/// What a statement holds keeps its prices: none begins in its month or earlier. A reference price concerns every
/// channel.
fn refuse_closed(
    connection: &mut AnyConnection,
    channel: Option<ChannelId>,
    from: NaiveDate,
) -> Result<(), Failure<PriceRefusal>> {
    let closed = match channel {
        Some(channel) => books::closed_through(connection, channel)?,
        None => books::closed_through_any(connection)?,
    };
    match closed.filter(|month| Month::of(from) <= *month) {
        Some(month) => Err(Failure::Refused(PriceRefusal::Closed(month))),
        None => Ok(()),
    }
}

fn write_version(
    connection: &mut AnyConnection,
    id: PriceVersionId,
    new: &NewPriceVersion,
    act: &Act,
    exists: bool,
) -> QueryResult<usize> {
    let changing = (
        price_versions::concerns.eq(new.concerns),
        price_versions::reason.eq(&new.reason),
        price_versions::created_at.eq(act.at),
        price_versions::created_by.eq(&act.who.name),
    );
    if exists {
        return diesel::update(price_versions::table.find(id)).set(changing).execute(connection);
    }
    let fixed = (
        price_versions::id.eq(id),
        price_versions::channel_id.eq(new.channel),
        price_versions::bundle_id.eq(new.bundle),
        price_versions::currency.eq(new.currency),
        price_versions::effective_from.eq(new.effective_from),
    );
    diesel::insert_into(price_versions::table).values((fixed, changing)).execute(connection)
}

fn write_values(
    connection: &mut AnyConnection,
    version: PriceVersionId,
    values: &BTreeMap<ChargeId, PriceValue>,
) -> QueryResult<()> {
    diesel::delete(price_values::table.filter(price_values::version_id.eq(version))).execute(connection)?;
    let parts =
        values.iter().flat_map(|(charge, value)| value.parts().into_iter().map(move |part| (charge, part)));
    for (charge, (tier, part)) in parts {
        let percent = match part {
            PriceValue::CostPlus(percent) => Some(percent),
            PriceValue::Unit(_) | PriceValue::Tiers(_) => None,
        };
        diesel::insert_into(price_values::table)
            .values((
                price_values::version_id.eq(version),
                price_values::charge_id.eq(*charge),
                price_values::tier.eq(i64::from(tier)),
                price_values::unit_price.eq(part.price(tier)),
                price_values::percent.eq(percent),
            ))
            .execute(connection)?;
    }
    Ok(())
}

/// Drops a version whose day has not come, or any version of a draft.
pub fn drop_planned(
    connection: &mut AnyConnection,
    id: PriceVersionId,
    act: &Act,
) -> Result<(), Failure<PriceRefusal>> {
    let version = version(connection, id)?;
    let bundle = store::bundle(connection, version.bundle)?;
    if version.effective_from <= act.today() && bundle.state != BundleState::Draft {
        return Err(Failure::Refused(PriceRefusal::InEffect));
    }
    diesel::delete(price_values::table.filter(price_values::version_id.eq(id))).execute(connection)?;
    diesel::delete(price_versions::table.find(id)).execute(connection)?;
    record::dropped(connection, &bundle.code, &version, act)?;
    rate_again(connection, version.channel, version.bundle, version.effective_from, act)?;
    Ok(())
}

/// Changes a version whose day has not come; its day may change with it.
pub fn replace_planned(
    connection: &mut AnyConnection,
    id: PriceVersionId,
    new: &NewPriceVersion,
    act: &Act,
) -> Result<PriceVersionId, Failure<PriceRefusal>> {
    let old = version(connection, id)?;
    if (old.channel, old.bundle, old.currency) != (new.channel, new.bundle, new.currency) {
        return Err(diesel::result::Error::NotFound.into());
    }
    if old.effective_from != new.effective_from {
        drop_planned(connection, id, act)?;
    }
    save(connection, new, act)
}

/// Both sides of the split can change with a reference price, so every channel with the bundle is rated again.
fn rate_again(
    connection: &mut AnyConnection,
    channel: Option<ChannelId>,
    bundle: BundleId,
    from: NaiveDate,
    act: &Act,
) -> QueryResult<()> {
    let touched = match channel {
        Some(channel) => vec![channel],
        None => channel_bundles::table
            .filter(channel_bundles::bundle_id.eq(bundle))
            .order(channel_bundles::channel_id)
            .select(channel_bundles::channel_id)
            .load(connection)?,
    };
    for channel in touched {
        jobs::store::rate_months(connection, channel, Month::of(from), Month::of(act.today()), act.at)?;
    }
    Ok(())
}
