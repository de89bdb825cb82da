//! Which price and which share apply.

use reseller_portal::catalog::{NewPriceVersion, PriceConcern, PriceValue, price_store};
use reseller_portal::values::Scope;

use super::setting::kestrel;
use crate::on_both;
use crate::support::builders::{
    a_bundle, a_channel, a_customer, a_price, a_product, a_record, a_reseller, a_subscription, day,
    some_terms,
};

on_both! {
    fn usage_has_the_price_of_its_day(world) {
        let vm = a_product("VM").build(world);
        let bundle = a_bundle("CLOUD").usage(vm, "0.10").build(world);
        a_price(&bundle, &["0.20"]).from("2026-10-15").build(world);
        let kestrel = kestrel(world, &bundle);
        let sale = a_subscription(kestrel.customer, &bundle).build(world);
        for on in ["2026-10-14", "2026-10-15"] {
            a_record(kestrel.customer, &sale, vm, on).quantity("7").build(world);
        }
        assert_eq!(kestrel.rated(world, "2026-10"), ["0.7", "1.4"]);
    }

    fn the_channel_price_wins_over_the_reference_from_its_day_on(world) {
        let bundle = a_bundle("MONTHLY").recurring("30").build(world);
        let kestrel = kestrel(world, &bundle);
        let other = a_channel(a_reseller("Halden").build(world).id).sells(&bundle).build(world);
        a_price(&bundle, &["45"]).of(kestrel.channel).from("2026-10-01").build(world);
        a_price(&bundle, &["99"]).of(other).from("2026-01-01").build(world);
        // A later reference price is not asked: the channel has its own.
        a_price(&bundle, &["33"]).from("2026-11-01").build(world);
        a_subscription(kestrel.customer, &bundle).build(world);
        let of = |month| kestrel.rated(world, month);
        assert_eq!([of("2026-09"), of("2026-10"), of("2026-11")], [["30"], ["45"], ["45"]]);
    }

    fn a_price_for_new_ones_leaves_running_subscriptions_alone(world) {
        let bundle = a_bundle("MONTHLY").recurring("30").build(world);
        a_price(&bundle, &["40"]).from("2026-10-01").for_new_ones().build(world);
        let kestrel = kestrel(world, &bundle);
        a_subscription(kestrel.customer, &bundle).from("2026-09-30").build(world);
        a_subscription(kestrel.customer, &bundle).from("2026-10-01").build(world);
        assert_eq!(kestrel.rated(world, "2026-11"), ["30", "40"]);
    }

    fn a_frozen_subscription_keeps_its_first_days_prices_and_a_following_one_does_not(world) {
        let vm = a_product("VM").build(world);
        let bundle = a_bundle("CLOUD").recurring("30").usage(vm, "0.10").build(world);
        a_price(&bundle, &["60", "0.30"]).from("2026-10-01").build(world);
        let kestrel = kestrel(world, &bundle);
        a_price(&bundle, &["90", "0.50"]).of(kestrel.channel).from("2026-11-01").build(world);
        for frozen in [true, false] {
            let sale = a_subscription(kestrel.customer, &bundle).from("2026-09-01");
            let sale = if frozen { sale.frozen() } else { sale }.build(world);
            a_record(kestrel.customer, &sale, vm, "2026-11-02").quantity("10").build(world);
        }
        assert_eq!(kestrel.rated(world, "2026-11"), ["30", "1", "90", "5"]);
    }

    fn a_share_of_the_margin_is_of_what_exceeds_the_reference(world) {
        let dear = a_bundle("DEAR").recurring("30").build(world);
        let cheap = a_bundle("CHEAP").recurring("30").build(world);
        let reseller = a_reseller("Kestrel").terms(|terms| terms.of_margin().share("50")).build(world);
        let channel = a_channel(reseller.id).sells(&dear).sells(&cheap).build(world);
        a_price(&dear, &["45.05"]).of(channel).build(world);
        a_price(&cheap, &["20"]).of(channel).build(world);
        let customer = a_customer(channel, "Aldous").build(world);
        a_subscription(customer, &dear).from("2026-01-01").build(world);
        a_subscription(customer, &cheap).from("2026-01-02").build(world);
        let kestrel = super::setting::Setting { channel, customer };
        kestrel.rate(world, "2026-11");
        // Half of 15.05 is 7.525, rounded away from zero; below the reference there is nothing to share.
        let expected = [["45.05", "7.53", "37.52"], ["20", "0", "20"]].map(|line| line.map(str::to_owned));
        assert_eq!(kestrel.amounts(world, "2026-11"), expected);
    }

    fn each_rate_is_rounded_once_over_its_lines(world) {
        let plain = a_bundle("PLAIN").one_time("0.10").recurring("0.10").build(world);
        let special = a_bundle("SPECIAL").recurring("0.10").build(world);
        let id = special.id;
        let reseller = a_reseller("Kestrel").terms(move |terms| terms.share("18").for_bundle(id, "45")).build(world).id;
        let channel = a_channel(reseller).sells(&plain).sells(&special).build(world);
        let customer = a_customer(channel, "Aldous").build(world);
        a_subscription(customer, &plain).from("2026-11-01").build(world);
        a_subscription(customer, &plain).from("2026-10-01").build(world);
        a_subscription(customer, &special).from("2026-10-02").build(world);
        let kestrel = super::setting::Setting { channel, customer };
        kestrel.rate(world, "2026-11");
        // General: 18 percent of three times 0.10 is 0.054, so 0.05 in all, where 0.018 each would round to 0.06.
        // The bundle's own rate: 0.045, rounded away from zero. By start: plain, special, plain with its one-time.
        let shares: Vec<_> = kestrel.amounts(world, "2026-11").into_iter().map(|[_, ours, theirs]| (ours, theirs)).collect();
        let expected = [("0.02", "0.08"), ("0.05", "0.05"), ("0.02", "0.08"), ("0.01", "0.09")];
        assert_eq!(shares, expected.map(|(ours, theirs)| (ours.to_owned(), theirs.to_owned())));
    }

    fn the_terms_of_the_month_apply_and_without_terms_all_is_the_providers(world) {
        let bundle = a_bundle("MONTHLY").recurring("30").build(world);
        let reseller = a_reseller("Kestrel").terms(|terms| terms.from("2026-09").share("20")).build(world);
        some_terms(reseller.request).number(2).from("2026-11").share("25").build(world);
        some_terms(reseller.request).number(3).from("2026-10").share("90").state("proposed").build(world);
        let channel = a_channel(reseller.id).sells(&bundle).build(world);
        let customer = a_customer(channel, "Aldous").build(world);
        a_subscription(customer, &bundle).build(world);
        let kestrel = super::setting::Setting { channel, customer };
        for (month, share) in [("2026-08", "0"), ("2026-09", "6"), ("2026-10", "6"), ("2026-11", "7.5"), ("2026-12", "7.5")] {
            kestrel.rate(world, month);
            assert_eq!(kestrel.amounts(world, month)[0][1], share, "{month}");
        }
    }

    fn a_price_of_an_earlier_day_rates_the_months_since_again(world) {
        let vm = a_product("VM").build(world);
        let bundle = a_bundle("CLOUD").usage(vm, "0.10").build(world);
        let kestrel = kestrel(world, &bundle);
        let sale = a_subscription(kestrel.customer, &bundle).build(world);
        for on in ["2026-09-20", "2026-10-20"] {
            a_record(kestrel.customer, &sale, vm, on).quantity("100").build(world);
        }
        assert_eq!([kestrel.rated(world, "2026-09"), kestrel.rated(world, "2026-10")], [["10"], ["10"]]);
        let new = NewPriceVersion {
            channel: Some(kestrel.channel),
            bundle: bundle.id,
            currency: "USD".parse().unwrap(),
            effective_from: day("2026-10-15"),
            concerns: PriceConcern::Existing,
            reason: "Dearer".into(),
            values: [(bundle.charges[0], PriceValue::Unit("0.25".parse().unwrap()))].into(),
        };
        world.try_write(|c| price_store::save(c, &new, &world.act())).unwrap();
        world.settle();
        assert_eq!([kestrel.gross(world, "2026-09"), kestrel.gross(world, "2026-10")], [["10"], ["25"]]);
    }

    fn an_end_in_the_past_rates_the_months_since_again(world) {
        let bundle = a_bundle("MONTHLY").recurring("30").build(world);
        let kestrel = kestrel(world, &bundle);
        let sale = a_subscription(kestrel.customer, &bundle).build(world);
        for month in ["2026-09", "2026-10"] {
            assert_eq!(kestrel.rated(world, month), ["30"]);
        }
        let end = day("2026-09-16");
        let cancel = |c: &mut _| reseller_portal::customers::sales::cancel(c, Scope::Root, sale.id, end, &world.act());
        world.try_write(cancel).unwrap();
        world.settle();
        assert_eq!(kestrel.gross(world, "2026-09"), ["15"]);
        assert!(kestrel.gross(world, "2026-10").is_empty());
    }
}
