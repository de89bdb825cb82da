//! Nothing begins in a month that is settled.

use super::setting::kestrel;
use crate::on_both;
use crate::support::World;

fn offer<'a>(share: &'a str, from: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("share", share),
        ("basis", "revenue"),
        ("collects", "provider"),
        ("payment_days", "30"),
        ("valid_from", from),
    ]
}

fn request(world: &World, kestrel: &super::setting::Setting) -> String {
    let found =
        world.read(|connection| reseller_portal::requests::resellers::find(connection, kestrel.reseller));
    found.request.to_string()
}

on_both! {
    fn terms_begin_after_the_last_closed_month(world) {
        let kestrel = kestrel(world);
        kestrel.close(world, "2026-10").unwrap();
        let (root, reseller) = (world.root(), world.reseller(kestrel.reseller));
        let path = format!("/requests/{}/offers", request(world, &kestrel));
        let told = "The statement of October 2026 is closed; terms begin in a later month";
        for (client, path) in [(&root, path.as_str()), (&reseller, "/agreement/offers")] {
            let refused = client.post(path, &offer("25", "2026-10")).expect(422);
            assert_eq!(refused.error_of("valid_from"), told);
            assert_eq!(refused.field_value("share"), "25");
        }
        root.post(&path, &offer("25", "2026-11")).expect(303);
    }

    fn an_offer_is_not_agreed_to_once_its_first_month_is_closed(world) {
        let kestrel = kestrel(world);
        let (root, reseller) = (world.root(), world.reseller(kestrel.reseller));
        root.post(&format!("/requests/{}/offers", request(world, &kestrel)), &offer("25", "2026-10")).expect(303);
        kestrel.close(world, "2026-10").unwrap();
        let late = reseller.post("/agreement/offers/2/agreement", &[]).expect(409);
        assert!(late.main().contains("The statement of October 2026 is closed"), "{}", late.main());
    }

    fn a_subscription_starts_in_a_month_without_a_posted_statement(world) {
        let kestrel = kestrel(world);
        kestrel.posted(world, "2026-10");
        let client = world.reseller(kestrel.reseller);
        let path = format!("/customers/{}/subscriptions/new", kestrel.customer.id);
        let bundle = kestrel.bundle.id.to_string();
        let sell = |start: &str| client.post(&path, &[("bundle", &*bundle), ("quantity", "1"), ("start", start), ("price_rule", "follow")]);
        assert_eq!(sell("2026-10-31").expect(422).error_of("start"), "The statement of October 2026 is posted; choose a later start");
        sell("2026-09-15").expect(303);
        sell("2026-11-01").expect(303);
    }
}
