//! Tiers, minimum commitment and cap in a month's statement.

use super::setting::{statement_of, told, totals, with_terms};
use crate::on_both;

on_both! {
    fn each_slice_of_the_month_has_its_own_share(world) {
        // 20% up to 100.00, 50% above.
        let kestrel = with_terms(world, |terms| terms.share("20").tier("USD", "100", "50"));
        kestrel.used(world, "2026-10-05", "40");
        kestrel.rate(world, "2026-10");
        let october = statement_of(world, kestrel.channel, "2026-10");
        // 20.00 and 10.00 of 120.00, in proportion to 100.00 and 20.00.
        assert_eq!(told(world, october), ["charge 100 0 25 75", "charge 20 0 5 15"]);
    }

    fn commitment_and_cap_are_lines_of_their_own_that_the_reports_count(world) {
        let kestrel = with_terms(world, |terms| terms.share("20").limits("USD", Some("90"), Some("5")));
        kestrel.rate(world, "2026-10");
        let october = statement_of(world, kestrel.channel, "2026-10");
        assert_eq!(told(world, october), ["charge 100 0 20 80", "commitment 0 0 -10 10", "cap 0 0 -5 5"]);
        let sums = totals(world, october);
        assert_eq!((sums.reseller_share.to_string(), sums.provider_share.to_string()), ("5".into(), "95".into()));
        let report = world.root().get("/reports/revenue?from=2026-10&to=2026-10").expect(200);
        assert!(report.main().contains("Minimum commitment"), "{}", report.main());
        assert_eq!(report.texts("tfoot td").iter().rev().take(2).cloned().collect::<Vec<_>>(), ["$95.00", "$5.00"]);
    }

    fn a_commitment_can_turn_the_share_negative_even_without_sales(world) {
        let kestrel = with_terms(world, |terms| terms.share("20").limits("EUR", Some("30"), None));
        kestrel.rate(world, "2026-10");
        let month = "2026-10".parse().unwrap();
        let all = world.read(|connection| reseller_portal::settlement::store::of_month(connection, kestrel.channel, month));
        let euros = all.iter().find(|one| one.currency.code() == "EUR").unwrap();
        assert_eq!(told(world, euros.id), ["commitment 0 0 -30 30"]);
    }

    fn a_partial_month_counts_by_days_and_a_running_one_not_yet(world) {
        let kestrel = with_terms(world, |terms| terms.share("0").limits("EUR", Some("30"), None));
        // The first subscription starts on the first day of September; nothing ran before.
        kestrel.rate(world, "2026-08");
        kestrel.rate(world, "2026-11");
        let of = |month: &str| {
            let month = month.parse().unwrap();
            let all = world.read(|connection| reseller_portal::settlement::store::of_month(connection, kestrel.channel, month));
            all.iter().filter(|one| one.currency.code() == "EUR").flat_map(|one| told(world, one.id)).collect::<Vec<_>>()
        };
        assert!(of("2026-08").is_empty() && of("2026-11").is_empty());
        world.write(|connection| {
            use diesel::prelude::*;
            use reseller_portal::db::schema::resellers;
            diesel::update(resellers::table).set(resellers::closed_on.eq(crate::support::builders::day("2026-10-11"))).execute(connection)
        });
        kestrel.rate(world, "2026-10");
        assert_eq!(of("2026-10"), ["commitment 0 0 -9.68 9.68"]);
    }

    fn late_usage_does_not_run_commitment_and_cap_again(world) {
        let kestrel = with_terms(world, |terms| terms.share("20").limits("USD", Some("90"), None));
        let october = kestrel.posted(world, "2026-10");
        assert_eq!(told(world, october), ["charge 100 0 20 80", "commitment 0 0 -10 10"]);
        kestrel.used(world, "2026-10-05", "10");
        kestrel.rate(world, "2026-10");
        kestrel.rate(world, "2026-11");
        let november = statement_of(world, kestrel.channel, "2026-11");
        assert_eq!(told(world, november), ["charge 100 0 20 80", "correction 5 0 1 4"]);
    }

    fn a_month_in_which_nothing_is_due_gets_no_statement(world) {
        let kestrel = with_terms(world, |terms| terms.share("20").limits("EUR", Some("30"), None));
        kestrel.rate(world, "2026-08");
        kestrel.rate(world, "2026-11");
        let of = |month: &str| {
            let month = month.parse().unwrap();
            let all = world.read(|connection| reseller_portal::settlement::store::of_month(connection, kestrel.channel, month));
            all.iter().map(|one| one.currency.to_string()).collect::<Vec<_>>()
        };
        assert!(of("2026-08").is_empty());
        assert_eq!(of("2026-11"), ["USD"]);
    }
}
