//! Prices whose reference price moved: kept, accepted, repriced, in bulk and all or none.

use super::setting::prices;
use crate::on_both;
use crate::support::builders::{a_bundle, a_channel, a_price, a_product, a_reseller};
use crate::support::{Client, Page};

/// The keys on the board, as its checkboxes hold them.
fn keys(board: &Page) -> Vec<String> {
    board.attributes("input[name='price']", "value")
}

fn decide(root: &Client, keys: &[String], action: &str, from: &str) -> Page {
    let mut fields: Vec<(&str, &str)> = keys.iter().map(|key| ("price", key.as_str())).collect();
    fields.extend([("action", action), ("from", from)]);
    root.post("/price-drift", &fields)
}

on_both! {
    fn drifted_prices_are_repriced_accepted_or_kept_in_bulk(world) {
        let cdn = a_product("CDN").unit("GB").build(world);
        let bundle = a_bundle("WEB").recurring("100").usage(cdn, "0.50").build(world);
        let plain = a_bundle("PLAIN").recurring("10").build(world);
        let channels = ["Aldous", "Brix", "Corvin"].map(|name| {
            let reseller = a_reseller(name).build(world).id;
            let channel = a_channel(reseller).named(name).sells(&bundle).sells(&plain).build(world);
            a_price(&bundle, &["120", "0.75"]).of(channel).from("2026-03-01").build(world);
            channel
        });
        let root = world.root();
        assert!(root.get("/price-drift").expect(200).main().contains("No price drifted"));
        a_price(&bundle, &["110", "0.40"]).from("2026-12-15").build(world);
        a_price(&plain, &["12"]).from("2026-12-15").build(world);
        let board = root.get("/price-drift").expect(200);
        assert_eq!(board.texts("main h2").len(), 4, "one for each channel, and the decision");
        assert_eq!(board.row("Monthly")[1..], ["$100.00", "$110.00", "$120.00", "8.3%", "$132.00"]);
        assert!(root.get("/channels").expect(200).has_link("Price drift"));
        // A closed door first: no day, nothing chosen.
        let all = keys(&board);
        assert_eq!(decide(&root, &[], "reprice", "2026-12-15").expect(422).error_of("price"), "Choose one price or more");
        assert_eq!(decide(&root, &all, "reprice", "soon").expect(422).error_of("from"), "Enter the first day");
        let page = root.follow(&decide(&root, &all[..1], "reprice", "2026-12-15"));
        assert_eq!(page.flash(), "1 channel price is moved from 15 December 2026");
        // What is gone from the board is not decided again, and nothing of the same act is.
        assert!(decide(&root, &all, "accept", "2026-12-15").expect(422).main().contains("changed meanwhile"));
        assert_eq!(prices(world, channels[1], &bundle).len(), 1);
        root.follow(&decide(&root, &all[1..2], "accept", "2026-12-15"));
        let page = root.follow(&decide(&root, &all[2..], "keep", ""));
        assert!(page.main().contains("No price drifted"));
        let last = |place: usize| prices(world, channels[place], &bundle).pop().unwrap();
        assert_eq!([last(0), last(1), last(2)], ["2026-12-15 132", "2026-12-15 110", "2026-03-01 120"]);
        // A kept price is back when its reference moves once more.
        a_price(&bundle, &["115", "0.40"]).from("2027-02-01").build(world);
        let board = root.get("/price-drift").expect(200);
        assert_eq!(keys(&board).len(), 3);
    }

    fn one_refused_price_leaves_all_as_they_are(world) {
        let bundle = a_bundle("WEB").recurring("100").build(world);
        let channels = ["Aldous", "Brix"].map(|name| {
            let channel = a_channel(a_reseller(name).build(world).id).sells(&bundle).build(world);
            a_price(&bundle, &["120"]).of(channel).from("2026-03-01").build(world);
            channel
        });
        a_price(&bundle, &["110"]).from("2026-12-15").build(world);
        let root = world.root();
        let board = root.get("/price-drift").expect(200);
        // From the very day of a price in effect: refused for both.
        let page = decide(&root, &keys(&board), "accept", "2026-03-01").expect(422);
        assert!(page.error_of("price").contains("A price of that day is in effect already"), "{}", page.main());
        assert_eq!(keys(&page), keys(&board));
        assert!(channels.iter().all(|channel| prices(world, *channel, &bundle) == ["2026-03-01 120"]));
    }

    fn a_new_bundle_is_given_to_chosen_channels_with_one_policy(world) {
        let old = a_bundle("OLD").recurring("10").build(world);
        let new = a_bundle("NEW").recurring("20").build(world);
        let [aldous, brix] = ["Aldous", "Brix"].map(|name| a_reseller(name).build(world).id);
        let channels = [aldous, brix].map(|reseller| a_channel(reseller).sells(&old).build(world));
        let root = world.root();
        let address = format!("/bundles/{}/channels", new.id);
        assert_eq!(root.get(&format!("/bundles/{}", new.id)).expect(200).link("Give it to channels"), address);
        let none = root.post(&address, &[]).expect(422);
        assert_eq!(none.error_of("channel"), "Choose one channel or more");
        let (policy, floor) = (format!("policy.{}", new.id), format!("floor.{}", new.id));
        let chosen = channels[0].to_string();
        let typed = [("channel", chosen.as_str()), (policy.as_str(), "band"), (floor.as_str(), "low")];
        let wrong = root.post(&address, &typed).expect(422);
        assert_eq!((wrong.field_value(&floor).as_str(), wrong.has("input[name='channel'][checked]")), ("low", true));
        let typed = [("channel", chosen.as_str()), (policy.as_str(), "band"), (floor.as_str(), "90")];
        let page = root.follow(&root.post(&address, &typed));
        assert_eq!(page.flash(), "1 channel sells the bundle now");
        assert!(world.reseller(aldous).get("/prices").expect(200).main().contains("floor 90% of the reference price"));
        let other = world.reseller(brix).get("/prices").expect(200).main();
        assert!(other.contains("Bundle OLD") && !other.contains("Bundle NEW"));
        let page = root.get(&address).expect(200);
        assert_eq!(page.attributes("input[name='channel']", "value"), [channels[1].to_string()]);
        // Giving it again to a channel that has it changes nothing.
        root.post(&address, &[("channel", chosen.as_str())]).expect(422);
        let draft = a_bundle("DRAFT").recurring("1").state("draft").build(world);
        root.get(&format!("/bundles/{}/channels", draft.id)).expect(409);
    }
}
