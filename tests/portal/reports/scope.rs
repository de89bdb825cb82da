//! A re-seller sees its own figures whatever the address says; root sees all and can open one.

use super::sold::{sold, table};
use crate::on_both;
use crate::support::builders::{a_bundle, a_product};

on_both! {
    fn no_address_leads_to_another_resellers_figures(world) {
        let sold = sold(world);
        let own = world.reseller(sold.kestrel);
        let [channel, other] = sold.channels;
        let (halden, cairn) = (sold.halden, sold.cairn);
        let asked = [
            String::new(), format!("reseller={halden}"), format!("channel={other}"), format!("customer={cairn}"),
            format!("reseller={halden}&channel={other}&customer={cairn}"), format!("channel={channel}&reseller={halden}"),
        ];
        for group in ["product", "bundle", "customer", "month"] {
            for asked in &asked {
                for report in ["usage", "usage.csv", "revenue", "revenue.csv"] {
                    let said = own.get(&format!("/reports/{report}?from=2026-10&to=2026-10&group={group}&{asked}"));
                    let said = said.expect(200);
                    // Of what was typed itself, only the ids come back.
                    for foreign in ["Halden", "HALD", "Cairn", "1,000", "$130", "130.00"] {
                        assert!(!said.html().contains(foreign), "{report} {group} {asked}: {foreign}");
                    }
                    // The digits may stand in an id or in a form's token.
                    let told = if report.ends_with(".csv") { said.html() } else { said.main() };
                    assert!(!told.contains("1000"), "{report} {group} {asked}");
                }
            }
        }
        let page = own.get(&format!("/reports/usage?from=2026-10&to=2026-10&channel={other}"));
        assert!(page.main().contains("No usage"));
        for report in ["usage", "revenue"] {
            assert_eq!(world.anonymous().get(&format!("/reports/{report}.csv")).status, 303);
        }
    }

    fn root_sees_all_with_a_ranking_and_opens_one(world) {
        let sold = sold(world);
        let root = world.root();
        let page = root.get("/reports/revenue?from=2026-10&to=2026-10").expect(200);
        assert_eq!(table(&page, &["Re-seller", "Bundle", "Net"]), [
            ["Halden", "Cloud", "$130.00"], ["Kestrel", "Cloud", "$33.05"], ["Kestrel", "Disks", "$1.50"],
        ]);
        let ranked = page.texts("section[aria-labelledby='ranking'] tbody th");
        assert_eq!(ranked, ["Halden", "Kestrel"]);
        let one = root.get(&page.link("Kestrel")).expect(200);
        assert_eq!(table(&one, &["Re-seller", "Net"]), [["Kestrel", "$33.05"], ["Kestrel", "$1.50"]]);
        assert!(!one.has("section[aria-labelledby='ranking']"));
        let page = root.get(&format!("/reports/usage?from=2026-10&to=2026-10&reseller={}", sold.halden));
        assert_eq!(table(&page, &["Channel", "Quantity"]), [["HALD", "1,000"]]);
    }

    fn filters_offer_a_reseller_only_what_its_channel_sells(world) {
        let sold = sold(world);
        let secret = a_product("SECRET").named("Unannounced").build(world);
        a_bundle("NEXT").named("Next year").usage(secret, "1").state("draft").build(world);
        for report in ["usage", "revenue"] {
            let page = world.reseller(sold.halden).get(&format!("/reports/{report}"));
            assert_eq!(page.texts("select[name=bundle] option"), ["All bundles", "Cloud"]);
            assert_eq!(page.texts("select[name=product] option"), ["All products", "Virtual machine"]);
        }
    }
}
