//! Reads price versions.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use crate::catalog::{PriceConcern, PriceValue, PriceVersion};
use crate::db::AnyConnection;
use crate::db::query::among;
use crate::db::schema::{price_values, price_versions};
use crate::values::{BundleId, ChannelId, ChargeId, Currency, Percent, PriceVersionId, Timestamp, UnitPrice};

type Row = (
    PriceVersionId,
    Option<ChannelId>,
    BundleId,
    Currency,
    NaiveDate,
    PriceConcern,
    String,
    Timestamp,
    String,
);

type ValueRow = (PriceVersionId, ChargeId, i64, Option<UnitPrice>, Option<Percent>);

/// Adds a row to what is known of a charge; rows come in the order of their tiers.
fn add(values: &mut BTreeMap<ChargeId, PriceValue>, (_, charge, tier, price, percent): ValueRow) {
    match (price, percent) {
        (Some(price), _) if tier > 0 => match values.entry(charge).or_insert(PriceValue::Tiers(Vec::new())) {
            PriceValue::Tiers(prices) => prices.push(price),
            other => *other = PriceValue::Tiers(vec![price]),
        },
        (Some(price), _) => drop(values.insert(charge, PriceValue::Unit(price))),
        (None, Some(percent)) => drop(values.insert(charge, PriceValue::CostPlus(percent))),
        (None, None) => {}
    }
}

/// The versions of one book, bundle and currency, by effective day.
pub fn versions(
    connection: &mut AnyConnection,
    channel: Option<ChannelId>,
    bundle: BundleId,
    currency: Currency,
) -> QueryResult<Vec<PriceVersion>> {
    let asked = Asked { bundles: Some(&[bundle]), currency: Some(currency), from: None };
    load(connection, Book::of(channel), &asked)
}

/// The versions of one book and bundle in all currencies, by effective day.
pub fn versions_of_bundle(
    connection: &mut AnyConnection,
    channel: Option<ChannelId>,
    bundle: BundleId,
) -> QueryResult<Vec<PriceVersion>> {
    load(connection, Book::of(channel), &Asked { bundles: Some(&[bundle]), ..Asked::default() })
}

/// All of a book, by effective day; `None` is the reference price book.
pub fn book(connection: &mut AnyConnection, channel: Option<ChannelId>) -> QueryResult<Vec<PriceVersion>> {
    load(connection, Book::of(channel), &Asked::default())
}

/// A book's versions of some bundles in all currencies, by effective day; from a day on, those alone that new
/// subscriptions pay on it and those that begin after it.
pub fn of_bundles(
    connection: &mut AnyConnection,
    channel: Option<ChannelId>,
    bundles: &[BundleId],
    from: Option<NaiveDate>,
) -> QueryResult<Vec<PriceVersion>> {
    let asked = Asked { bundles: Some(bundles), from, ..Asked::default() };
    load(connection, Book::of(channel), &asked)
}

/// The own prices of every channel, by effective day.
pub fn of_channels(connection: &mut AnyConnection) -> QueryResult<Vec<PriceVersion>> {
    load(connection, Book::Channels, &Asked::default())
}

/// Of whose values one statement asks; SQLite takes 32,766 binds.
const VERSIONS_AT_ONCE: usize = 10_000;

/// Whose versions are read.
#[derive(Clone, Copy)]
enum Book {
    Reference,
    Channel(ChannelId),
    Channels,
}

impl Book {
    fn of(channel: Option<ChannelId>) -> Self {
        channel.map_or(Self::Reference, Self::Channel)
    }
}

/// Which of its versions; what is not set leaves all.
#[derive(Default)]
struct Asked<'a> {
    bundles: Option<&'a [BundleId]>,
    currency: Option<Currency>,
    /// Leaves out what another one has followed by this day.
    from: Option<NaiveDate>,
}

/// One version of either book.
pub fn version(connection: &mut AnyConnection, id: PriceVersionId) -> QueryResult<PriceVersion> {
    let (channel, bundle, currency) = price_versions::table
        .find(id)
        .select((price_versions::channel_id, price_versions::bundle_id, price_versions::currency))
        .first::<(Option<ChannelId>, BundleId, Currency)>(connection)?;
    let of_currency = versions(connection, channel, bundle, currency)?;
    of_currency.into_iter().find(|version| version.id == id).ok_or(diesel::result::Error::NotFound)
}

fn load(connection: &mut AnyConnection, book: Book, asked: &Asked<'_>) -> QueryResult<Vec<PriceVersion>> {
    use price_versions as v;
    let mut rows = v::table.into_boxed().order((v::effective_from, v::id));
    match book {
        Book::Channel(channel) => {
            rows = rows.filter(v::channel_id.eq(channel));
        }
        Book::Reference => {
            rows = rows.filter(v::channel_id.is_null());
        }
        Book::Channels => {
            rows = rows.filter(v::channel_id.is_not_null());
        }
    }
    if let Some(bundles) = asked.bundles {
        rows = rows.filter(among(v::bundle_id, bundles.iter().copied()));
    }
    if let Some(currency) = asked.currency {
        rows = rows.filter(v::currency.eq(currency));
    }
    if let Some(day) = asked.from {
        let later = diesel::alias!(price_versions as later);
        let follows = later
            .filter(later.field(v::bundle_id).eq(v::bundle_id))
            .filter(later.field(v::currency).eq(v::currency))
            .filter(later.field(v::effective_from).gt(v::effective_from))
            .filter(later.field(v::effective_from).le(day));
        rows = match book {
            Book::Reference => rows.filter(not(exists(follows.filter(later.field(v::channel_id).is_null())))),
            Book::Channel(_) | Book::Channels => {
                rows.filter(not(exists(follows.filter(later.field(v::channel_id).eq(v::channel_id)))))
            }
        };
    }
    let columns = (
        v::id,
        v::channel_id,
        v::bundle_id,
        v::currency,
        v::effective_from,
        v::concerns,
        v::reason,
        v::created_at,
        v::created_by,
    );
    let rows: Vec<Row> = rows.select(columns).load(connection)?;
    let values = values(connection, &rows)?;
    Ok(joined(rows, values))
}

/// What versions have of each charge. Not by a join: without statistics SQLite would read the values of every book to
/// have them in this order.
fn values(connection: &mut AnyConnection, rows: &[Row]) -> QueryResult<Vec<ValueRow>> {
    let ids: Vec<PriceVersionId> = rows.iter().map(|row| row.0).collect();
    let mut values: Vec<ValueRow> = Vec::new();
    for ids in ids.chunks(VERSIONS_AT_ONCE) {
        let of_these =
            price_values::table.filter(among(price_values::version_id, ids.iter().copied())).select((
                price_values::version_id,
                price_values::charge_id,
                price_values::tier,
                price_values::unit_price,
                price_values::percent,
            ));
        let in_order = (price_values::version_id, price_values::charge_id, price_values::tier);
        values.extend(of_these.order(in_order).load::<ValueRow>(connection)?);
    }
    Ok(values)
}

fn joined(rows: Vec<Row>, values: Vec<ValueRow>) -> Vec<PriceVersion> {
    let mut of_version: BTreeMap<PriceVersionId, BTreeMap<ChargeId, PriceValue>> = BTreeMap::new();
    for row in values {
        add(of_version.entry(row.0).or_default(), row);
    }
    let version = |row: Row| {
        let (id, channel, bundle, currency, effective_from, concerns, reason, created_at, created_by) = row;
        let values = of_version.remove(&id).unwrap_or_default();
        PriceVersion {
            id,
            channel,
            bundle,
            currency,
            effective_from,
            concerns,
            reason,
            values,
            created_at,
            created_by,
        }
    };
    rows.into_iter().map(version).collect()
}
