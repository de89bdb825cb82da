//! What the database keeps beside the rows is held against them, and no difference is overlooked.

use diesel::connection::SimpleConnection;
use reseller_portal::kept;

use crate::on_both;
use crate::reports::setting::said;
use crate::reports::sold::sold;
use crate::support::World;
use crate::support::builders::a_request;

fn faults(world: &World) -> Vec<String> {
    world.read(kept::verify)
}

on_both! {
    fn every_kept_sum_is_held_against_its_rows(world) {
        sold(world);
        a_request("Halden").build(world);
        assert_eq!(faults(world), Vec::<String>::new());
        assert!(said(world, &["verify"]).contains("everything is as it was posted and logged"));
        for (column, what) in [
            ("request_counts request_count", "requests of a state"),
            ("usage_daily record_count", "rated records of a subscription's day"),
            ("usage_totals record_count", "usage of a day in all channels"),
            ("revenue_channels net", "revenue of a channel's month"),
            ("revenue_totals gross", "revenue of a bundle's month in all channels"),
        ] {
            let (table, column) = column.split_once(' ').unwrap();
            let add = |sign: char| {
                let change = format!("UPDATE {table} SET {column} = {column} {sign} 1");
                world.tamper(|connection| connection.batch_execute(&change)).unwrap();
            };
            add('+');
            assert_eq!(faults(world), [format!("{what}: what is kept is not what the rows add up to")]);
            add('-');
            assert_eq!(faults(world), Vec::<String>::new(), "{what}");
        }
    }

    fn usage_that_waits_is_held_against_its_records(world) {
        sold(world);
        let run = |change: &str| world.tamper(|connection| connection.batch_execute(change)).unwrap();
        run("UPDATE usage_records SET unrated_cause = 'price' WHERE day = '2026-10-31'");
        assert_eq!(faults(world), ["rated records of a subscription's day: what is kept is not what the rows add up to"]);
        run("DELETE FROM usage_unrated");
        assert_eq!(faults(world).len(), 2);
        assert!(faults(world)[0].starts_with("unrated records of a channel's day: "));
    }
}
