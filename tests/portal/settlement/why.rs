//! Every amount of a report and of the overview opens the lines behind it, and they add up to it.

use super::setting::kestrel;
use crate::on_both;
use crate::support::builders::{a_channel, a_customer, a_reseller, a_subscription};

on_both! {
    fn an_amount_opens_the_lines_that_add_up_to_it(world) {
        let setting = kestrel(world);
        let brix = a_customer(setting.channel, "Brix").build(world);
        a_subscription(brix, &setting.bundle).from("2026-09-16").build(world);
        setting.used(world, "2026-09-10", "20");
        setting.rate(world, "2026-09");
        let own = world.reseller(setting.reseller);
        for (group, rows) in [("bundle", 1), ("customer", 2), ("product", 2), ("charge-type", 2), ("month", 1)] {
            let report = own.get(&format!("/reports/revenue?from=2026-09&to=2026-09&group={group}")).expect(200);
            let links = report.attributes("tbody td a[href^='/lines?']", "href");
            assert_eq!(links.len(), rows * 5, "{group}");
            let amounts = report.texts("tbody td a[href^='/lines?']");
            for (place, (link, amount)) in links.iter().zip(&amounts).enumerate() {
                let lines = own.get(link).expect(200);
                assert_eq!(lines.row("Total")[2 + place % 5].replace("USD ", "$"), *amount, "{link}");
                own.get(&lines.attributes("tbody a[href^='/lines/']", "href")[0]).expect(200);
            }
            let total = report.attributes("tfoot a[href^='/lines?']", "href").remove(0);
            assert_eq!(own.get(&total).expect(200).row("Total")[4], "USD 160.00");
        }
        // Another re-seller's filter brings nothing of it.
        let halden = a_reseller("Halden").build(world).id;
        a_channel(halden).build(world);
        let foreign = format!("/lines?from=2026-09&to=2026-09&channel={}", setting.channel);
        assert!(world.reseller(halden).get(&foreign).expect(200).main().contains("No lines"));
    }

    fn the_overviews_amounts_open_this_months_lines(world) {
        let setting = kestrel(world);
        setting.rate(world, "2026-11");
        let home = world.root().get("/").expect(200);
        let link = home.attributes("dl a[href^='/lines?']", "href").into_iter().next().unwrap();
        let lines = world.root().get(&link).expect(200);
        assert_eq!(lines.row("Total")[4], "USD 100.00");
    }
}
