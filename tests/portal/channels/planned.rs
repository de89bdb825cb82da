//! Planned prices and the history.

use reseller_portal::catalog::price_store;

use super::setting::{prices, set, versions};
use crate::on_both;
use crate::support::builders::{a_bundle, a_channel, a_price, a_reseller, day};

on_both! {
    fn a_planned_price_is_shown_with_its_day_and_can_be_dropped(world) {
        let bundle = a_bundle("ONE").recurring("100").build(world);
        let kestrel = a_reseller("Kestrel").build(world).id;
        let channel = a_channel(kestrel).sells(&bundle).build(world);
        let own = world.reseller(kestrel);
        let page = own.follow(&set(&own, channel, &bundle, "2026-12-01", &["120"]));
        assert_eq!(page.flash(), "The channel price is set from 1 December 2026");
        let row = page.row("Monthly");
        assert!(row[2].starts_with("$100.00") && row.last().unwrap() == "$120.00", "{row:?}");
        assert!(page.texts("th").contains(&"From 1 Dec 2026".to_owned()), "{:?}", page.texts("th"));
        let history = own.get(&page.link("History of Bundle ONE in USD")).expect(200);
        let page = own.follow(&own.press(&history, "Drop planned price from 1 Dec 2026", &[]));
        assert_eq!(page.flash(), "The planned price is dropped");
        assert!(prices(world, channel, &bundle).is_empty());
        assert!(world.root().get("/audit?kind=price").main().contains("planned for 1 December 2026 dropped"));
    }

    fn a_planned_price_of_the_same_day_is_replaced(world) {
        let bundle = a_bundle("ONE").recurring("100").build(world);
        let kestrel = a_reseller("Kestrel").build(world).id;
        let channel = a_channel(kestrel).sells(&bundle).build(world);
        let own = world.reseller(kestrel);
        for price in ["120", "125"] {
            set(&own, channel, &bundle, "2026-12-01", &[price]).expect(303);
        }
        assert_eq!(prices(world, channel, &bundle), ["2026-12-01 125"]);
    }

    fn neither_a_price_in_effect_nor_a_locked_or_foreign_one_can_be_dropped(world) {
        let bundle = a_bundle("ONE").recurring("100").build(world);
        let kestrel = a_reseller("Kestrel").build(world).id;
        let channel = a_channel(kestrel).sells(&bundle).build(world);
        let begun = a_price(&bundle, &["110"]).of(channel).from("2026-11-23").build(world);
        let planned = a_price(&bundle, &["120"]).of(channel).from("2026-12-01").build(world);
        let reference = a_price(&bundle, &["130"]).from("2027-01-01").build(world);
        let halden = a_reseller("Halden").build(world).id;
        let other = a_channel(halden).sells(&bundle).build(world);
        let locked = a_reseller("Locked").build(world).id;
        let shut = a_channel(locked).locked().sells(&bundle).build(world);
        let fixed = a_price(&bundle, &["140"]).of(shut).from("2026-12-01").build(world);
        let drop_address = |channel, version| format!("/channels/{channel}/planned-prices/{version}/removal");
        let own = world.reseller(kestrel);
        own.post(&drop_address(channel, begun), &[]).expect(409);
        own.post(&drop_address(channel, reference), &[]).expect(404);
        let stranger = world.reseller(halden);
        stranger.post(&drop_address(channel, planned), &[]).expect(404);
        stranger.post(&drop_address(other, planned), &[]).expect(404);
        world.reseller(locked).post(&drop_address(shut, fixed), &[]).expect(409);
        assert_eq!(prices(world, channel, &bundle), ["2026-11-23 110", "2026-12-01 120"]);
        assert_eq!(prices(world, shut, &bundle), ["2026-12-01 140"]);
        own.post(&drop_address(channel, planned), &[]).expect(303);
    }

    fn the_history_tells_who_set_which_price_and_why(world) {
        let bundle = a_bundle("ONE").recurring("100").build(world);
        let kestrel = a_reseller("Kestrel").build(world).id;
        let channel = a_channel(kestrel).sells(&bundle).build(world);
        let own = world.reseller(kestrel);
        set(&world.root(), channel, &bundle, "2026-10-01", &["110"]).expect(303);
        set(&own, channel, &bundle, "2026-11-23", &["120"]).expect(303);
        set(&own, channel, &bundle, "2026-12-24", &["130"]).expect(303);
        let page = own.get(&own.get("/prices").expect(200).link("History of Bundle ONE in USD")).expect(200);
        let row = |day: &str| page.row(day)[..5].join(" | ");
        assert_eq!(row("1 Oct 2026"), "1 Oct 2026New and existing ones | Ended | $110.00 Monthly | Rosa Root | Market moved");
        assert_eq!(row("23 Nov 2026"), "23 Nov 2026New and existing ones | Current | $120.00 Monthly | Kim Kestrel | Market moved");
        assert_eq!(row("24 Dec 2026"), "24 Dec 2026New and existing ones | Planned | $130.00 Monthly | Kim Kestrel | Market moved");
        assert_eq!(versions(world, channel, &bundle).len(), 3);
        let audit = world.root().get("/audit?kind=price");
        let told = audit.row("Channel price of ONE in USD from 24 December 2026 saved").join(" ");
        assert!(told.contains("Kim Kestrel"), "{told}");
    }

    fn the_list_of_prices_reads_what_applies_and_what_is_planned_of_either_book(world) {
        let bundle = a_bundle("ONE").recurring("100").build(world);
        let kestrel = a_reseller("Kestrel").build(world).id;
        let channel = a_channel(kestrel).sells(&bundle).build(world);
        let other = a_reseller("Halden").build(world).id;
        let others = a_channel(other).sells(&bundle).build(world);
        a_price(&bundle, &["90"]).of(others).from("2026-11-20").build(world);
        for (from, price) in [("2026-10-01", "110"), ("2026-11-23", "120"), ("2026-12-24", "130")] {
            a_price(&bundle, &[price]).of(channel).from(from).build(world);
        }
        a_price(&bundle, &["105"]).from("2026-11-01").build(world);
        let days = |channel| -> Vec<String> {
            let ids = [bundle.id];
            let read = world.read(|connection| price_store::of_bundles(connection, channel, &ids, Some(day("2026-11-23"))));
            read.iter().map(|version| version.effective_from.to_string()).collect()
        };
        assert_eq!(days(Some(channel)), ["2026-11-23", "2026-12-24"]);
        assert_eq!(days(Some(others)), ["2026-11-20"]);
        assert_eq!(days(None), ["2026-11-01"]);
    }
}
