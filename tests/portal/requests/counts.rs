//! The counts of requests by state are what there is, whatever changes.

use std::collections::BTreeMap;

use diesel::dsl::count_star;
use diesel::prelude::*;
use reseller_portal::db::schema::{request_counts as c, reseller_request_info as r};

use crate::on_both;
use crate::support::World;
use crate::support::builders::a_request;

type Counts = BTreeMap<String, i64>;

fn counted(world: &World) -> Counts {
    let all =
        r::table.filter(r::submitted_at.is_not_null()).group_by(r::state).select((r::state, count_star()));
    world.read(|connection| all.load(connection)).into_iter().collect()
}

/// Without the states that have none any more.
fn kept(world: &World) -> Counts {
    let all = c::table.select((c::state, c::request_count));
    let counts: Vec<(String, i64)> = world.read(|connection| all.load(connection));
    counts.into_iter().filter(|(_, count)| *count != 0).collect()
}

on_both! {
    fn requests_are_counted_by_state_through_every_change(world) {
        a_request("Halden").build(world);
        a_request("Kestrel").build(world);
        let before = counted(world);
        assert_eq!(before.values().sum::<i64>(), 2);
        assert_eq!(kept(world), before);
        let change = |state: &'static str| {
            let all = diesel::update(r::table).set(r::state.eq(state));
            world.tamper(|connection| all.execute(connection).map(drop)).unwrap();
        };
        change("in_review");
        assert_eq!(kept(world), Counts::from([("in_review".to_owned(), 2)]));
        let halden = r::table.filter(r::legal_name.eq("Halden"));
        let drafted = diesel::update(halden).set(r::submitted_at.eq(None::<reseller_portal::values::Timestamp>));
        world.tamper(|connection| drafted.execute(connection).map(drop)).unwrap();
        assert_eq!(kept(world), counted(world));
        assert_eq!(kept(world).values().sum::<i64>(), 1);
        let noted = diesel::update(r::table).set(r::legal_name.eq("Other"));
        world.tamper(|connection| noted.execute(connection).map(drop)).unwrap();
        assert_eq!(kept(world), counted(world));
        world.tamper(|connection| diesel::delete(r::table).execute(connection).map(drop)).unwrap();
        assert_eq!(kept(world), Counts::new());
    }
}
