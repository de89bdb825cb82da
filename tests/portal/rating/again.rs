//! Rating again gives the same lines, whatever the order in which usage came.

use std::sync::Barrier;

use diesel::prelude::*;
use reseller_portal::db::schema::{charge_lines as l, rated_months};
use reseller_portal::db::{Decided, Failure};
use reseller_portal::usage::Format;
use reseller_portal::usage::store::{self, Import, NewFile};
use reseller_portal::values::{Amount, ChannelId, ChargeLineId, SubscriptionId};

use super::setting::{Setting, kestrel};
use crate::on_both;
use crate::support::World;
use crate::support::builders::{a_bundle, a_channel, a_customer, a_product, a_reseller, a_subscription};

type Row = (ChargeLineId, i64, SubscriptionId, String, String, Amount, Amount, Amount);

fn lines(world: &World, channel: ChannelId) -> Vec<Row> {
    world.read(|connection| {
        l::table
            .filter(l::channel_id.eq(channel))
            .filter(l::month.eq("2026-10"))
            .order(l::position)
            .select((
                l::id,
                l::position,
                l::subscription_id.assume_not_null(),
                l::included,
                l::billable,
                l::gross,
                l::reseller_share,
                l::provider_share,
            ))
            .load(connection)
    })
}

fn import(world: &World, channel: ChannelId, rows: &[String]) {
    let content = format!("id,customer,product,quantity,unit,start,end\n{}", rows.concat());
    let new = NewFile { name: "usage.csv".into(), format: Format::Portal };
    let imported = world.try_write(|connection| {
        let file = store::add_file(connection, channel, &new, &world.act()).map_err(Failure::from)?;
        let (format, content) = (Format::Portal, content.as_bytes());
        store::import(
            connection,
            &Import { channel, file, format, content: &content, rejected: 0 },
            world.now(),
        )
    });
    assert_eq!(imported.decided().unwrap().unwrap().unrated, 0);
}

/// Forty records over the month, some of them corrections, of sizes that do not add up to whole numbers.
fn rows() -> Vec<String> {
    let row = |number: u32| {
        let sign = if number.is_multiple_of(7) { "-" } else { "" };
        let day = 1 + number % 28;
        format!("r-{number},ALDOUS,VM,{sign}{number}.0{number}3,hour,2026-10-{day:02},2026-11-01\n")
    };
    (0..40).map(row).collect()
}

on_both! {
    fn rating_twice_gives_the_same_lines_with_the_same_ids(world) {
        let vm = a_product("VM").build(world);
        let bundle = a_bundle("CLOUD").one_time("5").recurring("30").includes(vm, "70").usage(vm, "0.123").build(world);
        let kestrel = kestrel(world, &bundle);
        let customer = a_customer(kestrel.channel, "Berit").external("ALDOUS").build(world);
        for start in ["2026-10-03", "2026-10-03", "2026-09-01"] {
            a_subscription(customer, &bundle).from(start).quantity(2).build(world);
        }
        import(world, kestrel.channel, &rows());
        world.settle();
        kestrel.rate(world, "2026-10");
        let once = lines(world, kestrel.channel);
        assert_eq!(once.len(), 6, "{once:?}");
        kestrel.rate(world, "2026-11");
        kestrel.rate(world, "2026-10");
        assert_eq!(lines(world, kestrel.channel), once);
    }

    fn the_order_of_the_records_does_not_matter(world) {
        let vm = a_product("VM").build(world);
        let bundle = a_bundle("CLOUD").includes(vm, "100").usage(vm, "0.123").build(world);
        let told: Vec<_> = ["Kestrel", "Halden"].into_iter().zip([false, true]).map(|(name, backwards)| {
            let reseller = a_reseller(name).share("33.3333").build(world).id;
            let channel = a_channel(reseller).sells(&bundle).build(world);
            let customer = a_customer(channel, name).external("ALDOUS").build(world);
            a_subscription(customer, &bundle).build(world);
            let mut rows = rows();
            if backwards {
                rows.reverse();
            }
            // In two files, so that the later one adds to the sums of the first.
            let (some, others) = rows.split_at(13);
            import(world, channel, some);
            import(world, channel, others);
            let setting = Setting { channel, customer };
            setting.rate(world, "2026-10");
            (setting.amounts(world, "2026-10"), setting.units(world, "2026-10"))
        }).collect();
        assert_eq!(told[0].0.len(), 1);
        assert_eq!(told[0], told[1]);
    }

    fn a_month_that_is_rated_by_several_at_once_has_its_lines_once(world) {
        let bundle = a_bundle("CLOUD").one_time("5").recurring("30").build(world);
        let kestrel = kestrel(world, &bundle);
        for _ in 0..20 {
            a_subscription(kestrel.customer, &bundle).from("2026-10-01").build(world);
        }
        for _ in 0..3 {
            world.write(|connection| {
                diesel::delete(rated_months::table).execute(connection)?;
                diesel::delete(l::table).execute(connection)
            });
            let start = Barrier::new(3);
            std::thread::scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|| {
                        start.wait();
                        kestrel.rate(world, "2026-10");
                    });
                }
            });
            assert_eq!(lines(world, kestrel.channel).len(), 40);
        }
    }
}
