//! Rates a channel's month from the database and puts its charge lines in place of the old ones, in one transaction.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{Daily, Input, Line, Prices, rate};
use crate::catalog::{self, Bundle, PriceVersion, Product, price_store};
use crate::channels;
use crate::customers;
use crate::db::query::Both;
use crate::db::schema::{channels as channel_rows, charge_lines as l, rated_months, usage_daily as u};
use crate::db::{AnyConnection, Failure};
use crate::jobs;
use crate::on_backend;
use crate::terms::split::{LineShare, SplitLine, split};
use crate::terms::{self, TermsVersion};
use crate::values::{
    Amount, BundleId, ChannelId, ChargeLineId, Cost, Currency, Month, OutOfRange, ProductId, Quantity,
    ResellerId, Scope, SubscriptionId, Timestamp,
};

/// What rating a month brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rated {
    pub lines: usize,
    /// Gross by currency.
    pub gross: BTreeMap<Currency, Amount>,
}

/// Rows that one insert statement takes: SQLite binds at most 32,766 values.
const CHUNK: usize = 1000;

/// Rates the month again: the same inputs give the same lines.
pub fn rate_month<R>(
    connection: &mut AnyConnection,
    channel: ChannelId,
    month: Month,
    now: Timestamp,
) -> Result<Rated, Failure<R>> {
    let channel_row = channels::store::find(connection, Scope::Root, channel)?;
    let products = catalog::store::products(connection)?;
    let lines = lines(connection, channel, month)?;
    let terms = terms::store::in_effect(connection, channel_row.reseller, month)?;
    let shares = shares(&lines, &products, terms.as_ref()).map_err(out_of_range)?;
    mark_rated(connection, channel, month, lines.len(), now)?;
    replace(connection, channel, month, &lines, &shares, terms.as_ref())?;
    let mut gross: BTreeMap<Currency, Amount> = BTreeMap::new();
    for line in &lines {
        let sum = gross.entry(line.currency).or_default();
        *sum = sum.checked_add(line.gross).map_err(out_of_range)?;
    }
    Ok(Rated { lines: lines.len(), gross })
}

/// Comes before the lines: two who rate a month at once meet at this row, where PostgreSQL asks the later one to run
/// again, and not at the lines, whose keys would collide.
fn mark_rated(
    connection: &mut AnyConnection,
    channel: ChannelId,
    month: Month,
    lines: usize,
    now: Timestamp,
) -> QueryResult<()> {
    let line_count = i64::try_from(lines).unwrap_or(i64::MAX);
    let rated = (rated_months::rated_at.eq(now), rated_months::line_count.eq(line_count));
    Both(
        diesel::insert_into(rated_months::table)
            .values((rated_months::channel_id.eq(channel), rated_months::month.eq(month), rated))
            .on_conflict((rated_months::channel_id, rated_months::month))
            .do_update()
            .set(rated),
    )
    .execute(connection)?;
    Ok(())
}

fn out_of_range<R>(error: OutOfRange) -> Failure<R> {
    Failure::Query(diesel::result::Error::SerializationError(error.into()))
}

fn lines<R>(
    connection: &mut AnyConnection,
    channel: ChannelId,
    month: Month,
) -> Result<Vec<Line>, Failure<R>> {
    let subscriptions = customers::store::subscriptions_of(connection, channel)?;
    let bundles: HashMap<BundleId, Bundle> =
        catalog::store::bundles(connection)?.into_iter().map(|bundle| (bundle.id, bundle)).collect();
    let own = by_book(price_store::book(connection, Some(channel))?);
    let reference = by_book(price_store::book(connection, None)?);
    let mut usage = usage(connection, channel, month)?;
    let mut included = HashMap::new();
    let mut lines = Vec::new();
    for subscription in subscriptions.iter().filter(|one| one.days_within(month.all_days()).is_some()) {
        let Some(bundle) = bundles.get(&subscription.bundle) else { continue };
        if let Entry::Vacant(place) = included.entry(bundle.id) {
            place.insert(catalog::store::included(connection, bundle.id)?);
        }
        let key = (subscription.bundle, subscription.currency);
        let prices = Prices {
            channel: own.get(&key).cloned().unwrap_or_default(),
            reference: reference.get(&key).cloned().unwrap_or_default(),
        };
        let empty = BTreeMap::new();
        let usage = usage.remove(&subscription.id).unwrap_or_default();
        let input = Input {
            subscription,
            charges: &bundle.charges,
            included: included.get(&bundle.id).unwrap_or(&empty),
            prices: &prices,
            usage: &usage,
            month,
        };
        lines.extend(rate(&input).map_err(out_of_range)?);
    }
    Ok(lines)
}

type Book = HashMap<(BundleId, Currency), Vec<PriceVersion>>;

fn by_book(versions: Vec<PriceVersion>) -> Book {
    let mut book = Book::new();
    for version in versions {
        book.entry((version.bundle, version.currency)).or_default().push(version);
    }
    book
}

fn usage(
    connection: &mut AnyConnection,
    channel: ChannelId,
    month: Month,
) -> QueryResult<HashMap<SubscriptionId, Vec<Daily>>> {
    type Row = (SubscriptionId, ProductId, NaiveDate, String, Quantity, Cost);
    let rows: Vec<Row> = u::table
        .filter(u::channel_id.eq(channel))
        .filter(u::day.ge(month.first_day()))
        .filter(u::day.lt(month.end()))
        .order((u::subscription_id, u::product_id, u::day, u::unit, u::currency))
        .select((u::subscription_id, u::product_id, u::day, u::currency, u::quantity, u::cost))
        .load(connection)?;
    let mut found: HashMap<SubscriptionId, Vec<Daily>> = HashMap::new();
    for (subscription, product, day, currency, quantity, cost) in rows {
        let daily = Daily { product, day, currency: currency.parse().ok(), quantity, cost };
        found.entry(subscription).or_default().push(daily);
    }
    Ok(found)
}

/// Both sides' shares, currency by currency. Without agreed terms everything is the provider's.
fn shares(
    lines: &[Line],
    products: &[Product],
    terms: Option<&TermsVersion>,
) -> Result<Vec<LineShare>, OutOfRange> {
    let Some(terms) = terms else {
        return Ok(lines
            .iter()
            .map(|line| LineShare { reseller: Amount::ZERO, provider: line.gross })
            .collect());
    };
    let mut shares = vec![LineShare { reseller: Amount::ZERO, provider: Amount::ZERO }; lines.len()];
    let mut currencies: Vec<Currency> = lines.iter().map(|line| line.currency).collect();
    currencies.sort_unstable();
    currencies.dedup();
    for currency in currencies {
        let places: Vec<usize> = (0..lines.len())
            .filter(|place| lines.get(*place).is_some_and(|line| line.currency == currency))
            .collect();
        let parts: Vec<SplitLine> = places
            .iter()
            .filter_map(|place| lines.get(*place))
            .map(|line| split_line(line, products))
            .collect();
        for (place, share) in places.into_iter().zip(split(&terms.offer.rule, &parts, currency)?) {
            if let Some(slot) = shares.get_mut(place) {
                *slot = share;
            }
        }
    }
    Ok(shares)
}

fn split_line(line: &Line, products: &[Product]) -> SplitLine {
    let product = products.iter().find(|product| Some(product.id) == line.product);
    SplitLine {
        bundle: line.bundle,
        category: product.map(|product| product.category.clone()),
        net: line.gross,
        reference: line.reference,
    }
}

#[derive(Insertable)]
#[diesel(table_name = l, treat_none_as_default_value = false)]
struct NewLine {
    id: ChargeLineId,
    channel_id: ChannelId,
    customer_id: crate::values::CustomerId,
    subscription_id: SubscriptionId,
    bundle_id: BundleId,
    product_id: Option<ProductId>,
    charge_id: crate::values::ChargeId,
    kind: String,
    month: Month,
    position: i64,
    day_from: NaiveDate,
    day_until: NaiveDate,
    currency: Currency,
    quantity: Quantity,
    included: String,
    billable: String,
    unit_price: Option<crate::values::UnitPrice>,
    percent: Option<crate::values::Percent>,
    cost: Option<Cost>,
    price_version_id: crate::values::PriceVersionId,
    gross: Amount,
    credited: Amount,
    reference: Amount,
    terms_id: Option<crate::values::TermsId>,
    reseller_share: Amount,
    provider_share: Amount,
}

fn replace(
    connection: &mut AnyConnection,
    channel: ChannelId,
    month: Month,
    lines: &[Line],
    shares: &[LineShare],
    terms: Option<&TermsVersion>,
) -> QueryResult<()> {
    diesel::delete(l::table.filter(l::channel_id.eq(channel)).filter(l::month.eq(month)))
        .execute(connection)?;
    let rows: Vec<NewLine> = lines
        .iter()
        .zip(shares)
        .zip(1..)
        .map(|((line, share), position)| new_line(channel, month, line, share, position, terms))
        .collect();
    for some in rows.chunks(CHUNK) {
        on_backend!(connection, |inner| diesel::insert_into(l::table).values(some).execute(inner))?;
    }
    Ok(())
}

fn new_line(
    channel: ChannelId,
    month: Month,
    line: &Line,
    share: &LineShare,
    position: i64,
    terms: Option<&TermsVersion>,
) -> NewLine {
    NewLine {
        id: ChargeLineId::derived(&format!(
            "{channel} {month} {position} {} {}",
            line.subscription, line.charge
        )),
        channel_id: channel,
        customer_id: line.customer,
        subscription_id: line.subscription,
        bundle_id: line.bundle,
        product_id: line.product,
        charge_id: line.charge,
        kind: line.kind.to_string(),
        month,
        position,
        day_from: line.days.from,
        day_until: line.days.until,
        currency: line.currency,
        quantity: line.quantity,
        included: line.included.to_string(),
        billable: line.billable.to_string(),
        unit_price: line.unit_price,
        percent: line.percent,
        cost: line.cost,
        price_version_id: line.price_version,
        gross: line.gross,
        credited: Amount::ZERO,
        reference: line.reference,
        terms_id: terms.map(|terms| terms.id),
        reseller_share: share.reseller,
        provider_share: share.provider,
    }
}

/// Asks for the running month of each channel that was not rated today, so that recurring charges appear by themselves.
pub fn rate_today<R>(connection: &mut AnyConnection, now: Timestamp) -> Result<(), Failure<R>> {
    let month = Month::of(now.day());
    let all: Vec<(ChannelId, ResellerId)> =
        channel_rows::table.select((channel_rows::id, channel_rows::reseller_id)).load(connection)?;
    for (channel, _) in all {
        let rated: Option<Timestamp> = rated_months::table
            .find((channel, month))
            .select(rated_months::rated_at)
            .first(connection)
            .optional()?;
        if rated.is_none_or(|at| at.day() < now.day()) {
            jobs::store::rate_months(connection, channel, month, month, now)?;
        }
    }
    Ok(())
}
