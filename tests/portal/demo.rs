//! The demonstration looks like a business of a year, and keeps away from other data.

use std::collections::BTreeSet;

use diesel::prelude::*;
use reseller_portal::db::schema::{
    channel_currencies, customers, price_versions, reseller_request_info as requests, resellers,
    subscriptions, usage_daily,
};
use reseller_portal::db::{AnyConnection, Db};
use reseller_portal::demo;

use crate::on_both;
use crate::support::World;
use crate::support::builders::{a_product, an_account, day};

fn states(db: &Db, load: impl FnOnce(&mut AnyConnection) -> QueryResult<Vec<String>>) -> BTreeSet<String> {
    db.read_blocking(load).unwrap().into_iter().collect()
}

on_both! {
    fn it_has_a_year_of_business_up_to_yesterday(world) {
        let world = &World::with(world.database(), |parts| demo::load(parts, |_| ()).unwrap());
        let count = |load: fn(&mut AnyConnection) -> QueryResult<i64>| world.read(load);
        assert!(count(|connection| resellers::table.count().get_result(connection)) >= 12);
        assert!(count(|connection| customers::table.count().get_result(connection)) >= 40);
        assert!(count(|connection| subscriptions::table.count().get_result(connection)) >= 80);
        let found = states(world.db(), |connection| resellers::table.select(resellers::state).load(connection));
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["active", "awaiting_channel", "closed", "suspended"]);
        let found = states(world.db(), |connection| requests::table.select(requests::state).load(connection));
        for state in ["accepted", "draft", "in_review", "info_requested", "negotiating", "rejected", "submitted", "withdrawn"] {
            assert!(found.contains(state), "no request is {state}: {found:?}");
        }
        let found = states(world.db(), |connection| {
            channel_currencies::table.select(channel_currencies::currency).distinct().load(connection)
        });
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["EUR", "USD"]);
        let days: (Option<chrono::NaiveDate>, Option<chrono::NaiveDate>) = world.read(|connection| {
            let ends = (diesel::dsl::min(usage_daily::day), diesel::dsl::max(usage_daily::day));
            usage_daily::table.select(ends).first(connection)
        });
        assert_eq!(days, (Some(day("2025-12-01")), Some(day("2026-11-22"))));
        let planned: i64 = world.read(|connection| {
            price_versions::table.filter(price_versions::effective_from.gt(day("2026-11-23"))).count().get_result(connection)
        });
        assert!(planned >= 2);
    }

    fn it_is_loaded_only_into_an_empty_database(world) {
        assert!(world.read(demo::is_empty));
        an_account("rosa@northgate.example").build(world);
        assert!(!world.read(demo::is_empty));
    }

    fn a_product_alone_is_other_data_too(world) {
        a_product("CPU").build(world);
        assert!(!world.read(demo::is_empty));
    }
}
