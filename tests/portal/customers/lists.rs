//! The lists: filtered by address, a page at a time, each re-seller's own.

use crate::on_both;
use crate::support::builders::{a_bundle, a_channel, a_customer, a_reseller, a_subscription};

on_both! {
    fn customers_are_found_by_name_and_id_within_ones_own(world) {
        let (kestrel, opal) = (a_reseller("Kestrel").build(world), a_reseller("Opal").build(world));
        let own = a_channel(kestrel.id).named("Kestrel Cloud").build(world);
        let other = a_channel(opal.id).build(world);
        a_customer(own, "Ängström AS").external("A-17").build(world);
        a_customer(own, "Bo 100% Ltd").build(world);
        a_customer(other, "Angstrom Opal").external("A-17").build(world);
        let (reseller, root) = (world.reseller(kestrel.id), world.root());
        for (query, count) in [("", 2), ("?q=angstrom", 1), ("?q=A-17", 1), ("?q=100%25", 1), ("?q=1_0", 0)] {
            assert_eq!(reseller.get(&format!("/customers{query}")).rows().len(), count, "{query}");
        }
        assert_eq!(root.get("/customers").rows().len(), 3);
        assert_eq!(root.get(&format!("/customers?channel={own}")).rows().len(), 2);
        assert!(reseller.get(&format!("/customers?channel={other}")).rows().is_empty());
        assert!(reseller.get("/customers?q=nobody").main().contains("No customer matches"));
    }

    fn customers_of_one_name_are_paged_without_loss(world) {
        let kestrel = a_reseller("Kestrel").build(world);
        let channel = a_channel(kestrel.id).build(world);
        for _ in 0..52 {
            a_customer(channel, "Aldous").build(world);
        }
        let reseller = world.reseller(kestrel.id);
        let first = reseller.get("/customers?q=ald");
        assert!(first.main().contains("52 customers"));
        let second = reseller.get(&first.link("Next"));
        assert_eq!((first.rows().len(), second.rows().len()), (50, 2));
        assert!(second.rows().iter().all(|row| !first.rows().contains(row)));
        assert_eq!(reseller.get(&second.link("Previous")).rows(), first.rows());
    }

    fn subscriptions_are_filtered_by_standing_bundle_and_text(world) {
        let (small, large) = (a_bundle("CMP-S").recurring("36").build(world), a_bundle("CMP-L").recurring("72").build(world));
        let (kestrel, opal) = (a_reseller("Kestrel").build(world), a_reseller("Opal").build(world));
        let channel = a_channel(kestrel.id).sells(&small).sells(&large).build(world);
        let aldous = a_customer(channel, "Aldous").build(world);
        a_subscription(aldous, &small).quantity(3).then("2026-11-01", 4).build(world);
        a_subscription(aldous, &small).until("2026-11-23").build(world);
        a_subscription(aldous, &large).from("2026-12-01").quantity(7).build(world);
        let running = a_subscription(a_customer(channel, "Bo").build(world), &large).until("2026-11-24").build(world);
        let reseller = world.reseller(kestrel.id);
        let count = |query: &str| reseller.get(&format!("/subscriptions?{query}")).rows().len();
        assert_eq!((count(""), count("state=running"), count("state=ended"), count("state=future")), (4, 2, 1, 1));
        assert_eq!((count(&format!("bundle={}", large.id)), count("q=bo")), (2, 1));
        assert_eq!(count(&format!("q={}", running.reference.to_lowercase())), 1);
        assert_eq!(count(&format!("customer={}&state=running", aldous.id)), 1);
        assert_eq!(reseller.get("/subscriptions?state=future").rows()[0][3], "7");
        assert_eq!(reseller.get("/subscriptions?state=running&q=aldous").rows()[0][3], "4");
        a_channel(opal.id).build(world);
        let other = world.reseller(opal.id).get("/subscriptions");
        assert!(other.main().contains("No subscriptions yet"));
        assert!(!other.html().contains("Bundle CMP-S"), "bundles of other channels are not offered");
        assert_eq!(world.root().get(&format!("/subscriptions?channel={channel}")).rows().len(), 4);
    }

    fn subscriptions_are_paged_the_newest_first(world) {
        let bundle = a_bundle("CMP-S").recurring("36").build(world);
        let kestrel = a_reseller("Kestrel").build(world);
        let customer = a_customer(a_channel(kestrel.id).sells(&bundle).build(world), "Aldous").build(world);
        let sold: Vec<_> = (0..55).map(|_| a_subscription(customer, &bundle).build(world).reference).collect();
        let reseller = world.reseller(kestrel.id);
        let first = reseller.get("/subscriptions");
        assert!(first.rows()[0][0].contains(&sold[54]));
        let second = reseller.get(&first.link("Next"));
        assert!(second.rows().len() == 5 && second.rows()[4][0].contains(&sold[0]));
        assert_eq!(reseller.get(&second.link("Previous")).rows(), first.rows());
        let page = reseller.get(&format!("/customers/{}", customer.id));
        assert_eq!(reseller.get(&page.link("See all 55 subscriptions")).rows().len(), 50);
    }
}
