//! Reference prices: dated versions, never edited once in effect, planned ones changed or dropped until their day.

use reseller_portal::catalog::{NewPriceVersion, PriceConcern, PriceRefusal, PriceValue, price_store};
use reseller_portal::db::Failure;

use crate::on_both;
use crate::support::builders::{Bundle, a_bundle, a_channel, a_price, a_product, a_reseller, day};
use crate::support::{Client, Page, World};

/// Sends the price form of a bundle, with these prices in the order of its charges.
fn set(root: &Client, bundle: &Bundle, from: &str, prices: &[&str], more: &[(&str, &str)]) -> Page {
    let page = root.get(&format!("/bundles/{}/prices/USD", bundle.id));
    let names: Vec<String> = bundle.charges.iter().map(|charge| format!("price-{charge}")).collect();
    let mut fields = vec![("from", from), ("reason", "Power is dearer")];
    fields.extend(names.iter().map(String::as_str).zip(prices.iter().copied()));
    fields.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    fields.extend(more);
    root.press(&page, "Save prices", &fields)
}

fn days(world: &World, bundle: &Bundle) -> Vec<String> {
    let usd = "USD".parse().unwrap();
    let versions = world.read(|connection| price_store::versions(connection, None, bundle.id, usd));
    versions.iter().map(|version| version.effective_from.to_string()).collect()
}

on_both! {
    fn a_price_from_an_earlier_day_asks_to_rate_the_months_since_again(world) {
        let root = world.root();
        let bundle = a_bundle("CMP-S").recurring("36").build(world);
        let kestrel = a_reseller("Kestrel").build(world);
        let (sells, idle) = (a_channel(kestrel.id).sells(&bundle), a_reseller("Opal").build(world));
        let (sells, idle) = (sells.build(world), a_channel(idle.id).build(world));
        let page = root.follow(&set(&root, &bundle, "2026-09-15", &["38"], &[]));
        assert!(page.flash().contains("from 15 September 2026; the months since are rated again"));
        assert_eq!(world.months_to_rate(sells), ["2026-09", "2026-10", "2026-11"]);
        assert!(world.months_to_rate(idle).is_empty());
        assert_eq!(page.rows().iter().filter(|row| row[0].contains("Sep 2026")).count(), 1);
    }

    fn a_price_of_a_later_month_waits_for_its_day(world) {
        let root = world.root();
        let bundle = a_bundle("CMP-S").recurring("36").build(world);
        let channel = a_channel(a_reseller("Kestrel").build(world).id).sells(&bundle).build(world);
        let page = root.follow(&set(&root, &bundle, "2026-12-01", &["38"], &[]));
        assert!(page.row("1 Dec 2026")[0].contains("Planned"));
        assert!(page.row("1 Jan 2025")[0].contains("Current"));
        assert!(world.months_to_rate(channel).is_empty());
        assert_eq!(root.get("/bundles").row("CMP-S")[4], "1 Dec 2026");
        world.clock.set("2026-12-01T00:00:00Z");
        let page = world.root().get(&format!("/bundles/{}", bundle.id));
        assert!(page.row("1 Dec 2026")[0].contains("Current") && page.row("1 Jan 2025")[0].contains("Ended"));
    }

    fn a_planned_price_moves_to_another_day_and_is_dropped(world) {
        let root = world.root();
        let bundle = a_bundle("CMP-S").recurring("36").build(world);
        let planned = a_price(&bundle, &["40"]).from("2026-12-01").build(world);
        let page = root.get(&format!("/bundles/{}/prices/USD?version={planned}", bundle.id));
        assert_eq!(page.field_value(&format!("price-{}", bundle.charges[0])), "40.00");
        root.press(&page, "Save prices", &[("from", "2027-01-01"), ("reason", "Later")]).expect(303);
        assert_eq!(days(world, &bundle), ["2025-01-01", "2027-01-01"]);
        let page = root.get(&format!("/bundles/{}", bundle.id));
        let page = root.follow(&root.press(&page, "Drop prices from 2027-01-01", &[]));
        assert_eq!(page.flash(), "The planned prices are dropped");
        assert_eq!(days(world, &bundle), ["2025-01-01"]);
    }

    fn a_price_in_effect_is_never_edited(world) {
        let root = world.root();
        let bundle = a_bundle("CMP-S").recurring("36").build(world);
        let first = a_price(&bundle, &["37"]).from("2026-11-23").build(world);
        let refused = set(&root, &bundle, "2026-11-23", &["1"], &[]).expect(422);
        assert!(refused.error_of("from").contains("in effect already"));
        assert_eq!(refused.field_value(&format!("price-{}", bundle.charges[0])), "1");
        let version = first.to_string();
        set(&root, &bundle, "2027-01-01", &["1"], &[("version", version.as_str())]).expect(422);
        root.post(&format!("/bundles/{}/prices/USD/{first}/removal", bundle.id), &[]).expect(422);
        assert!(root.get(&format!("/bundles/{}", bundle.id)).main().contains("$37.00"));
        set(&root, &bundle, "2026-10-01", &["38"], &[]).expect(303);
        assert_eq!(days(world, &bundle), ["2025-01-01", "2026-10-01", "2026-11-23"]);
    }

    fn every_field_says_what_is_wrong_and_keeps_what_was_typed(world) {
        let root = world.root();
        let storage = a_product("STO-BLK").build(world);
        let bundle = a_bundle("CMP-S").recurring("36").usage(storage, "0.01").cost_plus(a_product("AZ").build(world), "10");
        let bundle = bundle.build(world);
        let [monthly, usage, resold] = [0, 1, 2].map(|place| format!("price-{}", bundle.charges[place]));
        let refused = set(&root, &bundle, "soon", &["36.125", "0.00000000001", "-101"], &[("reason", "")]).expect(422);
        assert_eq!(refused.error_of(&monthly), "Enter a price with at most 2 decimals, as USD has");
        assert_eq!(refused.error_of(&usage), "Enter a price below 10,000,000,000 with at most 10 decimals");
        assert_eq!(refused.error_of(&resold), "Enter a percent of -100 or more");
        assert_eq!(refused.error_of("from"), "Enter a day as 2026-11-23");
        assert!(refused.error_of("reason").starts_with("Enter why"));
        assert_eq!(refused.field_value(&monthly), "36.125");
        let refused = set(&root, &bundle, "2027-01-01", &["", "x", " "], &[]).expect(422);
        assert_eq!(refused.error_of(&monthly), "Enter a price");
        assert_eq!(refused.error_of(&resold), "Enter a percent");
        set(&root, &bundle, "2027-01-01", &["1,236.5", "0.0000000001", "12.5"], &[]).expect(303);
        let row = root.get(&format!("/bundles/{}", bundle.id)).row("1 Jan 2027");
        for price in ["$1,236.50", "$0.0000000001", "cost + 12.5%"] {
            assert!(row[1].contains(price), "{row:?}");
        }
    }

    fn a_price_for_new_subscriptions_leaves_the_old_one_to_earlier_ones(world) {
        let root = world.root();
        let bundle = a_bundle("CMP-S").recurring("36").build(world);
        let page = root.follow(&set(&root, &bundle, "2026-11-01", &["38"], &[("concerns", "new")]));
        assert!(page.row("1 Nov 2026")[0].contains("Current New subscriptions only"));
        assert!(page.row("1 Jan 2025")[0].contains("Current Subscriptions from before 1 Nov 2026"));
    }

    fn the_prices_of_a_draft_change_whatever_their_day(world) {
        let root = world.root();
        let bundle = a_bundle("CMP-S").state("draft").recurring("36").build(world);
        set(&root, &bundle, "2025-01-01", &["38"], &[]).expect(303);
        let page = root.get(&format!("/bundles/{}", bundle.id));
        assert!(page.main().contains("$38.00"));
        root.press(&page, "Drop prices from 2025-01-01", &[]).expect(303);
        assert!(days(world, &bundle).is_empty());
    }

    fn another_bundles_version_and_an_unknown_currency_are_not_found(world) {
        let root = world.root();
        let (one, two) = (a_bundle("ONE").recurring("1").build(world), a_bundle("TWO").recurring("1").build(world));
        let planned = a_price(&two, &["2"]).from("2027-01-01").build(world);
        root.get(&format!("/bundles/{}/prices/USD?version={planned}", one.id)).expect(404);
        root.post(&format!("/bundles/{}/prices/USD/{planned}/removal", one.id), &[]).expect(404);
        set(&root, &one, "2027-01-01", &["3"], &[("version", &planned.to_string())]).expect(404);
        root.get(&format!("/bundles/{}/prices/XXX", one.id)).expect(404);
        assert_eq!(days(world, &two), ["2025-01-01", "2027-01-01"]);
        let chosen = root.get(&format!("/bundles/{}/prices?currency=EUR", one.id));
        assert_eq!(chosen.location(), format!("/bundles/{}/prices/EUR", one.id));
    }

    fn both_books_keep_their_own_versions(world) {
        let bundle = a_bundle("CMP-S").recurring("36").build(world);
        let channel = a_channel(a_reseller("Kestrel").build(world).id).sells(&bundle).build(world);
        let new = NewPriceVersion {
            channel: Some(channel),
            bundle: bundle.id,
            currency: "USD".parse().unwrap(),
            effective_from: day("2026-11-01"),
            concerns: PriceConcern::Existing,
            reason: "Ours".into(),
            values: [(bundle.charges[0], PriceValue::Unit("48".parse().unwrap()))].into(),
        };
        let saved = world.try_write(|connection| price_store::save(connection, &new, &world.act())).unwrap();
        let book = world.read(|connection| price_store::book(connection, Some(channel)));
        assert_eq!(book.iter().map(|version| version.id).collect::<Vec<_>>(), [saved]);
        assert_eq!(book[0].values, new.values);
        assert_eq!(days(world, &bundle), ["2025-01-01"]);
        assert_eq!(world.months_to_rate(channel), ["2026-11"]);
        let other = NewPriceVersion { values: [(bundle.charges[0], PriceValue::CostPlus("5".parse().unwrap()))].into(), effective_from: day("2026-12-01"), ..new.clone() };
        let refused = world.try_write(|connection| price_store::save(connection, &other, &world.act()));
        assert!(matches!(refused, Err(Failure::Refused(PriceRefusal::Values(faults))) if faults.len() == 1));
        let again = world.try_write(|connection| price_store::save(connection, &new, &world.act()));
        assert!(matches!(again, Err(Failure::Refused(PriceRefusal::InEffect))));
    }
}
