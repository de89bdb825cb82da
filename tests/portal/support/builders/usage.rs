//! Usage files and records.

use diesel::prelude::*;
use reseller_portal::db::schema::{customers, products, usage_daily, usage_files, usage_keys, usage_records};
use reseller_portal::values::{
    ChannelId, ContentHash, Cost, KeyHash, ProductId, Quantity, SubscriptionId, Timestamp, UsageFileId,
    UsageRecordId,
};

use super::{Customer, Subscription, day, next_number, parsed};
use crate::support::World;

/// A usage file's id.
pub type UsageFile = UsageFileId;

/// An accepted file of the portal's own format, without rows.
pub fn a_usage_file(world: &World, channel: ChannelId) -> UsageFile {
    let name = format!("usage-{}.csv", next_number());
    world.write(|connection| {
        diesel::insert_into(usage_files::table)
            .values((
                usage_files::id.eq(UsageFileId::generate()),
                usage_files::channel_id.eq(channel),
                usage_files::name.eq(&name),
                usage_files::format.eq("portal"),
                usage_files::state.eq("accepted"),
                usage_files::row_count.eq(0),
                usage_files::accepted_count.eq(0),
                usage_files::duplicate_count.eq(0),
                usage_files::rejected_count.eq(0),
                usage_files::unrated_count.eq(0),
                usage_files::skips_rejected.eq(false),
                usage_files::message.eq(""),
                usage_files::created_at.eq(world.now()),
                usage_files::created_by.eq("Rosa Root"),
                usage_files::decided_at.eq(world.now()),
            ))
            .returning(usage_files::id)
            .get_result(connection)
    })
}

/// A usage record to make: one hour of use at noon, without a list cost. It joins the day's roll-up unless unrated.
pub struct Record {
    customer: Customer,
    product: ProductId,
    subscription: Option<SubscriptionId>,
    quantity: Quantity,
    cost: Option<(Cost, String)>,
    day: String,
    cause: Option<&'static str>,
}

pub fn a_record(customer: Customer, subscription: &Subscription, product: ProductId, on: &str) -> Record {
    Record {
        customer,
        product,
        subscription: Some(subscription.id),
        quantity: Quantity::whole(1),
        cost: None,
        day: on.to_owned(),
        cause: None,
    }
}

impl Record {
    pub fn quantity(self, quantity: &str) -> Self {
        Self { quantity: parsed(quantity), ..self }
    }

    pub fn cost(self, cost: &str, currency: &str) -> Self {
        Self { cost: Some((parsed(cost), currency.to_owned())), ..self }
    }

    /// Not rated yet, for this cause; without a subscription.
    pub fn unrated(self, cause: &'static str) -> Self {
        Self { cause: Some(cause), subscription: None, ..self }
    }

    pub fn build(self, world: &World) -> UsageRecordId {
        let key = format!("R-{:06}", next_number());
        let noon = Timestamp::start_of(day(&self.day)).plus(chrono::Duration::hours(12));
        let (cost, currency) = self.cost.clone().unzip();
        let (external, unit): (String, String) = world.read(|connection| {
            let external =
                customers::table.find(self.customer.id).select(customers::external_id).first(connection)?;
            Ok((external, products::table.find(self.product).select(products::unit).first(connection)?))
        });
        let sku: String = world
            .read(|connection| products::table.find(self.product).select(products::sku).first(connection));
        let id = UsageRecordId::generate();
        world.write(|connection| {
            diesel::insert_into(usage_records::table)
                .values((
                    usage_records::id.eq(id),
                    usage_records::channel_id.eq(self.customer.channel),
                    usage_records::source.eq("portal"),
                    usage_records::record_key.eq(&key),
                    usage_records::customer_ref.eq(&external),
                    usage_records::customer_label.eq(""),
                    usage_records::product_ref.eq(&sku),
                    usage_records::product_group.eq(""),
                    usage_records::subscription_ref.eq(""),
                    usage_records::quantity.eq(self.quantity),
                    usage_records::unit.eq(&unit),
                    usage_records::list_cost.eq(cost),
                    usage_records::currency.eq(&currency),
                    usage_records::started_at.eq(noon),
                    usage_records::ended_at.eq(noon.plus(chrono::Duration::hours(1))),
                    usage_records::day.eq(day(&self.day)),
                    usage_records::customer_id.eq(self.customer.id),
                    usage_records::product_id.eq(self.product),
                    usage_records::subscription_id.eq(self.subscription),
                    usage_records::unrated_cause.eq(self.cause),
                ))
                .execute(connection)?;
            diesel::insert_into(usage_keys::table)
                .values((
                    usage_keys::channel_id.eq(self.customer.channel),
                    usage_keys::key_hash.eq(KeyHash::of("portal", &key)),
                    // No file says the same.
                    usage_keys::content_hash.eq(ContentHash::from_uuid(id.as_uuid())),
                ))
                .execute(connection)
        });
        if let Some(subscription) = self.subscription {
            self.roll_up(world, subscription, &unit);
        }
        id
    }

    fn roll_up(&self, world: &World, subscription: SubscriptionId, unit: &str) {
        let (cost, currency) = self.cost.clone().unwrap_or_default();
        let of_day =
            || usage_daily::table.find((subscription, self.product, day(&self.day), unit, currency.as_str()));
        world.write(|connection| {
            let known: Option<(Quantity, Cost, i64)> = of_day()
                .select((usage_daily::quantity, usage_daily::cost, usage_daily::record_count))
                .first(connection)
                .optional()?;
            diesel::delete(of_day()).execute(connection)?;
            let (quantity, known_cost, count) = known.unwrap_or_default();
            diesel::insert_into(usage_daily::table)
                .values((
                    usage_daily::channel_id.eq(self.customer.channel),
                    usage_daily::subscription_id.eq(subscription),
                    usage_daily::product_id.eq(self.product),
                    usage_daily::day.eq(day(&self.day)),
                    usage_daily::unit.eq(unit),
                    usage_daily::currency.eq(&currency),
                    usage_daily::quantity.eq(quantity.checked_add(self.quantity).unwrap()),
                    usage_daily::cost.eq(known_cost.checked_add(cost).unwrap()),
                    usage_daily::record_count.eq(count + 1),
                ))
                .execute(connection)
        });
    }
}
