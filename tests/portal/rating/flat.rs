//! One-time and recurring charges.

use super::setting::kestrel;
use crate::on_both;
use crate::support::builders::{a_bundle, a_customer, a_price, a_subscription};

on_both! {
    fn a_one_time_charge_is_due_in_the_month_of_the_start_only(world) {
        let bundle = a_bundle("SETUP").one_time("49.99").build(world);
        let kestrel = kestrel(world, &bundle);
        a_subscription(kestrel.customer, &bundle).from("2026-10-15").quantity(3).build(world);
        assert!(kestrel.rated(world, "2026-09").is_empty());
        // 3 x 49.99, whatever is left of the month.
        assert_eq!(kestrel.rated(world, "2026-10"), ["149.97"]);
        assert!(kestrel.rated(world, "2026-11").is_empty());
    }

    fn a_recurring_charge_counts_the_days_from_the_start(world) {
        let bundle = a_bundle("MONTHLY").recurring("36.10").build(world);
        let kestrel = kestrel(world, &bundle);
        a_subscription(kestrel.customer, &bundle).from("2026-10-15").build(world);
        // 17 of 31 days: 36.10 x 17/31 = 19.7967.
        assert_eq!(kestrel.rated(world, "2026-10"), ["19.8"]);
        assert_eq!(kestrel.rated(world, "2026-11"), ["36.1"]);
    }

    fn a_recurring_charge_counts_the_days_until_the_end(world) {
        let bundle = a_bundle("MONTHLY").recurring("36.10").build(world);
        let kestrel = kestrel(world, &bundle);
        a_subscription(kestrel.customer, &bundle).until("2026-11-11").build(world);
        // The end is the first day without it: 10 of 30 days.
        assert_eq!(kestrel.rated(world, "2026-11"), ["12.03"]);
        assert!(kestrel.rated(world, "2026-12").is_empty());
    }

    fn each_quantity_is_charged_for_its_own_days(world) {
        let bundle = a_bundle("MONTHLY").recurring("36.10").build(world);
        let kestrel = kestrel(world, &bundle);
        a_subscription(kestrel.customer, &bundle).quantity(2).then("2026-11-21", 5).build(world);
        // 2 x 36.10 x 20/30 = 48.1333 and 5 x 36.10 x 10/30 = 60.1667; each line is rounded by itself.
        assert_eq!(kestrel.rated(world, "2026-11"), ["48.13", "60.17"]);
        assert_eq!(kestrel.rated(world, "2026-10"), ["72.2"]);
        assert_eq!(kestrel.rated(world, "2026-12"), ["180.5"]);
    }

    fn february_has_its_own_number_of_days(world) {
        let bundle = a_bundle("MONTHLY").recurring("28").build(world);
        let kestrel = kestrel(world, &bundle);
        a_subscription(kestrel.customer, &bundle).from("2026-02-28").build(world);
        assert_eq!(kestrel.rated(world, "2026-02"), ["1"]);
        // A leap year: 29 days.
        let leap = a_bundle("LEAP").recurring("29").priced_from("2024-01-01").build(world);
        a_subscription(kestrel.customer, &leap).from("2024-02-29").until("2024-03-01").build(world);
        assert_eq!(kestrel.rated(world, "2024-02"), ["1"]);
    }

    fn a_recurring_charge_has_the_price_of_its_first_day_in_the_month(world) {
        let bundle = a_bundle("MONTHLY").recurring("30").build(world);
        a_price(&bundle, &["45"]).from("2026-11-15").build(world);
        let kestrel = kestrel(world, &bundle);
        a_subscription(kestrel.customer, &bundle).build(world);
        assert_eq!(kestrel.rated(world, "2026-11"), ["30"]);
        assert_eq!(kestrel.rated(world, "2026-12"), ["45"]);
        // Who starts on the day of the new price pays it: 16 of 30 days.
        a_subscription(kestrel.customer, &bundle).from("2026-11-15").build(world);
        assert_eq!(kestrel.rated(world, "2026-11"), ["30", "24"]);
    }

    fn every_currency_is_rounded_to_its_own_minor_unit(world) {
        let bundle = a_bundle("MONTHLY").without_prices().recurring("0").build(world);
        let kestrel = kestrel(world, &bundle);
        for (currency, price) in [("JPY", "3610"), ("KWD", "36.1"), ("USD", "36.1")] {
            a_price(&bundle, &[price]).currency(currency).build(world);
            let customer = a_customer(kestrel.channel, currency).currency(currency).build(world);
            a_subscription(customer, &bundle).from("2026-10-15").build(world);
        }
        // 17 of 31 days: 1979.677, 19.79677, 19.79677.
        assert_eq!(kestrel.rated(world, "2026-10"), ["1980", "19.797", "19.8"]);
        // 20 percent: 396, 3.9594, 3.96.
        let shares: Vec<_> = kestrel.amounts(world, "2026-10").into_iter().map(|[_, ours, _]| ours).collect();
        assert_eq!(shares, ["396", "3.959", "3.96"]);
    }
}
