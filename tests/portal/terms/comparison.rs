//! Two versions side by side, and the form that begins from the newest.

use diesel::prelude::*;
use reseller_portal::db::schema::{bundles, products, reseller_request_info as requests};
use reseller_portal::values::{Amount, RequestId};

use super::setting::{offer, versions};
use crate::on_both;
use crate::support::builders::{a_bundle, a_product, a_request, some_terms};
use crate::support::{Page, World};

fn with_forecast(world: &World, name: &str, revenue: &str) -> RequestId {
    let id = a_request(name).state("negotiating").build(world);
    world.write(|connection| {
        diesel::update(requests::table.find(id))
            .set((
                requests::expected_revenue.eq(revenue.parse::<Amount>().unwrap()),
                requests::expected_currency.eq("USD"),
            ))
            .execute(connection)
    });
    id
}

/// The lines of the comparison: term, older version, newer one.
fn lines(page: &Page) -> Vec<[String; 3]> {
    page.rows().into_iter().filter_map(|row| row.try_into().ok()).collect()
}

fn line(term: &str, old: &str, new: &str) -> [String; 3] {
    [term, old, new].map(str::to_owned)
}

on_both! {
    fn every_term_stands_beside_the_one_before_and_what_changed_is_marked(world) {
        let id = a_request("Halden").state("negotiating").build(world);
        a_product("DISK").category("Storage").build(world);
        let [start, scale] = ["START", "SCALE"].map(|code| a_bundle(code).named(code).recurring("10").build(world).id);
        some_terms(id).state("proposed").for_bundle(start, "25").for_category("Storage", "10").build(world);
        let (start, scale) = (format!("bundle_share.{start}"), format!("bundle_share.{scale}"));
        let counter = offer(&[("share", "22.5"), ("basis", "margin"), ("collects", "reseller"), ("payment_days", "14"),
            ("valid_until", "2027-12"), (&start, "25"), (&scale, "31"), ("note", "As in our call")]);
        let applicant = world.applicant("owner@halden.example");
        applicant.submit("/application/offers", &counter).expect(200);
        let expected = [
            line("Re-seller share", "20%", "22.5% Changed"),
            line("Share of", "Net revenue", "Margin over the reference price Changed"),
            line("Collects from the customers", "The provider", "The re-seller Changed"),
            line("Payment days", "30", "14 Changed"),
            line("Valid from", "January 2025", "December 2026 Changed"),
            line("Valid until", "No end", "December 2027 Changed"),
            line("Share of category Storage", "10%", "– Changed"),
        ];
        for page in [applicant.get("/application"), world.root().get(&format!("/requests/{id}"))] {
            let found = lines(&page);
            assert_eq!(found[..7], expected);
            let mut of_bundles = found[7..].to_vec();
            of_bundles.sort();
            assert_eq!(of_bundles, [line("Share of SCALE", "–", "31% Changed"), line("Share of START", "25%", "Same")]);
            assert!(page.main().contains("“As in our call”"));
        }
        assert!(applicant.get("/application").main().contains("You offered version 2"));
        assert!(world.root().get(&format!("/requests/{id}")).main().contains("The re-seller offered version 2"));
    }

    fn the_change_is_told_in_money_at_the_forecast(world) {
        let told = |name: &str, share: &str, margin: bool| {
            let id = with_forecast(world, name, "12000.50");
            let terms = some_terms(id).state("proposed").share("20");
            if margin { terms.of_margin() } else { terms }.build(world);
            let page = world.applicant(&format!("owner@{name}.example"));
            page.submit("/application/offers", &offer(&[("share", share)])).expect(200).texts(".card-foot")
        };
        let more = "At the forecast of $12,000.50 a month, 30% gives the re-seller $1,200.05 more each month than 20%.";
        let less = "At the forecast of $12,000.50 a month, 17.5% gives the re-seller $300.01 less each month than 20%.";
        assert_eq!(told("alder", "30", false), [more]);
        assert_eq!(told("birch", "17.5", false), [less]);
        // Nothing moves, or nobody can say by how much.
        assert_eq!(told("cedar", "20", false), Vec::<String>::new());
        assert_eq!(told("dogwood", "30", true), Vec::<String>::new());
    }

    fn a_counter_offer_begins_with_everything_that_lies_on_the_table(world) {
        let id = a_request("Halden").state("negotiating").build(world);
        let disk = a_product("DISK").category("Storage").build(world);
        let old = a_bundle("OLD").named("Old bundle").recurring("10").build(world).id;
        some_terms(id).state("proposed").share("17.5").of_margin().reseller_collects().from("2024-09").until("2027-12")
            .for_bundle(old, "25").for_category("Storage", "10").build(world);
        // By now the bundle is not sold any more, and nothing is of the category.
        world.write(|connection| {
            diesel::update(bundles::table.find(old)).set(bundles::state.eq("retired")).execute(connection)?;
            diesel::update(products::table.find(disk)).set(products::category.eq("Disks")).execute(connection)
        });
        let applicant = world.applicant("owner@halden.example");
        let page = applicant.get("/application/offers").expect(200);
        let labels = page.texts("label");
        assert!(["Old bundle", "Storage"].iter().all(|name| labels.iter().any(|label| label.starts_with(name))), "{labels:?}");
        applicant.press(&page, "Send the offer", &[]).expect(303);
        let found = versions(world, id);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].offer, found[1].offer);
    }

    fn tiers_and_limits_are_offered_compared_and_kept(world) {
        let id = with_forecast(world, "Halden", "20000");
        some_terms(id).state("proposed").share("15").proposed_by("reseller").build(world);
        let root = world.root();
        let path = format!("/requests/{id}/offers");
        let typed = offer(&[
            ("share", "15"),
            ("tier_currency.0", "USD"), ("tier_from.0", "10,000"), ("tier_share.0", "20"),
            ("limit_currency.0", "USD"), ("commitment.0", "500"), ("cap.0", "3000"),
        ]);
        root.submit(&path, &typed);
        let page = root.get(&format!("/requests/{id}")).expect(200);
        assert!(lines(&page).iter().any(|[term, old, new]| term == "Tiers in USD" && old == "–" && new.starts_with("15% up to 10,000.00, 20% above")), "{:?}", lines(&page));
        assert!(page.main().contains("Minimum commitment in USD") && page.main().contains("Cap of the share in USD"));
        assert!(page.main().contains("500.00"), "500.00 of 20,000 more by the tier");
        let again = root.get(&path).expect(200);
        assert_eq!(again.field_value("tier_from.0"), "10000.00");
        assert_eq!(again.field_value("commitment.0"), "500.00");
        let wrong = root.post(&path, &offer(&[("tier_currency.0", "USD"), ("tier_from.0", "-1"), ("tier_share.0", "20")])).expect(422);
        assert_eq!(wrong.error_of("tier_from.0"), "Enter an amount above zero; up to it the general share holds");
        assert_eq!(wrong.field_value("tier_from.0"), "-1");
    }
}
