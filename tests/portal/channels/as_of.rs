//! A channel's prices as they stood or will stand on a day.

use crate::on_both;
use crate::support::builders::{a_bundle, a_channel, a_price, a_product, a_reseller};

on_both! {
    fn each_day_has_the_prices_in_effect_on_it_with_their_source(world) {
        let cdn = a_product("CDN").unit("GB").build(world);
        let bundle = a_bundle("WEB").recurring("30").graduated(cdn, &["100"], &["1", "0.5"]).build(world);
        a_bundle("SECRET").recurring("1").build(world);
        let kestrel = a_reseller("Kestrel").build(world).id;
        let channel = a_channel(kestrel).sells(&bundle).build(world);
        a_price(&bundle, &["40", "1.2 0.6"]).of(channel).from("2026-03-01").build(world);
        a_price(&bundle, &["44", "1.2 0.6"]).of(channel).from("2027-01-01").build(world);
        let own = world.reseller(kestrel);
        let row = |on: &str| own.get(&format!("/channels/{channel}/as-of?on={on}")).expect(200).row("Monthly");
        assert_eq!(row("2026-02-28")[2..], ["$30.00", "$30.00", "Reference price", "1 Jan 2025", "The provider"]);
        assert_eq!(row("2026-03-01")[2..], ["$40.00", "$30.00", "Channel price", "1 Mar 2026", "Rosa Root"]);
        assert_eq!(row("2027-01-01")[2], "$44.00");
        assert_eq!(row("")[2], "$40.00");
        let page = own.get(&format!("/channels/{channel}/as-of?on=2024-12-31")).expect(200);
        assert!(page.main().contains("No prices on this day"));
        let page = own.get(&format!("/channels/{channel}/as-of?on=soon")).expect(422);
        assert_eq!(page.field_value("on"), "soon");
        let csv = own.get(&format!("/channels/{channel}/as-of.csv?on=2026-03-01")).expect(200).html().to_owned();
        assert!(csv.contains(",WEB,Bundle WEB,USD,\"Product CDN, per GB: above 100\",0.6,,0.5,,Channel price,2026-03-01,Rosa Root"), "{csv}");
        assert!(!csv.contains("SECRET"));
        assert!(own.get("/prices").expect(200).has_link("On another day"));
        let root = world.root().get(&format!("/channels/{channel}/as-of?on=2026-02-28")).expect(200);
        assert_eq!(root.row("Monthly")[6], "Rosa Root");
    }

    fn a_channel_that_hides_the_reference_price_hides_it_here_and_others_see_nothing(world) {
        let bundle = a_bundle("WEB").recurring("30").build(world);
        let kestrel = a_reseller("Kestrel").build(world).id;
        let channel = a_channel(kestrel).hides_reference().sells(&bundle).build(world);
        a_price(&bundle, &["40"]).of(channel).from("2026-03-01").build(world);
        for address in [format!("/channels/{channel}/as-of"), format!("/channels/{channel}/as-of.csv")] {
            let page = world.reseller(kestrel).get(&address).expect(200);
            let tells = |price: &str| page.html().contains(&format!("${price}.00")) || page.html().contains(&format!(",{price},"));
            assert!(tells("40") && !tells("30"), "{}", page.html());
            let other = a_reseller(&format!("Halden{}", address.len())).build(world).id;
            a_channel(other).build(world);
            world.reseller(other).get(&address).expect(404);
        }
    }
}
