//! Loads what the search for a record's customer, product, subscription and price asks for.

use diesel::prelude::*;

use super::super::resolve::{Knowledge, Target};
use crate::catalog::{price_store, store as catalog};
use crate::customers::store as customers;
use crate::db::AnyConnection;
use crate::db::schema::usage_mappings;
use crate::values::{ChannelId, CustomerId, ProductId};

type MappingRow = (String, String, Option<CustomerId>, Option<ProductId>);

/// Everything about a channel, in one go; an import asks for it once.
pub fn knowledge(connection: &mut AnyConnection, channel: ChannelId) -> QueryResult<Knowledge> {
    let mut knowledge = Knowledge::default();
    knowledge.add_customers(customers::customers_of(connection, channel)?);
    knowledge.add_subscriptions(customers::subscriptions_of(connection, channel)?);
    knowledge.add_products(catalog::products(connection)?);
    for bundle in catalog::bundles(connection)? {
        knowledge.add_charges(bundle.id, &bundle.charges);
    }
    knowledge.add_prices(price_store::book(connection, Some(channel))?);
    knowledge.add_prices(price_store::book(connection, None)?);
    let mappings: Vec<MappingRow> = usage_mappings::table
        .filter(usage_mappings::channel_id.eq(channel))
        .select((
            usage_mappings::source,
            usage_mappings::external,
            usage_mappings::customer_id,
            usage_mappings::product_id,
        ))
        .load(connection)?;
    for (source, external, customer, product) in mappings {
        if let Some(target) = customer.map(Target::Customer).or(product.map(Target::Product)) {
            knowledge.add_mapping(source, external, target);
        }
    }
    Ok(knowledge)
}
