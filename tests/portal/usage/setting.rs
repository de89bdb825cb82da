//! A channel whose customers use a product by the GB and resold services at cost plus.

use diesel::prelude::*;
use reseller_portal::db::schema::{usage_daily, usage_files, usage_keys, usage_records};
use reseller_portal::db::{Decided, Failure};
use reseller_portal::usage::store::{self, Import, ImportRefusal, NewFile};
use reseller_portal::usage::{DailyUsage, Format, Tally};
use reseller_portal::values::{ChannelId, Cost, CustomerId, Days, ProductId, Quantity, ResellerId};

use crate::support::World;
use crate::support::builders::{a_bundle, a_channel, a_customer, a_product, a_reseller, a_subscription, day};

pub const HEADER: &str = "id,customer,product,quantity,unit,start,end\n";

/// What the tests of usage stand on.
pub struct Setting {
    pub reseller: ResellerId,
    pub channel: ChannelId,
    pub customer: CustomerId,
    pub disk: ProductId,
}

/// Kestrel Networks with the customer NORD, who has had a bundle since 2024: disk by the GB, RESOLD at cost plus 10%.
pub fn kestrel(world: &World) -> Setting {
    let disk = a_product("DISK").unit("GB").build(world);
    let resold = a_product("RESOLD").build(world);
    let bundle =
        a_bundle("CLOUD").usage(disk, "0.1").cost_plus(resold, "10").priced_from("2024-01-01").build(world);
    let reseller = a_reseller("Kestrel Networks").build(world).id;
    let channel = a_channel(reseller).code("KEST").sells(&bundle).build(world);
    let customer = a_customer(channel, "Nordlys").external("NORD").build(world);
    a_subscription(customer, &bundle).from("2024-01-01").build(world);
    Setting { reseller, channel, customer: customer.id, disk }
}

/// Another re-seller with a channel of its own.
pub fn halden(world: &World) -> (ResellerId, ChannelId) {
    let reseller = a_reseller("Halden Systems").build(world).id;
    (reseller, a_channel(reseller).code("HALD").build(world))
}

/// Imports a file, given how many rejected rows were agreed to.
pub fn import(
    world: &World,
    channel: ChannelId,
    format: Format,
    content: &[u8],
    rejected: i64,
) -> Result<Tally, ImportRefusal> {
    let new = NewFile { name: "usage.csv".into(), format };
    let imported = world.try_write(|connection| {
        let file = store::add_file(connection, channel, &new, &world.act()).map_err(Failure::from)?;
        store::import(connection, &Import { channel, file, format, content: &content, rejected }, world.now())
    });
    imported.decided().unwrap()
}

pub fn import_rows(world: &World, channel: ChannelId, rows: &str) -> Tally {
    import(world, channel, Format::Portal, format!("{HEADER}{rows}").as_bytes(), 0).unwrap()
}

/// All daily sums of a channel.
pub fn daily(world: &World, channel: ChannelId) -> Vec<DailyUsage> {
    let days = Days::new(day("2020-01-01"), day("2030-01-01")).unwrap();
    world.read(|connection| store::daily(connection, channel, days))
}

pub fn quantity(sums: &[DailyUsage]) -> Quantity {
    sums.iter().fold(Quantity::ZERO, |sum, one| sum.checked_add(one.quantity).unwrap())
}

pub fn cost(sums: &[DailyUsage]) -> Cost {
    sums.iter().fold(Cost::ZERO, |sum, one| sum.checked_add(one.cost).unwrap())
}

pub fn records(sums: &[DailyUsage]) -> i64 {
    sums.iter().map(|one| one.records).sum()
}

/// How many records, keys, daily sums and files there are.
pub fn row_counts(world: &World) -> [i64; 4] {
    world.read(|connection| {
        Ok([
            usage_records::table.count().get_result(connection)?,
            usage_keys::table.count().get_result(connection)?,
            usage_daily::table.count().get_result(connection)?,
            usage_files::table.count().get_result(connection)?,
        ])
    })
}

/// A real file of the folder that lies beside the crate.
pub fn real_file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../shared/data/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}
