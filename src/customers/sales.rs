//! Sells: makes customers and subscriptions, changes quantities, sets and takes back ends. Each change asks for the
//! touched months up to the current one to be rated again.

use std::cmp::Ordering;

use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::json;

use super::{Customer, NewCustomer, NewSubscription, SaleRefusal, Subscription, store};
use crate::audit::{self, Event};
use crate::books;
use crate::catalog::{BundleState, price_store, prices};
use crate::db::schema::{
    bundles, channel_bundles, channel_currencies, channels, customers, resellers, subscription_quantities,
    subscriptions,
};
use crate::db::{AnyConnection, Failure};
use crate::values::{
    Act, ChannelId, Currency, CustomerId, Month, ResellerId, Scope, SubscriptionId, search_key,
};
use crate::{jobs, settings};

type Outcome<T> = Result<T, Failure<SaleRefusal>>;

fn refuse<T>(refusal: SaleRefusal) -> Outcome<T> {
    Err(Failure::Refused(refusal))
}

/// Makes a customer in a channel of the scope; its external id is unique there.
pub fn create_customer(
    connection: &mut AnyConnection,
    scope: Scope,
    new: &NewCustomer,
    act: &Act,
) -> Outcome<CustomerId> {
    let reseller = selling_reseller(connection, scope, new.channel)?;
    if store::by_external_id(connection, new.channel, &new.external_id)?.is_some() {
        return refuse(SaleRefusal::ExternalIdTaken);
    }
    check_currency(connection, new.channel, new.currency)?;
    let id = CustomerId::generate();
    diesel::insert_into(customers::table)
        .values((
            customers::id.eq(id),
            customers::channel_id.eq(new.channel),
            customers::external_id.eq(&new.external_id),
            customers::name.eq(&new.name),
            customers::name_key.eq(search_key(&new.name)),
            customers::country.eq(new.country),
            customers::currency.eq(new.currency),
            customers::created_at.eq(act.at),
        ))
        .execute(connection)?;
    let event = Event::on("customer", id, "customer.created", format!("Customer {} made", new.name))
        .of_reseller(reseller)
        .after(json!({
            "external_id": new.external_id, "name": new.name, "country": new.country, "currency": new.currency,
        }));
    audit::record(connection, act, event)?;
    Ok(id)
}

/// Changes a customer's facts; the currency only while it has no subscription.
pub fn change_customer(
    connection: &mut AnyConnection,
    scope: Scope,
    changed: &Customer,
    act: &Act,
) -> Outcome<()> {
    let before = store::customer(connection, scope, changed.id)?;
    let same_id = store::by_external_id(connection, before.channel, &changed.external_id)?;
    if same_id.is_some_and(|other| other.id != changed.id) {
        return refuse(SaleRefusal::ExternalIdTaken);
    }
    if before.currency != changed.currency {
        if has_subscriptions(connection, changed.id)? {
            return refuse(SaleRefusal::CurrencyFixed);
        }
        check_currency(connection, before.channel, changed.currency)?;
    }
    diesel::update(customers::table.find(changed.id))
        .set((
            customers::external_id.eq(&changed.external_id),
            customers::name.eq(&changed.name),
            customers::name_key.eq(search_key(&changed.name)),
            customers::country.eq(changed.country),
            customers::currency.eq(changed.currency),
        ))
        .execute(connection)?;
    let event =
        Event::on("customer", changed.id, "customer.changed", format!("Customer {} changed", changed.name))
            .of_reseller(reseller_of(connection, before.channel)?)
            .before(facts(&before))
            .after(facts(changed));
    audit::record(connection, act, event)?;
    Ok(())
}

fn facts(customer: &Customer) -> serde_json::Value {
    json!({
        "external_id": customer.external_id, "name": customer.name, "country": customer.country,
        "currency": customer.currency,
    })
}

/// Whether a customer ever subscribed, which fixes its currency.
pub fn has_subscriptions(connection: &mut AnyConnection, id: CustomerId) -> QueryResult<bool> {
    let of_customer = subscriptions::table.filter(subscriptions::customer_id.eq(id));
    diesel::select(diesel::dsl::exists(of_customer)).get_result(connection)
}

fn check_currency(connection: &mut AnyConnection, channel: ChannelId, currency: Currency) -> Outcome<()> {
    let sold = channel_currencies::table.find((channel, currency));
    if diesel::select(diesel::dsl::exists(sold)).get_result(connection)? {
        Ok(())
    } else {
        refuse(SaleRefusal::NotACurrency)
    }
}

/// The re-seller of a channel in scope, and why it sells nothing new; `None` when it does.
fn seller(
    connection: &mut AnyConnection,
    scope: Scope,
    channel: ChannelId,
) -> QueryResult<(ResellerId, Option<SaleRefusal>)> {
    let (reseller, state): (ResellerId, String) = channels::table
        .inner_join(resellers::table.on(resellers::id.eq(channels::reseller_id)))
        .filter(channels::id.eq(channel))
        .select((resellers::id, resellers::state))
        .first(connection)?;
    if !scope.allows(reseller) {
        return Err(diesel::result::Error::NotFound);
    }
    let stopped = match state.as_str() {
        "suspended" => Some(SaleRefusal::NotSelling("suspended")),
        "closed" => Some(SaleRefusal::NotSelling("closed")),
        _ => None,
    };
    Ok((reseller, stopped))
}

/// Why nothing new is sold through a channel in scope; `None` when it sells.
pub fn stopped(
    connection: &mut AnyConnection,
    scope: Scope,
    channel: ChannelId,
) -> QueryResult<Option<SaleRefusal>> {
    Ok(seller(connection, scope, channel)?.1)
}

/// The re-seller of a channel in scope, when it may sell.
fn selling_reseller(connection: &mut AnyConnection, scope: Scope, channel: ChannelId) -> Outcome<ResellerId> {
    match seller(connection, scope, channel)? {
        (reseller, None) => Ok(reseller),
        (_, Some(stopped)) => refuse(stopped),
    }
}

fn reseller_of(connection: &mut AnyConnection, channel: ChannelId) -> QueryResult<ResellerId> {
    channels::table.find(channel).select(channels::reseller_id).first(connection)
}

/// Starts a subscription of a bundle that the channel sells and that has a price in the customer's currency on the
/// first day.
pub fn subscribe(
    connection: &mut AnyConnection,
    scope: Scope,
    new: &NewSubscription,
    act: &Act,
) -> Outcome<SubscriptionId> {
    let customer = store::customer(connection, scope, new.customer)?;
    let reseller = selling_reseller(connection, scope, customer.channel)?;
    check_sold(connection, &customer, new)?;
    let id = SubscriptionId::generate();
    let reference = format!("S-{:06}", settings::next_number(connection, "subscription")?);
    diesel::insert_into(subscriptions::table)
        .values((
            subscriptions::id.eq(id),
            subscriptions::reference.eq(&reference),
            subscriptions::channel_id.eq(customer.channel),
            subscriptions::customer_id.eq(customer.id),
            subscriptions::bundle_id.eq(new.bundle),
            subscriptions::start_on.eq(new.start),
            subscriptions::price_rule.eq(new.price_rule),
            subscriptions::created_at.eq(act.at),
        ))
        .execute(connection)?;
    insert_quantity(connection, id, new.start, new.quantity)?;
    let event =
        Event::on("subscription", id, "subscription.created", format!("Subscription {reference} started"))
            .of_reseller(reseller)
            .after(json!({
                "customer": customer.name, "bundle": new.bundle, "quantity": new.quantity, "start": new.start,
                "price_rule": new.price_rule,
            }));
    audit::record(connection, act, event)?;
    rate_again(connection, customer.channel, new.start, act)?;
    Ok(id)
}

fn check_sold(connection: &mut AnyConnection, customer: &Customer, new: &NewSubscription) -> Outcome<()> {
    let sold = channel_bundles::table
        .inner_join(bundles::table.on(bundles::id.eq(channel_bundles::bundle_id)))
        .filter(channel_bundles::channel_id.eq(customer.channel))
        .filter(channel_bundles::bundle_id.eq(new.bundle))
        .filter(channel_bundles::enabled.eq(true))
        .filter(bundles::state.eq(BundleState::Active));
    if !diesel::select(diesel::dsl::exists(sold)).get_result::<bool>(connection)? {
        return refuse(SaleRefusal::NotSold);
    }
    let own = price_store::versions(connection, Some(customer.channel), new.bundle, customer.currency)?;
    let reference = price_store::versions(connection, None, new.bundle, customer.currency)?;
    if prices::paid(&own, &reference, new.start, new.start).is_none() {
        return refuse(SaleRefusal::NoPrice { currency: customer.currency, start: new.start });
    }
    if books::is_posted(connection, customer.channel, customer.currency, Month::of(new.start))? {
        return refuse(SaleRefusal::Posted { start: new.start });
    }
    Ok(())
}

fn insert_quantity(
    connection: &mut AnyConnection,
    id: SubscriptionId,
    from: NaiveDate,
    quantity: u32,
) -> QueryResult<usize> {
    diesel::insert_into(subscription_quantities::table)
        .values((
            subscription_quantities::subscription_id.eq(id),
            subscription_quantities::effective_from.eq(from),
            subscription_quantities::quantity.eq(i64::from(quantity)),
        ))
        .execute(connection)
}

/// Gives a subscription another quantity from a day on; a change of the same day is replaced, later ones stay. More
/// is a sale, less is not.
pub fn change_quantity(
    connection: &mut AnyConnection,
    scope: Scope,
    id: SubscriptionId,
    from: NaiveDate,
    quantity: u32,
    act: &Act,
) -> Outcome<()> {
    let subscription = store::subscription(connection, scope, id)?;
    let (reseller, stopped) = seller(connection, scope, subscription.channel)?;
    if !subscription.runs_on(from) {
        return refuse(SaleRefusal::NotRunning);
    }
    let before = subscription.quantity_on(from);
    match (quantity.cmp(&before), stopped) {
        (Ordering::Equal, _) => return refuse(SaleRefusal::SameQuantity),
        (Ordering::Greater, Some(stopped)) => return refuse(stopped),
        _ => {}
    }
    diesel::delete(subscription_quantities::table.find((id, from))).execute(connection)?;
    insert_quantity(connection, id, from, quantity)?;
    let event = Event::on(
        "subscription",
        id,
        "subscription.quantity_changed",
        format!("Quantity of {} is {quantity} from {}", subscription.reference, from.format("%-d %B %Y")),
    )
    .of_reseller(reseller)
    .before(json!({ "quantity": before }))
    .after(json!({ "quantity": quantity, "from": from }));
    audit::record(connection, act, event)?;
    rate_again(connection, subscription.channel, from, act)?;
    Ok(())
}

/// Ends a subscription: `end` is the first day without it. An end that has not come can be moved.
pub fn cancel(
    connection: &mut AnyConnection,
    scope: Scope,
    id: SubscriptionId,
    end: NaiveDate,
    act: &Act,
) -> Outcome<()> {
    let subscription = store::subscription(connection, scope, id)?;
    if subscription.end.is_some_and(|old| old <= act.today()) {
        return refuse(SaleRefusal::Ended);
    }
    if end < subscription.start {
        return refuse(SaleRefusal::NotRunning);
    }
    let said = format!("Subscription {} ends on {}", subscription.reference, end.format("%-d %B %Y"));
    set_end(connection, &subscription, Some(end), "subscription.cancelled", said, act)
}

/// Takes back an end that has not come.
pub fn resume(connection: &mut AnyConnection, scope: Scope, id: SubscriptionId, act: &Act) -> Outcome<()> {
    let subscription = store::subscription(connection, scope, id)?;
    selling_reseller(connection, scope, subscription.channel)?;
    if subscription.end.is_none_or(|end| end <= act.today()) {
        return refuse(SaleRefusal::EndStays);
    }
    let said = format!("Subscription {} goes on", subscription.reference);
    set_end(connection, &subscription, None, "subscription.resumed", said, act)
}

fn set_end(
    connection: &mut AnyConnection,
    subscription: &Subscription,
    end: Option<NaiveDate>,
    action: &'static str,
    said: String,
    act: &Act,
) -> Outcome<()> {
    diesel::update(subscriptions::table.find(subscription.id))
        .set(subscriptions::end_on.eq(end))
        .execute(connection)?;
    let event = Event::on("subscription", subscription.id, action, said)
        .of_reseller(reseller_of(connection, subscription.channel)?)
        .before(json!({ "end": subscription.end }))
        .after(json!({ "end": end }));
    audit::record(connection, act, event)?;
    if let Some(first) = subscription.end.into_iter().chain(end).min() {
        rate_again(connection, subscription.channel, first, act)?;
    }
    Ok(())
}

fn rate_again(
    connection: &mut AnyConnection,
    channel: ChannelId,
    from: NaiveDate,
    act: &Act,
) -> QueryResult<()> {
    jobs::store::rate_months(connection, channel, Month::of(from), Month::of(act.today()), act.at)
}
