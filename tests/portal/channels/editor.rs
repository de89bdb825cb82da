//! The price editor: what a re-seller may do, and what root may.

use super::setting::{editor, field, prices, review, set};
use crate::on_both;
use crate::support::builders::{
    a_bundle, a_channel, a_customer, a_price, a_product, a_reseller, a_subscription,
};

on_both! {
    fn a_locked_price_is_the_providers_alone(world) {
        let bundle = a_bundle("ONE").recurring("100").build(world);
        let locked = a_reseller("Kestrel").build(world).id;
        let channel = a_channel(locked).sells_locked(&bundle).build(world);
        let not_editable = a_reseller("Halden").build(world).id;
        let other = a_channel(not_editable).locked().sells(&bundle).build(world);
        for (reseller, channel) in [(locked, channel), (not_editable, other)] {
            let own = world.reseller(reseller);
            let page = own.get("/prices").expect(200);
            assert!(page.main().contains("Locked by the provider"));
            assert!(!page.main().contains("Set a new price"));
            own.get(&editor(channel, &bundle)).expect(403);
            let name = field(&bundle, 0);
            let typed = [("effective_from", "2026-12-01"), ("concerns", "existing"), ("confirmed", "1"), (name.as_str(), "120")];
            own.post(&editor(channel, &bundle), &typed).expect(403);
            assert!(prices(world, channel, &bundle).is_empty());
            set(&world.root(), channel, &bundle, "2026-12-01", &["120"]).expect(303);
            assert_eq!(prices(world, channel, &bundle), ["2026-12-01 120"]);
        }
    }

    fn a_first_day_beyond_what_date_fields_can_say_is_refused(world) {
        let bundle = a_bundle("ONE").recurring("100").build(world);
        let kestrel = a_reseller("Kestrel").build(world).id;
        let channel = a_channel(kestrel).sells(&bundle).build(world);
        for day in ["+262142-12-31", "-262142-01-01", "9999-01-01", "soon"] {
            let page = review(&world.root(), channel, &bundle, day, &["120"]).expect(422);
            assert_eq!(page.error_of("effective_from"), "Enter the first day");
        }
    }

    fn within_its_band_a_reseller_sets_the_price(world) {
        let bundle = a_bundle("ONE").recurring("100").build(world);
        let kestrel = a_reseller("Kestrel").build(world).id;
        let channel = a_channel(kestrel).sells_within(&bundle, "90", "150", "5").build(world);
        let own = world.reseller(kestrel);
        // The least that leaves 5 percent: 100 / 0.95 = 105.263, so 105.27; the most is 150.
        for (day, price) in [("2026-11-23", "105.27"), ("2026-12-01", "150")] {
            let page = own.follow(&set(&own, channel, &bundle, day, &[price]));
            assert!(page.flash().starts_with("The channel price is set from"), "{}", page.flash());
        }
        assert_eq!(prices(world, channel, &bundle), ["2026-11-23 105.27", "2026-12-01 150"]);
    }

    fn outside_its_band_the_nearest_allowed_price_is_named_and_the_typed_one_kept(world) {
        let bundle = a_bundle("ONE").recurring("100").build(world);
        let kestrel = a_reseller("Kestrel").build(world).id;
        let channel = a_channel(kestrel).sells_within(&bundle, "90", "150", "5").build(world);
        let own = world.reseller(kestrel);
        let name = field(&bundle, 0);
        for (typed, said) in [
            ("89.99", "Enter USD 90 or more: the floor is 90% of the reference price. Enter USD 105.27 or more: the margin must be 5% or more"),
            ("105.26", "Enter USD 105.27 or more: the margin must be 5% or more"),
            ("150.01", "Enter USD 150 or less: the ceiling is 150% of the reference price"),
        ] {
            let page = review(&own, channel, &bundle, "2026-12-01", &[typed]).expect(422);
            assert_eq!(page.error_of(&name), said);
            assert_eq!(page.field_value(&name), typed);
            assert_eq!((page.field_value("effective_from"), page.field_value("reason")), ("2026-12-01".into(), "Market moved".into()));
            // Without the review either.
            let confirmed = [("effective_from", "2026-12-01"), ("concerns", "existing"), ("confirmed", "1"), (name.as_str(), typed)];
            own.post(&editor(channel, &bundle), &confirmed).expect(422);
        }
        assert!(prices(world, channel, &bundle).is_empty());
        // The provider is not bound by it.
        set(&world.root(), channel, &bundle, "2026-12-01", &["80"]).expect(303);
        assert_eq!(prices(world, channel, &bundle), ["2026-12-01 80"]);
    }

    fn the_band_is_of_the_reference_price_of_the_day(world) {
        let bundle = a_bundle("ONE").recurring("100").build(world);
        a_price(&bundle, &["200"]).from("2026-12-15").build(world);
        let kestrel = a_reseller("Kestrel").build(world).id;
        let channel = a_channel(kestrel).sells_within(&bundle, "90", "150", "").build(world);
        let own = world.reseller(kestrel);
        set(&own, channel, &bundle, "2026-12-14", &["149"]).expect(303);
        let refused = review(&own, channel, &bundle, "2026-12-15", &["151"]).expect(422);
        assert!(refused.error_of(&field(&bundle, 0)).starts_with("Enter USD 180 or more"));
    }

    fn a_free_price_moves_at_will_within_the_currencys_decimals(world) {
        let vm = a_product("VM").build(world);
        let bundle = a_bundle("ONE").recurring("100").usage(vm, "0.10").cost_plus(a_product("AZ").build(world), "10").build(world);
        let kestrel = a_reseller("Kestrel").build(world).id;
        let channel = a_channel(kestrel).sells(&bundle).build(world);
        let own = world.reseller(kestrel);
        let refused = review(&own, channel, &bundle, "2026-12-01", &["1.005", "x", ""]).expect(422);
        assert!(!refused.error_of(&field(&bundle, 1)).is_empty() && !refused.error_of(&field(&bundle, 2)).is_empty());
        assert_eq!(refused.field_value(&field(&bundle, 1)), "x");
        let refused = review(&own, channel, &bundle, "2026-12-01", &["1.005", "0.0000000001", "-5"]).expect(422);
        assert!(refused.error_of(&field(&bundle, 0)).contains("decimals"), "{}", refused.main());
        set(&own, channel, &bundle, "2026-12-01", &["1", "0.0000000001", "-5"]).expect(303);
        assert_eq!(prices(world, channel, &bundle), ["2026-12-01 1"]);
    }

    fn a_charge_that_stays_as_it_is_is_not_asked(world) {
        let vm = a_product("VM").build(world);
        let bundle = a_bundle("ONE").recurring("100").usage(vm, "0.10").build(world);
        let kestrel = a_reseller("Kestrel").build(world).id;
        let channel = a_channel(kestrel).sells_within(&bundle, "90", "150", "").build(world);
        // Root sold below the floor.
        a_price(&bundle, &["50", "0.10"]).of(channel).from("2026-01-01").build(world);
        let own = world.reseller(kestrel);
        set(&own, channel, &bundle, "2026-12-01", &["50", "0.12"]).expect(303);
        review(&own, channel, &bundle, "2026-12-02", &["51", "0.12"]).expect(422);
    }

    fn both_sides_are_shown_before_saving_with_who_notices(world) {
        let bundle = a_bundle("ONE").recurring("100").build(world);
        let kestrel = a_reseller("Kestrel").share("20").build(world).id;
        let channel = a_channel(kestrel).sells(&bundle).build(world);
        for name in ["Aldous", "Berit"] {
            a_subscription(a_customer(channel, name).build(world), &bundle).build(world);
        }
        let gone = a_customer(channel, "Cairn").build(world);
        a_subscription(gone, &bundle).until("2026-11-01").build(world);
        a_subscription(gone, &bundle).frozen().build(world);
        let own = world.reseller(kestrel);
        assert_eq!(own.get("/prices").row("Monthly")[4..6], ["$20.00", "$80.00"]);
        let page = review(&own, channel, &bundle, "2026-12-01", &["120"]).expect(200);
        // 20 percent of 120.
        assert_eq!(page.row("Monthly"), ["Monthly", "$100.00", "120", "+20", "16.7%", "$24.00", "$96.00"]);
        assert!(page.main().contains("2 customers with 2 subscriptions notice it"), "{}", page.main());
        assert!(prices(world, channel, &bundle).is_empty());
        let back = own.press(&page, "Change it", &[("change", "1")]).expect(200);
        assert_eq!(back.field_value(&field(&bundle, 0)), "120");
    }

    fn a_reseller_sets_prices_from_today_on_and_root_from_any_day(world) {
        let bundle = a_bundle("ONE").recurring("100").build(world);
        let kestrel = a_reseller("Kestrel").build(world).id;
        let channel = a_channel(kestrel).sells(&bundle).build(world);
        let own = world.reseller(kestrel);
        let refused = review(&own, channel, &bundle, "2026-11-22", &["120"]).expect(422);
        assert_eq!(refused.error_of("effective_from"), "Choose today or a later day");
        let name = field(&bundle, 0);
        let typed = [("effective_from", "2026-11-22"), ("concerns", "existing"), ("confirmed", "1"), (name.as_str(), "120")];
        own.post(&editor(channel, &bundle), &typed).expect(422);
        assert!(prices(world, channel, &bundle).is_empty());
        set(&own, channel, &bundle, "2026-11-23", &["120"]).expect(303);
        set(&world.root(), channel, &bundle, "2026-10-01", &["110"]).expect(303);
        assert_eq!(prices(world, channel, &bundle), ["2026-10-01 110", "2026-11-23 120"]);
        // What is in effect is never edited.
        let refused = set(&own, channel, &bundle, "2026-11-23", &["130"]).expect(422);
        assert!(!refused.error_of("effective_from").is_empty());
    }

    fn another_resellers_prices_are_as_absent(world) {
        let bundle = a_bundle("ONE").recurring("100").build(world);
        let kestrel = a_reseller("Kestrel").build(world).id;
        let channel = a_channel(kestrel).sells(&bundle).build(world);
        let halden = a_reseller("Halden").build(world).id;
        a_channel(halden).sells(&bundle).build(world);
        let stranger = world.reseller(halden);
        stranger.get(&format!("/channels/{channel}/prices")).expect(404);
        stranger.get(&editor(channel, &bundle)).expect(404);
        let name = field(&bundle, 0);
        let typed = [("effective_from", "2026-12-01"), ("concerns", "existing"), ("confirmed", "1"), (name.as_str(), "1")];
        stranger.post(&editor(channel, &bundle), &typed).expect(404);
        assert!(prices(world, channel, &bundle).is_empty());
    }
}
