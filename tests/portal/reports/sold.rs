//! Two re-sellers with a few figures that can be added up in the head.

use reseller_portal::db::{Failure, Never};
use reseller_portal::settlement::store::rate_month;
use reseller_portal::values::{BundleId, ChannelId, CustomerId, ProductId, ResellerId};

use crate::support::builders::{
    Customer, a_bundle, a_channel, a_customer, a_product, a_record, a_reseller, a_subscription,
};
use crate::support::{Page, World};

pub struct Sold {
    pub kestrel: ResellerId,
    pub halden: ResellerId,
    pub channels: [ChannelId; 2],
    pub cloud: BundleId,
    pub vm: ProductId,
    pub aldous: Customer,
    pub cairn: CustomerId,
}

/// Kestrel gets 20 percent. October: Aldous pays 30 a month and 30.5 hours of VM at 0.10, Berit 3 GB at 0.50: 34.55.
/// November: 30 and 40 hours. Halden's Cairn: 30 a month from October on and 1,000 hours in October.
pub fn sold(world: &World) -> Sold {
    let vm = a_product("VM").named("Virtual machine").build(world);
    let disk = a_product("DISK").named("Disk").unit("GB").category("Storage").build(world);
    let cloud = a_bundle("CLOUD").named("Cloud").recurring("30").usage(vm, "0.10").build(world);
    let disks = a_bundle("DISKS").named("Disks").usage(disk, "0.50").build(world);
    let [kestrel, halden] = ["Kestrel", "Halden"].map(|name| a_reseller(name).share("20").build(world).id);
    let own = a_channel(kestrel).code("KEST").named("Kestrel Cloud").sells(&cloud).sells(&disks).build(world);
    let other = a_channel(halden).code("HALD").named("Halden Cloud").sells(&cloud).build(world);
    let aldous = a_customer(own, "Aldous").build(world);
    let berit = a_customer(own, "Berit").build(world);
    let cairn = a_customer(other, "Cairn").build(world);
    let of_aldous = a_subscription(aldous, &cloud).from("2026-10-01").build(world);
    let of_berit = a_subscription(berit, &disks).from("2026-10-01").build(world);
    let of_cairn = a_subscription(cairn, &cloud).from("2026-10-01").build(world);
    for (on, hours) in [("2026-10-04", "10"), ("2026-10-05", "20.5"), ("2026-11-02", "40")] {
        a_record(aldous, &of_aldous, vm, on).quantity(hours).build(world);
    }
    a_record(berit, &of_berit, disk, "2026-10-31").quantity("3.000000000000000001").build(world);
    a_record(cairn, &of_cairn, vm, "2026-10-05").quantity("1000").build(world);
    let channels = [own, other];
    for channel in channels {
        for month in ["2026-10", "2026-11"] {
            rate(world, channel, month);
        }
    }
    Sold { kestrel, halden, channels, cloud: cloud.id, vm, aldous, cairn: cairn.id }
}

pub fn rate(world: &World, channel: ChannelId, month: &str) {
    let month = month.parse().unwrap();
    let rated: Result<_, Failure<Never>> =
        world.try_write(|connection| rate_month(connection, channel, month, world.now()));
    rated.unwrap();
}

/// Some columns of a report's table, row by row, without its foot.
#[track_caller]
pub fn table(page: &Page, columns: &[&str]) -> Vec<Vec<String>> {
    let of_table = |part: &str| page.texts(&format!("section[aria-labelledby$='-rows'] {part}"));
    let names = of_table("thead th");
    let place = |name: &&str| {
        names.iter().position(|one| one == name).unwrap_or_else(|| panic!("{name}: {}", page.describe()))
    };
    let places: Vec<usize> = columns.iter().map(place).collect();
    let cells = of_table("tbody :is(th, td)");
    cells.chunks(names.len()).map(|row| places.iter().map(|at| row[*at].clone()).collect()).collect()
}
