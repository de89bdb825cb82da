//! A subscription's quantity changes from a day on; it is cancelled by an end, which can be taken back until it comes.

use crate::on_both;
use crate::support::World;
use crate::support::builders::{
    Subscription, a_bundle, a_channel, a_customer, a_price, a_reseller, a_subscription,
};
use reseller_portal::values::ResellerId;

/// A subscription of five units since January, and its re-seller.
fn a_sale(world: &World) -> (ResellerId, Subscription) {
    let bundle = a_bundle("CMP-S").named("Compute S").recurring("36").build(world);
    a_price(&bundle, &["38"]).from("2026-08-01").build(world);
    let kestrel = a_reseller("Kestrel").build(world);
    let channel = a_channel(kestrel.id).sells(&bundle).build(world);
    let customer = a_customer(channel, "Aldous").build(world);
    (kestrel.id, a_subscription(customer, &bundle).quantity(5).build(world))
}

on_both! {
    fn a_quantity_changes_from_a_day_on(world) {
        let (kestrel, sold) = a_sale(world);
        let reseller = world.reseller(kestrel);
        let quantities = format!("/subscriptions/{}/quantities", sold.id);
        let page = reseller.submit(&quantities, &[("from", "2026-11-10"), ("quantity", "8")]);
        assert_eq!(page.flash(), "The quantity is 8 from 10 November 2026");
        assert_eq!(page.row("10 Nov 2026")[1], "8");
        let page = reseller.submit(&quantities, &[("from", "2026-11-10"), ("quantity", "9")]);
        assert_eq!(page.row("10 Nov 2026")[1], "9", "a change of the same day replaces it");
        assert_eq!(page.row("1 Jan 2026")[1], "5");
        let refused = reseller.post(&quantities, &[("from", "2026-11-20"), ("quantity", "9")]).expect(422);
        assert_eq!(refused.error_of("quantity"), "The subscription has this quantity on that day already");
        let refused = reseller.post(&quantities, &[("from", "2025-12-31"), ("quantity", "2")]).expect(422);
        assert_eq!(refused.error_of("from"), "Choose a day on which the subscription runs");
        assert_eq!((refused.field_value("quantity"), refused.field_value("from")), ("2".into(), "2025-12-31".into()));
        reseller.post(&quantities, &[("from", ""), ("quantity", "two")]).expect(422);
    }

    fn a_cancellation_is_confirmed_and_taken_back_until_its_day(world) {
        let (kestrel, sold) = a_sale(world);
        let reseller = world.reseller(kestrel);
        let page = reseller.get(&format!("/subscriptions/{}", sold.id));
        let confirm = reseller.get(&page.link("Cancel subscription"));
        assert_eq!((confirm.h1(), confirm.field_value("end")), ("Cancel Compute S for Aldous".into(), "2026-12-01".into()));
        let page = reseller.follow(&reseller.press(&confirm, "Cancel subscription", &[]));
        assert!(page.main().contains("1 Dec 2026, the first day without it"));
        let page = reseller.follow(&reseller.press(&page, "Keep the subscription", &[]));
        assert_eq!(page.flash(), "The subscription goes on");
        assert!(page.texts(".timeline li").iter().any(|entry| entry.contains("goes on by Kim Kestrel")));
        reseller.post(&format!("/subscriptions/{}/cancellation", sold.id), &[("end", "2026-12-01")]).expect(303);
        world.clock.set("2026-12-01T00:00:00Z");
        let reseller = world.reseller(kestrel);
        let page = reseller.get(&format!("/subscriptions/{}", sold.id));
        assert!(page.texts(".badge").contains(&"Ended".to_owned()) && !page.html().contains("Keep the subscription"));
        reseller.post(&format!("/subscriptions/{}/continuation", sold.id), &[]).expect(409);
        let again = reseller.post(&format!("/subscriptions/{}/cancellation", sold.id), &[("end", "2027-01-01")]);
        assert_eq!(again.expect(422).error_of("end"), "The subscription has ended; start a new one instead");
        let quantity = [("from", "2026-12-01"), ("quantity", "1")];
        reseller.post(&format!("/subscriptions/{}/quantities", sold.id), &quantity).expect(422);
    }

    fn an_end_before_the_start_is_refused(world) {
        let (kestrel, sold) = a_sale(world);
        let cancel = format!("/subscriptions/{}/cancellation", sold.id);
        let reseller = world.reseller(kestrel);
        let refused = reseller.post(&cancel, &[("end", "2025-12-31")]).expect(422);
        assert_eq!(refused.field_value("end"), "2025-12-31");
        reseller.post(&cancel, &[("end", "")]).expect(422);
        reseller.post(&cancel, &[("end", "2026-06-15")]).expect(303);
    }

    fn following_ones_pay_the_new_price_and_frozen_ones_that_of_their_first_day(world) {
        let (kestrel, follows) = a_sale(world);
        let bundle = a_bundle("CMP-M").recurring("72").build(world);
        a_price(&bundle, &["80"]).from("2026-08-01").build(world);
        let opal = a_reseller("Opal").build(world);
        let channel = a_channel(opal.id).sells(&bundle).build(world);
        let frozen = a_subscription(a_customer(channel, "Bo").build(world), &bundle).frozen().build(world);
        let page = world.reseller(kestrel).get(&format!("/subscriptions/{}", follows.id));
        assert_eq!(page.row("Monthly")[1..], ["$38.00", "1 Aug 2026", "Reference price"]);
        let page = world.reseller(opal.id).get(&format!("/subscriptions/{}", frozen.id));
        assert_eq!(page.row("Monthly")[1..], ["$72.00", "1 Jan 2025", "Reference price"]);
    }

    fn another_resellers_subscription_is_as_absent(world) {
        let (_, sold) = a_sale(world);
        let opal = a_reseller("Opal").build(world);
        a_channel(opal.id).build(world);
        let opal = world.reseller(opal.id);
        let path = format!("/subscriptions/{}", sold.id);
        opal.get(&path).expect(404);
        opal.get(&format!("{path}/cancellation")).expect(404);
        opal.post(&format!("{path}/cancellation"), &[("end", "2026-12-01")]).expect(404);
        opal.post(&format!("{path}/quantities"), &[("from", "2026-11-10"), ("quantity", "1")]).expect(404);
        opal.post(&format!("{path}/continuation"), &[]).expect(404);
        world.root().get(&path).expect(200);
    }
}
