//! Makes and changes products.

use diesel::prelude::*;
use serde_json::json;

use super::{NewProduct, Product, ProductRefusal, store};
use crate::audit::{self, Event};
use crate::db::schema::{bundle_components, charges, products};
use crate::db::{AnyConnection, Failure};
use crate::values::{Act, ProductId, search_key};

/// Makes a product; its SKU is unique.
pub fn create(
    connection: &mut AnyConnection,
    new: &NewProduct,
    act: &Act,
) -> Result<ProductId, Failure<ProductRefusal>> {
    if is_taken(connection, new)? {
        return Err(Failure::Refused(ProductRefusal::SkuTaken));
    }
    let id = ProductId::generate();
    diesel::insert_into(products::table)
        .values((
            products::id.eq(id),
            products::sku.eq(new.sku.as_str()),
            products::name.eq(&new.name),
            products::category.eq(&new.category),
            products::unit.eq(&new.unit),
            products::metered.eq(new.metered),
            products::name_key.eq(search_key(&new.name)),
            products::created_at.eq(act.at),
        ))
        .execute(connection)?;
    let event = Event::on("product", id, "product.created", format!("Product {} made", new.sku));
    let made = store::product(connection, id)?;
    audit::record(connection, act, event.after(as_json(&made)))?;
    Ok(id)
}

fn is_taken(connection: &mut AnyConnection, new: &NewProduct) -> QueryResult<bool> {
    let same = products::table.filter(products::sku.eq(new.sku.as_str()));
    diesel::select(diesel::dsl::exists(same)).get_result(connection)
}

/// Changes a product. The SKU stays; unit and metering stay once a bundle counts on them.
pub fn change(
    connection: &mut AnyConnection,
    changed: &Product,
    act: &Act,
) -> Result<(), Failure<ProductRefusal>> {
    let before = store::product(connection, changed.id)?;
    let counts_otherwise = (&before.unit, before.metered) != (&changed.unit, changed.metered);
    if counts_otherwise && is_used(connection, changed.id)? {
        return Err(Failure::Refused(ProductRefusal::InUse));
    }
    diesel::update(products::table.find(changed.id))
        .set((
            products::name.eq(&changed.name),
            products::category.eq(&changed.category),
            products::unit.eq(&changed.unit),
            products::metered.eq(changed.metered),
            products::name_key.eq(search_key(&changed.name)),
        ))
        .execute(connection)?;
    let after = store::product(connection, changed.id)?;
    let event =
        Event::on("product", changed.id, "product.changed", format!("Product {} changed", before.sku));
    audit::record(connection, act, event.before(as_json(&before)).after(as_json(&after)))?;
    Ok(())
}

/// Whether a bundle charges or includes the product.
pub fn is_used(connection: &mut AnyConnection, id: ProductId) -> QueryResult<bool> {
    let charged = charges::table.filter(charges::product_id.eq(id));
    let included = bundle_components::table.filter(bundle_components::product_id.eq(id));
    let is_charged: bool = diesel::select(diesel::dsl::exists(charged)).get_result(connection)?;
    Ok(is_charged || diesel::select(diesel::dsl::exists(included)).get_result(connection)?)
}

fn as_json(product: &Product) -> serde_json::Value {
    json!({
        "sku": product.sku, "name": product.name, "category": product.category, "unit": product.unit,
        "metered": product.metered,
    })
}
