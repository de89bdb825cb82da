//! The totals of all channels by day are what the days' sums add up to, whatever changes these.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use reseller_portal::db::schema::{usage_daily as d, usage_totals as t};
use reseller_portal::values::{ProductId, Quantity};

use crate::on_both;
use crate::reports::sold::sold;
use crate::support::World;

type Row = (NaiveDate, ProductId, String, Quantity, i64);
type Totals = BTreeMap<(NaiveDate, ProductId, String), (Quantity, i64)>;

/// By day, product and unit; without what has no records any more.
fn totals(rows: Vec<Row>) -> Totals {
    let mut totals = Totals::new();
    for (day, product, unit, quantity, records) in rows {
        let total = totals.entry((day, product, unit)).or_insert((Quantity::ZERO, 0));
        *total = (total.0.checked_add(quantity).unwrap(), total.1 + records);
    }
    totals.retain(|_, (_, records)| *records > 0);
    totals
}

/// What the days' sums add up to.
fn added(world: &World) -> Totals {
    let columns = (d::day, d::product_id, d::unit, d::quantity, d::record_count);
    totals(world.read(|connection| d::table.select(columns).load(connection)))
}

fn kept(world: &World) -> Totals {
    let columns = (t::day, t::product_id, t::unit, t::quantity, t::record_count);
    totals(world.read(|connection| t::table.select(columns).load(connection)))
}

on_both! {
    fn totals_follow_every_change_of_a_days_sum(world) {
        let sold = sold(world);
        let before = added(world);
        assert!(before.len() > 2);
        assert_eq!(kept(world), before);
        let own = d::table.filter(d::channel_id.eq(sold.channels[0]));
        let small: Quantity = "-0.000000000000000001".parse().unwrap();
        let change = (d::quantity.eq(small), d::record_count.eq(d::record_count + 2));
        world.tamper(|connection| diesel::update(own).set(change).execute(connection).map(drop)).unwrap();
        let changed = added(world);
        assert_ne!(changed, before);
        assert_eq!(kept(world), changed);
        let other = d::table.filter(d::channel_id.eq(sold.channels[1]));
        world.tamper(|connection| diesel::delete(other).execute(connection).map(drop)).unwrap();
        assert_ne!(added(world), changed);
        assert_eq!(kept(world), added(world));
    }
}
