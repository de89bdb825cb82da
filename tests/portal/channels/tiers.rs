//! Channel prices of charges with tiers: each tier stands by itself.

use reseller_portal::catalog::PriceValue;

use super::setting::{editor, versions};
use crate::on_both;
use crate::support::builders::{a_bundle, a_channel, a_product, a_reseller};

on_both! {
    fn each_tier_is_priced_and_checked_by_itself(world) {
        let cdn = a_product("CDN").unit("GB").build(world);
        let bundle = a_bundle("WEB").graduated(cdn, &["100"], &["1", "0.5"]).build(world);
        let kestrel = a_reseller("Kestrel").share("20").build(world).id;
        let channel = a_channel(kestrel).sells_within(&bundle, "100", "200", "10").build(world);
        let own = world.reseller(kestrel);
        let (first, second) = (format!("price.{}.1", bundle.charges[0]), format!("price.{}.2", bundle.charges[0]));
        let page = own.get(&editor(channel, &bundle)).expect(200);
        assert_eq!((page.field_value(&first), page.field_value(&second)), ("1".into(), "0.5".into()));
        let typed = [(first.as_str(), "2.5"), (second.as_str(), "0.55"), ("effective_from", "2026-12-01")];
        let refused = own.press(&page, "Review the price", &typed).expect(422);
        assert_eq!(refused.error_of(&first), "Enter USD 2 or less: the ceiling is 200% of the reference price");
        assert_eq!(refused.error_of(&second), "Enter USD 0.5555555556 or more: the margin must be 10% or more");
        let preview = own.press(&refused, "Review the price", &[(&first, "1.25"), (&second, "0.8")]).expect(200);
        let row = preview.row("Product CDN, per GB: up to 100");
        assert_eq!(row[1..].join(" "), "$1.00 1.25 +0.25 20.0% $0.25 $1.00");
        own.press(&preview, "Set the price", &[]).expect(303);
        let saved = versions(world, channel, &bundle).remove(0);
        let prices = ["1.25", "0.8"].map(|price| price.parse().unwrap()).to_vec();
        assert_eq!(saved.values[&bundle.charges[0]], PriceValue::Tiers(prices));
        world.clock.set("2026-12-02T00:00:00Z");
        let row = world.reseller(kestrel).get("/prices").expect(200).row("Product CDN, per GB: above 100");
        assert!(row[1].contains("0.50") && row[2].contains("0.80"), "{row:?}");
    }
}
