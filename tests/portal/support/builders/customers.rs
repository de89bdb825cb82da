//! Customers and their subscriptions.

use diesel::prelude::*;
use reseller_portal::db::schema::{customers, subscription_quantities, subscriptions};
use reseller_portal::values::{BundleId, ChannelId, CustomerId, SubscriptionId, search_key};

use super::{Bundle, day, next_number};
use crate::support::World;

/// A customer that was made.
#[derive(Debug, Clone, Copy)]
pub struct Customer {
    pub id: CustomerId,
    pub channel: ChannelId,
}

/// A customer to make: Norwegian, billed in USD, under a number of its own.
pub struct NewCustomer {
    channel: ChannelId,
    name: String,
    external: String,
    currency: String,
}

pub fn a_customer(channel: ChannelId, name: &str) -> NewCustomer {
    let external = format!("C-{:05}", next_number());
    NewCustomer { channel, name: name.to_owned(), external, currency: "USD".into() }
}

impl NewCustomer {
    /// The re-seller's own name for it, as usage files have it.
    pub fn external(self, external: &str) -> Self {
        Self { external: external.to_owned(), ..self }
    }

    pub fn currency(self, code: &str) -> Self {
        Self { currency: code.to_owned(), ..self }
    }

    pub fn build(self, world: &World) -> Customer {
        let id = world.write(|connection| {
            diesel::insert_into(customers::table)
                .values((
                    customers::id.eq(CustomerId::generate()),
                    customers::channel_id.eq(self.channel),
                    customers::external_id.eq(&self.external),
                    customers::name.eq(&self.name),
                    customers::name_key.eq(search_key(&self.name)),
                    customers::country.eq("NO"),
                    customers::currency.eq(&self.currency),
                    customers::created_at.eq(world.now()),
                ))
                .returning(customers::id)
                .get_result(connection)
        });
        Customer { id, channel: self.channel }
    }
}

/// A subscription that was made.
#[derive(Debug, Clone)]
pub struct Subscription {
    pub id: SubscriptionId,
    pub reference: String,
}

/// A subscription to make: one unit from 2026-01-01 on, following price changes.
pub struct NewSubscription {
    customer: Customer,
    bundle: BundleId,
    start: String,
    end: Option<String>,
    price_rule: &'static str,
    quantity: i64,
    changes: Vec<(String, i64)>,
}

pub fn a_subscription(customer: Customer, bundle: &Bundle) -> NewSubscription {
    NewSubscription {
        customer,
        bundle: bundle.id,
        start: "2026-01-01".into(),
        end: None,
        price_rule: "follow",
        quantity: 1,
        changes: Vec::new(),
    }
}

impl NewSubscription {
    pub fn from(self, day: &str) -> Self {
        Self { start: day.to_owned(), ..self }
    }

    /// The first day without it.
    pub fn until(self, day: &str) -> Self {
        Self { end: Some(day.to_owned()), ..self }
    }

    /// Keeps the prices of its first day.
    pub fn frozen(self) -> Self {
        Self { price_rule: "frozen", ..self }
    }

    pub fn quantity(self, quantity: i64) -> Self {
        Self { quantity, ..self }
    }

    /// Another quantity from a day on.
    pub fn then(mut self, day: &str, quantity: i64) -> Self {
        self.changes.push((day.to_owned(), quantity));
        self
    }

    pub fn build(self, world: &World) -> Subscription {
        let reference = format!("S-9{:05}", next_number());
        let id = world.write(|connection| {
            let id: SubscriptionId = diesel::insert_into(subscriptions::table)
                .values((
                    subscriptions::id.eq(SubscriptionId::generate()),
                    subscriptions::reference.eq(&reference),
                    subscriptions::channel_id.eq(self.customer.channel),
                    subscriptions::customer_id.eq(self.customer.id),
                    subscriptions::bundle_id.eq(self.bundle),
                    subscriptions::start_on.eq(day(&self.start)),
                    subscriptions::end_on.eq(self.end.as_deref().map(day)),
                    subscriptions::price_rule.eq(self.price_rule),
                    subscriptions::created_at.eq(world.now()),
                ))
                .returning(subscriptions::id)
                .get_result(connection)?;
            let first = (self.start.clone(), self.quantity);
            for (from, quantity) in std::iter::once(&first).chain(&self.changes) {
                diesel::insert_into(subscription_quantities::table)
                    .values((
                        subscription_quantities::subscription_id.eq(id),
                        subscription_quantities::effective_from.eq(day(from)),
                        subscription_quantities::quantity.eq(quantity),
                    ))
                    .execute(connection)?;
            }
            Ok(id)
        });
        Subscription { id, reference }
    }
}
