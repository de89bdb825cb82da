//! Setting a channel price: the policy is asked inside the transaction that saves it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::{Channel, ChannelBundle, PricePolicy, policy, store};
use crate::catalog::{
    self, Bundle, NewPriceVersion, PriceConcern, PriceRefusal, PriceValue, PriceVersion, price_store, prices,
};
use crate::db::schema::{customers, subscriptions};
use crate::db::{AnyConnection, Failure};
use crate::values::{Act, BundleId, ChannelId, ChargeId, Currency, PriceVersionId, Scope};

/// A channel price to be set.
#[derive(Debug, Clone)]
pub struct Wished {
    pub channel: ChannelId,
    pub bundle: BundleId,
    pub currency: Currency,
    pub effective_from: NaiveDate,
    pub concerns: PriceConcern,
    pub reason: String,
    pub values: BTreeMap<ChargeId, PriceValue>,
}

/// Why a channel price is refused.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The policy's faults by charge, all of them.
    #[error("This price is locked or outside its limits")]
    Policy(Vec<(ChargeId, policy::Fault)>),
    /// Re-sellers set prices from today on.
    #[error("Choose today or a later day")]
    InThePast,
    #[error("{0}")]
    Price(PriceRefusal),
}

/// What a price editor shows of one bundle and currency.
#[derive(Debug, Clone)]
pub struct Book {
    pub bundle: Bundle,
    pub sold: ChannelBundle,
    pub currency: Currency,
    pub channel_versions: Vec<PriceVersion>,
    pub reference_versions: Vec<PriceVersion>,
}

impl Book {
    /// The version that a new subscription pays on a day: the channel's, else the reference.
    pub fn in_effect(&self, day: NaiveDate) -> Option<&PriceVersion> {
        prices::current(&self.channel_versions, day).or_else(|| self.reference(day))
    }

    pub fn reference(&self, day: NaiveDate) -> Option<&PriceVersion> {
        prices::current(&self.reference_versions, day)
    }

    /// The next channel version whose day has not come.
    pub fn planned(&self, today: NaiveDate) -> Option<&PriceVersion> {
        self.channel_versions.iter().find(|version| version.effective_from > today)
    }
}

/// The books of everything a channel in scope sells, in each of its currencies, by the bundles' names.
pub fn books(connection: &mut AnyConnection, channel: &Channel) -> QueryResult<Vec<Book>> {
    let sold = store::bundles(connection, channel.id)?;
    books_of(connection, channel.id, &sold, &channel.currencies, None)
}

/// The same with the versions alone that new subscriptions pay on a day, and those that are planned after it: however
/// long the history is, this reads no more.
pub fn books_from(
    connection: &mut AnyConnection,
    channel: &Channel,
    day: NaiveDate,
) -> QueryResult<Vec<Book>> {
    let sold = store::bundles(connection, channel.id)?;
    books_of(connection, channel.id, &sold, &channel.currencies, Some(day))
}

/// One of them; `NotFound` when the channel does not sell the bundle in the currency.
pub fn book(
    connection: &mut AnyConnection,
    scope: Scope,
    channel: ChannelId,
    bundle: BundleId,
    currency: Currency,
) -> QueryResult<Book> {
    let found = store::find(connection, scope, channel)?;
    let mut sold = store::bundles(connection, channel)?;
    sold.retain(|one| one.bundle == bundle && found.currencies.contains(&currency));
    books_of(connection, channel, &sold, &[currency], None)?.pop().ok_or(diesel::result::Error::NotFound)
}

fn books_of(
    connection: &mut AnyConnection,
    channel: ChannelId,
    sold: &[ChannelBundle],
    currencies: &[Currency],
    from: Option<NaiveDate>,
) -> QueryResult<Vec<Book>> {
    let ids: Vec<BundleId> = sold.iter().map(|one| one.bundle).collect();
    let mut own = prices::by_bundle(price_store::of_bundles(connection, Some(channel), &ids, from)?);
    let mut reference = prices::by_bundle(price_store::of_bundles(connection, None, &ids, from)?);
    let mut books = Vec::new();
    for bundle in catalog::store::some_bundles(connection, &ids)? {
        let Some(sold) = sold.iter().find(|one| one.bundle == bundle.id) else { continue };
        for currency in currencies {
            let key = (bundle.id, *currency);
            books.push(Book {
                channel_versions: own.remove(&key).unwrap_or_default(),
                reference_versions: reference.remove(&key).unwrap_or_default(),
                bundle: bundle.clone(),
                sold: sold.clone(),
                currency: *currency,
            });
        }
    }
    Ok(books)
}

/// Whether a re-seller's wish is allowed, charge by charge and tier by tier. The provider is not bound by the policy.
/// A price that does not change is not asked.
pub fn check(
    book: &Book,
    editable: bool,
    scope: Scope,
    wished: &Wished,
) -> Result<(), Vec<(ChargeId, policy::Fault)>> {
    if scope == Scope::Root {
        return Ok(());
    }
    let before = book.in_effect(wished.effective_from);
    let reference = book.reference(wished.effective_from);
    let mut faults = Vec::new();
    for (charge, tier) in book.bundle.places() {
        let part = |values: &BTreeMap<ChargeId, PriceValue>| values.get(&charge.id)?.part(tier);
        let reference = reference.and_then(|version| part(&version.values));
        let (Some(price), Some(reference)) = (part(&wished.values), reference) else { continue };
        if before.and_then(|version| part(&version.values)).as_ref() == Some(&price) {
            continue;
        }
        let wish = policy::Wish { kind: charge.kind, currency: wished.currency, reference, price, tier };
        if let Err(found) = policy::check(editable, book.sold.policy, book.sold.band, &wish) {
            faults.extend(found.into_iter().map(|fault| (charge.id, fault)));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// Sets a channel price.
pub fn set(
    connection: &mut AnyConnection,
    scope: Scope,
    wished: &Wished,
    act: &Act,
) -> Result<PriceVersionId, Failure<Refusal>> {
    let channel = store::find(connection, scope, wished.channel)?;
    let book = book(connection, scope, wished.channel, wished.bundle, wished.currency)?;
    if scope != Scope::Root && wished.effective_from < act.today() {
        return Err(Failure::Refused(Refusal::InThePast));
    }
    if scope != Scope::Root && (!channel.price_editable || book.sold.policy == PricePolicy::Locked) {
        let fault = check(&book, false, scope, wished).err().unwrap_or_default();
        return Err(Failure::Refused(Refusal::Policy(fault)));
    }
    check(&book, channel.price_editable, scope, wished)
        .map_err(|faults| Failure::Refused(Refusal::Policy(faults)))?;
    let new = NewPriceVersion {
        channel: Some(wished.channel),
        bundle: wished.bundle,
        currency: wished.currency,
        effective_from: wished.effective_from,
        concerns: wished.concerns,
        reason: wished.reason.clone(),
        values: wished.values.clone(),
    };
    price_store::save(connection, &new, act).map_err(|failure| failure.map_refusal(Refusal::Price))
}

/// Drops a planned channel price, and gives it back; a re-seller only where it may set one.
pub fn drop_planned(
    connection: &mut AnyConnection,
    scope: Scope,
    channel: ChannelId,
    id: PriceVersionId,
    act: &Act,
) -> Result<PriceVersion, Failure<Refusal>> {
    let own = store::find(connection, scope, channel)?;
    let version = price_store::version(connection, id)?;
    if version.channel != Some(channel) {
        return Err(diesel::result::Error::NotFound.into());
    }
    let book = book(connection, scope, channel, version.bundle, version.currency)?;
    if scope != Scope::Root && (!own.price_editable || book.sold.policy == PricePolicy::Locked) {
        return Err(Failure::Refused(Refusal::Policy(Vec::new())));
    }
    price_store::drop_planned(connection, id, act).map_err(|failure| failure.map_refusal(Refusal::Price))?;
    Ok(version)
}

/// How many customers and subscriptions run on the bundle in the currency: who notices a price.
pub fn concerned(
    connection: &mut AnyConnection,
    channel: ChannelId,
    bundle: BundleId,
    currency: Currency,
    day: NaiveDate,
) -> QueryResult<(usize, usize)> {
    let rows: Vec<crate::values::CustomerId> = subscriptions::table
        .inner_join(customers::table.on(customers::id.eq(subscriptions::customer_id)))
        .filter(subscriptions::channel_id.eq(channel))
        .filter(subscriptions::bundle_id.eq(bundle))
        .filter(customers::currency.eq(currency))
        .filter(subscriptions::price_rule.eq("follow"))
        .filter(subscriptions::end_on.is_null().or(subscriptions::end_on.gt(day)))
        .select(customers::id)
        .load(connection)?;
    let mut distinct = rows.clone();
    distinct.sort_unstable();
    distinct.dedup();
    Ok((distinct.len(), rows.len()))
}
