//! Metered usage: what is included, what is charged, and at which precision.

use diesel::prelude::*;
use reseller_portal::customers::sales;
use reseller_portal::db::schema::{usage_daily, usage_records};
use reseller_portal::usage::UnratedCause;
use reseller_portal::values::Scope;

use super::setting::kestrel;
use crate::on_both;
use crate::support::builders::{a_bundle, a_price, a_product, a_record, a_subscription, day};

on_both! {
    fn included_units_grow_with_quantity_and_active_days(world) {
        let vm = a_product("VM").build(world);
        let bundle = a_bundle("CLOUD").includes(vm, "100").usage(vm, "0.12").build(world);
        let kestrel = kestrel(world, &bundle);
        let sale = a_subscription(kestrel.customer, &bundle).from("2026-10-11").quantity(3).build(world);
        a_record(kestrel.customer, &sale, vm, "2026-10-20").quantity("250").build(world);
        // 3 x 100 x 21/31 = 6300/31 included; (250 - 6300/31) x 0.12 = 5.6129.
        assert_eq!(kestrel.rated(world, "2026-10"), ["5.61"]);
        assert_eq!(kestrel.units(world, "2026-10"), [("6300/31".to_owned(), "1450/31".to_owned())]);
    }

    fn included_units_are_used_up_in_order_of_days_across_a_price_change(world) {
        let vm = a_product("VM").build(world);
        let bundle = a_bundle("CLOUD").includes(vm, "100").usage(vm, "0.10").build(world);
        a_price(&bundle, &["0.20"]).from("2026-10-15").build(world);
        let kestrel = kestrel(world, &bundle);
        let sale = a_subscription(kestrel.customer, &bundle).build(world);
        // Recorded in the other order.
        a_record(kestrel.customer, &sale, vm, "2026-10-15").quantity("50").build(world);
        a_record(kestrel.customer, &sale, vm, "2026-10-14").quantity("80").build(world);
        // 80 of 100 are taken before the price moves; 30 of the later 50 are charged at 0.20.
        assert_eq!(kestrel.rated(world, "2026-10"), ["0", "6"]);
        // The next month begins anew.
        a_record(kestrel.customer, &sale, vm, "2026-11-01").quantity("101").build(world);
        assert_eq!(kestrel.rated(world, "2026-11"), ["0.2"]);
    }

    fn a_package_includes_the_sum_of_its_bundles(world) {
        let vm = a_product("VM").build(world);
        let small = a_bundle("SMALL").includes(vm, "5").build(world);
        let large = a_bundle("LARGE").includes(vm, "10").build(world);
        let package = a_bundle("PACKAGE").contains(&small).contains(&large).usage(vm, "1.5").build(world);
        let kestrel = kestrel(world, &package);
        let sale = a_subscription(kestrel.customer, &package).quantity(2).build(world);
        a_record(kestrel.customer, &sale, vm, "2026-10-01").quantity("40").build(world);
        // 40 - 2 x 15 = 10 at 1.50.
        assert_eq!(kestrel.rated(world, "2026-10"), ["15"]);
    }

    fn fractions_of_a_cent_are_summed_before_they_are_rounded(world) {
        let resold = a_product("RESOLD").build(world);
        let bundle = a_bundle("CLOUD").cost_plus(resold, "10").build(world);
        let kestrel = kestrel(world, &bundle);
        let sale = a_subscription(kestrel.customer, &bundle).build(world);
        for on in ["2026-10-01", "2026-10-01", "2026-10-31"] {
            a_record(kestrel.customer, &sale, resold, on).cost("0.0017", "USD").build(world);
        }
        // Each would be 0.00187, which is nothing; together 0.00561.
        assert_eq!(kestrel.rated(world, "2026-10"), ["0.01"]);
    }

    fn a_half_is_rounded_away_from_zero_and_only_once(world) {
        let resold = a_product("RESOLD").build(world);
        let bundle = a_bundle("CLOUD").cost_plus(resold, "10").build(world);
        let kestrel = kestrel(world, &bundle);
        let sale = a_subscription(kestrel.customer, &bundle).build(world);
        a_record(kestrel.customer, &sale, resold, "2026-08-01").cost("0.05", "USD").build(world);
        a_record(kestrel.customer, &sale, resold, "2026-09-01").cost("-0.05", "USD").build(world);
        // 0.0495 in all; a cost that is rounded first would give 0.04 x 1.1 = 0.04.
        a_record(kestrel.customer, &sale, resold, "2026-10-01").cost("0.0449999999999999", "USD").build(world);
        assert_eq!(kestrel.rated(world, "2026-08"), ["0.06"]);
        assert_eq!(kestrel.rated(world, "2026-09"), ["-0.06"]);
        assert_eq!(kestrel.rated(world, "2026-10"), ["0.05"]);
    }

    fn cost_plus_takes_the_files_cost_whatever_the_quantity(world) {
        let resold = a_product("RESOLD").build(world);
        let bundle = a_bundle("CLOUD").cost_plus(resold, "12.5").build(world);
        let kestrel = kestrel(world, &bundle);
        let sale = a_subscription(kestrel.customer, &bundle).quantity(4).build(world);
        a_record(kestrel.customer, &sale, resold, "2026-10-01").quantity("1000").cost("8", "USD").build(world);
        a_record(kestrel.customer, &sale, resold, "2026-10-02").quantity("0").cost("0.40", "USD").build(world);
        // 8.40 x 1.125.
        assert_eq!(kestrel.rated(world, "2026-10"), ["9.45"]);
    }

    fn a_correction_is_paid_back_at_its_price(world) {
        let vm = a_product("VM").build(world);
        let bundle = a_bundle("CLOUD").usage(vm, "0.10").build(world);
        let kestrel = kestrel(world, &bundle);
        let sale = a_subscription(kestrel.customer, &bundle).build(world);
        a_record(kestrel.customer, &sale, vm, "2026-10-02").quantity("-5").build(world);
        assert_eq!(kestrel.rated(world, "2026-10"), ["-0.5"]);
        // 20 percent of it is the re-seller's.
        assert_eq!(kestrel.amounts(world, "2026-10"), [["-0.5", "-0.1", "-0.4"].map(str::to_owned)]);
    }

    fn a_correction_of_included_use_is_not_paid_back(world) {
        let vm = a_product("VM").build(world);
        let bundle = a_bundle("CLOUD").includes(vm, "10").usage(vm, "2").build(world);
        let kestrel = kestrel(world, &bundle);
        let sale = a_subscription(kestrel.customer, &bundle).build(world);
        a_record(kestrel.customer, &sale, vm, "2026-10-02").quantity("10").build(world);
        a_record(kestrel.customer, &sale, vm, "2026-10-03").quantity("-10").build(world);
        assert_eq!(kestrel.rated(world, "2026-10"), ["0"]);
        // 15 used, 5 charged, then all 15 taken back: 5 charged, 5 paid back.
        a_record(kestrel.customer, &sale, vm, "2026-09-02").quantity("15").build(world);
        a_record(kestrel.customer, &sale, vm, "2026-09-03").quantity("-15").build(world);
        assert_eq!(kestrel.rated(world, "2026-09"), ["0"]);
    }

    fn usage_after_an_end_in_the_past_waits_again_instead_of_vanishing(world) {
        let vm = a_product("VM").build(world);
        let bundle = a_bundle("CLOUD").usage(vm, "0.10").build(world);
        let kestrel = kestrel(world, &bundle);
        let sale = a_subscription(kestrel.customer, &bundle).build(world);
        a_record(kestrel.customer, &sale, vm, "2026-10-09").quantity("10").build(world);
        a_record(kestrel.customer, &sale, vm, "2026-10-10").quantity("70").build(world);
        assert_eq!(kestrel.rated(world, "2026-10"), ["8"]);
        let end = day("2026-10-10");
        world.try_write(|c| sales::cancel(c, Scope::Root, sale.id, end, &world.act())).unwrap();
        world.settle();
        assert_eq!(kestrel.gross(world, "2026-10"), ["1"]);
        let waiting: Vec<Option<UnratedCause>> = world.read(|c| {
            usage_records::table.order(usage_records::day).select(usage_records::unrated_cause).load(c)
        });
        assert_eq!(waiting, [None, Some(UnratedCause::Subscription)]);
        // The usage report no longer has it either.
        let days: i64 = world.read(|c| usage_daily::table.count().get_result(c));
        assert_eq!(days, 1);
        // Another subscription of the customer takes it.
        a_subscription(kestrel.customer, &bundle).from("2026-10-10").build(world);
        world.root().post("/usage/unrated/retry", &[]);
        world.settle();
        assert_eq!(kestrel.gross(world, "2026-10"), ["1", "7"]);
    }
}
