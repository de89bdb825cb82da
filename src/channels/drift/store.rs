//! Drifted prices in the database.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::json;

use super::{DriftAction, Moved, moved};
use crate::audit::{self, Event};
use crate::catalog::prices::by_bundle;
use crate::catalog::{self, Bundle, PriceConcern, PriceValue, PriceVersion, price_store};
use crate::channels::pricing::{self, Wished};
use crate::channels::{Channel, store};
use crate::db::query::Both;
use crate::db::schema::{channel_bundles, kept_prices as k};
use crate::db::{AnyConnection, Failure};
use crate::values::{Act, BundleId, ChannelId, ChargeId, Currency, PriceFault, Scope, Timestamp};

/// A price on the board.
#[derive(Debug, Clone)]
pub struct Drift {
    pub channel: Channel,
    pub bundle: Bundle,
    pub currency: Currency,
    pub moved: Moved,
}

impl Drift {
    /// Names this price in this state: once either version changes, the key is another one.
    pub fn key(&self) -> String {
        let Moved { own, now, .. } = &self.moved;
        format!("{}.{}", version_key(own), version_key(now))
    }
}

fn version_key(version: &PriceVersion) -> String {
    format!("{}@{}", version.id, version.created_at)
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("A price that you chose changed meanwhile; look at the board again")]
    Outdated,
    #[error("{name}: {why}")]
    Price { name: String, why: String },
}

type Outcome<T> = Result<T, Failure<Refusal>>;
type Key = (ChannelId, BundleId, Currency);

/// Every drifted price that nobody decided on, by channel and bundle.
pub fn board(connection: &mut AnyConnection, scope: Scope) -> QueryResult<Vec<Drift>> {
    let bundles: HashMap<BundleId, Bundle> =
        catalog::store::bundles(connection)?.into_iter().map(|bundle| (bundle.id, bundle)).collect();
    let channels: HashMap<ChannelId, Channel> =
        store::list(connection, scope)?.into_iter().map(|channel| (channel.id, channel)).collect();
    let reference = by_bundle(price_store::book(connection, None)?);
    let sold: Vec<(ChannelId, BundleId)> = channel_bundles::table
        .filter(channel_bundles::enabled.eq(true))
        .select((channel_bundles::channel_id, channel_bundles::bundle_id))
        .load(connection)?;
    let sold: HashSet<_> = sold.into_iter().collect();
    let kept = kept(connection)?;
    let own = price_store::of_channels(connection)?;
    let mut books: HashMap<Key, Vec<PriceVersion>> = HashMap::new();
    for version in own {
        let Some(channel) = version.channel else { continue };
        books.entry((channel, version.bundle, version.currency)).or_default().push(version);
    }
    let mut board: Vec<Drift> = books
        .into_iter()
        .filter(|((channel, bundle, _), _)| sold.contains(&(*channel, *bundle)))
        .filter_map(|((channel, bundle, currency), own)| {
            let moved = moved(&own, reference.get(&(bundle, currency))?)?;
            let is_kept = kept.get(&(channel, bundle, currency)).is_some_and(|kept| kept.covers(&moved.now));
            let (channel, bundle) = (channels.get(&channel)?.clone(), bundles.get(&bundle)?.clone());
            (!is_kept).then_some(Drift { channel, bundle, currency, moved })
        })
        .collect();
    board.sort_by_cached_key(|one| {
        (one.channel.name.clone(), one.channel.id, one.bundle.code.clone(), one.currency.code())
    });
    Ok(board)
}

/// Until which reference price a channel price was let stand.
struct Kept {
    reference_from: NaiveDate,
    at: Timestamp,
}

impl Kept {
    fn covers(&self, reference: &PriceVersion) -> bool {
        reference.effective_from <= self.reference_from && reference.created_at <= self.at
    }
}

fn kept(connection: &mut AnyConnection) -> QueryResult<HashMap<Key, Kept>> {
    type Row = (ChannelId, BundleId, Currency, NaiveDate, Timestamp);
    let columns = (k::channel_id, k::bundle_id, k::currency, k::reference_from, k::kept_at);
    let rows: Vec<Row> = k::table.select(columns).load(connection)?;
    let kept = |(channel, bundle, currency, reference_from, at)| {
        ((channel, bundle, currency), Kept { reference_from, at })
    };
    Ok(rows.into_iter().map(kept).collect())
}

/// Decides on chosen prices, all or none; the channel of each. Accepting and repricing set a channel price from a day on.
pub fn decide(
    connection: &mut AnyConnection,
    scope: Scope,
    keys: &[String],
    action: DriftAction,
    from: NaiveDate,
    act: &Act,
) -> Outcome<Vec<Channel>> {
    let chosen: Vec<Drift> =
        board(connection, scope)?.into_iter().filter(|one| keys.contains(&one.key())).collect();
    if chosen.len() != keys.len() {
        return Err(Failure::Refused(Refusal::Outdated));
    }
    for drift in &chosen {
        match action {
            DriftAction::Keep => keep(connection, drift, act)?,
            DriftAction::Accept => {
                set(
                    connection,
                    scope,
                    drift,
                    Ok(drift.moved.now.values.clone()),
                    from,
                    "Reference price accepted",
                    act,
                )?;
            }
            DriftAction::Reprice => {
                let values = drift.moved.repriced(&drift.bundle, drift.currency);
                set(connection, scope, drift, values, from, "Moved with the reference price", act)?;
            }
        }
    }
    Ok(chosen.into_iter().map(|drift| drift.channel).collect())
}

fn set(
    connection: &mut AnyConnection,
    scope: Scope,
    drift: &Drift,
    values: Result<BTreeMap<ChargeId, PriceValue>, PriceFault>,
    from: NaiveDate,
    reason: &str,
    act: &Act,
) -> Outcome<()> {
    let Drift { channel, bundle, currency, .. } = drift;
    let name = format!("{}, {} in {currency}", channel.name, bundle.name);
    let refused = |why: String| Refusal::Price { name: name.clone(), why };
    let wished = Wished {
        channel: channel.id,
        bundle: bundle.id,
        currency: *currency,
        effective_from: from,
        concerns: PriceConcern::Existing,
        reason: reason.to_owned(),
        values: values.map_err(|fault| Failure::Refused(refused(fault.to_string())))?,
    };
    let done = pricing::set(connection, scope, &wished, act);
    done.map(drop).map_err(|failure| failure.map_refusal(|refusal| refused(refusal.to_string())))
}

fn keep(connection: &mut AnyConnection, drift: &Drift, act: &Act) -> Outcome<()> {
    let Drift { channel, bundle, currency, moved } = drift;
    let row = (
        k::channel_id.eq(channel.id),
        k::bundle_id.eq(bundle.id),
        k::currency.eq(*currency),
        k::reference_from.eq(moved.now.effective_from),
        k::kept_at.eq(act.at),
        k::kept_by.eq(&act.who.name),
    );
    let again =
        (k::reference_from.eq(moved.now.effective_from), k::kept_at.eq(act.at), k::kept_by.eq(&act.who.name));
    Both(
        diesel::insert_into(k::table)
            .values(row)
            .on_conflict((k::channel_id, k::bundle_id, k::currency))
            .do_update()
            .set(again),
    )
    .execute(connection)?;
    let summary =
        format!("Channel price of {} in {currency} kept beside the new reference price", bundle.code);
    let event = Event::on("channel", channel.id, "price.kept", summary).of_reseller(channel.reseller);
    let event = event.after(json!({ "reference_from": moved.now.effective_from }));
    Ok(audit::record(connection, act, event)?)
}
