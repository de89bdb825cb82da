//! A subscription is sold of what the channel sells, at a price that exists, by a re-seller that may sell.

use diesel::prelude::*;
use reseller_portal::db::schema::{channel_bundles, resellers};
use reseller_portal::values::ResellerId;

use crate::on_both;
use crate::support::World;
use crate::support::builders::{
    Bundle, Channel, a_bundle, a_channel, a_customer, a_price, a_product, a_reseller, a_subscription,
};

/// A re-seller whose channel sells a bundle.
fn a_shop(world: &World) -> (ResellerId, Channel, Bundle) {
    let storage = a_product("STO-BLK").named("Block storage").unit("GB").build(world);
    let bundle = a_bundle("CMP-S").named("Compute S").recurring("36").usage(storage, "0.00425").build(world);
    let kestrel = a_reseller("Kestrel").build(world);
    let channel = a_channel(kestrel.id).currencies(&["USD", "EUR"]).sells(&bundle).build(world);
    (kestrel.id, channel, bundle)
}

fn order<'a>(bundle: &'a str, start: &'a str) -> [(&'a str, &'a str); 4] {
    [("bundle", bundle), ("quantity", "1,200"), ("start", start), ("price_rule", "frozen")]
}

on_both! {
    fn a_sale_shows_todays_prices_and_gets_a_reference(world) {
        let (kestrel, channel, bundle) = a_shop(world);
        a_price(&bundle, &["48", "0.006"]).of(channel).from("2026-06-01").build(world);
        let customer = a_customer(channel, "Aldous").build(world);
        let reseller = world.reseller(kestrel);
        let path = format!("/customers/{}/subscriptions/new", customer.id);
        let page = reseller.get(&path);
        for shown in ["Compute S", "$48.00", "Block storage, per GB", "$0.006"] {
            assert!(page.html().contains(shown), "{shown}");
        }
        let page = reseller.submit(&path, &order(&bundle.id.to_string(), "2026-09-10"));
        assert_eq!(page.h1(), "Compute S");
        assert!(page.main().contains("Subscription S-000001 of Aldous"));
        assert_eq!(page.row("10 Sep 2026"), ["10 Sep 2026", "1200"]);
        assert!(page.main().contains("Those of its first day, for good"));
        assert_eq!(page.row("Monthly")[1..], ["$48.00", "1 Jun 2026", "Channel price"]);
        assert_eq!(world.months_to_rate(channel), ["2026-09", "2026-10", "2026-11"]);
        let next = reseller.submit(&path, &order(&bundle.id.to_string(), "2026-12-01"));
        assert!(next.main().contains("S-000002") && next.texts(".badge").contains(&"Not begun".to_owned()));
    }

    fn a_bundle_without_a_price_in_the_currency_on_the_first_day_is_not_sold(world) {
        let (kestrel, channel, bundle) = a_shop(world);
        a_price(&bundle, &["33", "0.004"]).currency("EUR").from("2026-12-01").build(world);
        let customer = a_customer(channel, "Aldous").currency("EUR").build(world);
        let reseller = world.reseller(kestrel);
        let path = format!("/customers/{}/subscriptions/new", customer.id);
        assert!(reseller.get(&path).html().contains("It has no price in EUR today."));
        let bundle = bundle.id.to_string();
        let refused = reseller.post(&path, &order(&bundle, "2026-11-30")).expect(422);
        assert!(refused.error_of("start").starts_with("The bundle has no price in EUR on 30 November 2026"));
        assert_eq!((refused.field_value("quantity"), refused.field_value("bundle")), ("1,200".into(), bundle.clone()));
        assert_eq!(refused.field_value("price_rule"), "frozen");
        reseller.post(&path, &order(&bundle, "2026-12-01")).expect(303);
    }

    fn only_active_bundles_that_the_channel_sells_are_sold(world) {
        let (kestrel, channel, bundle) = a_shop(world);
        let elsewhere = a_bundle("OTHER").recurring("1").build(world);
        let customer = a_customer(channel, "Aldous").build(world);
        let reseller = world.reseller(kestrel);
        let path = format!("/customers/{}/subscriptions/new", customer.id);
        let refused = reseller.post(&path, &order(&elsewhere.id.to_string(), "2026-11-01")).expect(422);
        assert_eq!(refused.error_of("bundle"), "Choose a bundle that the channel sells");
        world.write(|connection| {
            diesel::update(channel_bundles::table).set(channel_bundles::enabled.eq(false)).execute(connection)
        });
        reseller.post(&path, &order(&bundle.id.to_string(), "2026-11-01")).expect(422);
        assert!(reseller.get(&path).main().contains("No bundle to sell"));
    }

    fn each_field_says_what_is_wrong(world) {
        let (kestrel, channel, _) = a_shop(world);
        let customer = a_customer(channel, "Aldous").build(world);
        let path = format!("/customers/{}/subscriptions/new", customer.id);
        let typed = [("bundle", ""), ("quantity", "0"), ("start", "0001-01-01"), ("price_rule", "")];
        let refused = world.reseller(kestrel).post(&path, &typed).expect(422);
        assert_eq!(refused.error_of("quantity"), "Enter a whole number from 1 to 1,000,000");
        assert_eq!(refused.error_of("start"), "Enter a day as 2026-11-23");
        assert_eq!(refused.errors().len(), 4);
    }

    fn a_suspended_reseller_sells_nothing_new_and_keeps_its_history(world) {
        let (kestrel, channel, bundle) = a_shop(world);
        let customer = a_customer(channel, "Aldous").build(world);
        let running = a_subscription(customer, &bundle).quantity(5).build(world);
        world.write(|connection| {
            diesel::update(resellers::table).set(resellers::state.eq("suspended")).execute(connection)
        });
        let stopped = "The re-seller is suspended, so nothing new is sold through this channel";
        for client in [world.reseller(kestrel), world.root()] {
            let page = client.get(&format!("/customers/{}", customer.id));
            assert!(page.main().contains(stopped) && !page.has_link("Sell a subscription"));
            assert!(page.main().contains(&running.reference));
            let sell = format!("/customers/{}/subscriptions/new", customer.id);
            assert!(client.get(&sell).main().contains(stopped));
            let refused = client.post(&sell, &order(&bundle.id.to_string(), "2026-11-01")).expect(422);
            assert!(refused.main().contains(stopped));
            let (channel, quantities) = (channel.to_string(), format!("/subscriptions/{}/quantities", running.id));
            let new = [("channel", channel.as_str()), ("external_id", "A"), ("name", "B"), ("country", "NO"), ("currency", "USD")];
            let refused = client.post("/customers/new", &new).expect(422);
            assert!(refused.errors()[0].starts_with(stopped));
            client.post(&quantities, &[("from", "2026-11-20"), ("quantity", "6")]).expect(422);
        }
        let reseller = world.reseller(kestrel);
        let path = format!("/subscriptions/{}", running.id);
        reseller.post(&format!("{path}/quantities"), &[("from", "2026-11-20"), ("quantity", "4")]).expect(303);
        reseller.post(&format!("{path}/cancellation"), &[("end", "2026-12-01")]).expect(303);
        reseller.post(&format!("{path}/continuation"), &[]).expect(409);
    }
}
