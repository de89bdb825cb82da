//! Graduated, volume and package prices from the database to the stored lines.

use diesel::prelude::*;
use reseller_portal::db::schema::charge_lines as l;

use super::setting::kestrel;
use crate::on_both;
use crate::support::builders::{a_bundle, a_price, a_product, a_record, a_subscription};

on_both! {
    fn each_model_charges_what_is_above_the_included_units(world) {
        let [cdn, edge, sms] = ["CDN", "EDGE", "SMS"].map(|sku| a_product(sku).build(world));
        let bundle = a_bundle("WEB").includes(cdn, "50").graduated(cdn, &["100", "1000"], &["0.12", "0.10", "0.08"])
            .volume(edge, &["10"], &["2", "1.5"]).package(sms, "1000", "5").build(world);
        a_price(&bundle, &["0.24 0.20 0.16", "3 2", "7"]).from("2026-10-15").build(world);
        let kestrel = kestrel(world, &bundle);
        let sale = a_subscription(kestrel.customer, &bundle).build(world);
        for (product, on, quantity) in [
            (cdn, "2026-10-02", "200"), (cdn, "2026-10-20", "910"), (edge, "2026-10-03", "8"), (edge, "2026-10-16", "2.5"),
            (sms, "2026-10-04", "1000"), (sms, "2026-10-17", "1"),
        ] {
            a_record(kestrel.customer, &sale, product, on).quantity(quantity).build(world);
        }
        // 150 billable: 100 x 0.12, 50 x 0.10; then 850 x 0.20 and 60 x 0.16; 10.5 in the second tier; two packages.
        assert_eq!(kestrel.rated(world, "2026-10"), ["12", "5", "170", "9.6", "12", "5", "5", "7"]);
        let tiers: Vec<Option<i64>> =
            world.read(|connection| l::table.order(l::position).select(l::tier).load(connection));
        assert_eq!(tiers, [Some(1), Some(2), Some(2), Some(3), Some(2), Some(2), None, None]);
        assert_eq!(kestrel.units(world, "2026-10")[0], ("50".to_owned(), "100".to_owned()));
    }
}
