//! The search over everything: what is found, and by whom.

use crate::on_both;
use crate::support::World;
use crate::support::builders::{a_bundle, a_channel, a_customer, a_request, a_reseller, a_subscription};
use reseller_portal::values::ResellerId;

/// Kestrel sells Cloud Start to Orion, Finch sells it to Orion Textiles; Halden asks for an account. Returns Kestrel.
fn two_resellers(world: &World) -> ResellerId {
    let bundle = a_bundle("START").named("Cloud Start").recurring("100").build(world);
    a_request("Halden Systems").state("submitted").build(world);
    a_bundle("RARE").named("Rare metal").recurring("9").build(world);
    let [kestrel, _] = [("Kestrel", "KESTREL", "Orion"), ("Finch", "FINCH", "Orion Textiles")].map(
        |(name, code, customer)| {
            let reseller = a_reseller(name).build(world).id;
            let channel =
                a_channel(reseller).code(code).named(name).currencies(&["USD"]).sells(&bundle).build(world);
            let customer = a_customer(channel, customer).external(&format!("{code}-7")).build(world);
            a_subscription(customer, &bundle).from("2026-10-01").build(world);
            reseller
        },
    );
    kestrel
}

on_both! {
    fn root_finds_what_is_named_so_of_every_kind(world) {
        two_resellers(world);
        let root = world.root();
        let found = root.get("/search?q=kes").expect(200);
        for hit in ["/requests/", "/resellers/", "/channels/", "/customers/"] {
            assert!(found.html().contains(hit), "{hit}: {}", found.html());
        }
        let found = root.get("/search?q=orion").expect(200).main();
        assert!(found.contains("KESTREL-7, Kestrel") && found.contains("FINCH-7, Finch"), "{found}");
        assert!(root.get("/search?q=metal").expect(200).main().contains("Rare metal"));
        assert!(root.get("/search?q=halden").expect(200).main().contains("Halden Systems"));
        assert!(root.get("/search?q=s-9").expect(200).main().contains("Cloud Start of Orion"));
    }

    fn a_channel_is_found_with_and_without_its_accents(world) {
        let reseller = a_reseller("Rhein").build(world).id;
        let channel = a_channel(reseller).code("RHEIN").named("Zürich Süd").build(world);
        let root = world.root();
        for typed in ["zurich sud", "Z%C3%9CRICH", "s%C3%BCd"] {
            let address = format!("/channels/{channel}");
            assert!(root.get(&format!("/channels?q={typed}")).expect(200).main().contains("Zürich Süd"), "{typed}");
            assert!(root.get(&format!("/search?q={typed}")).expect(200).html().contains(&address), "{typed}");
        }
        let form = root.get(&format!("/channels/{channel}/edit")).expect(200);
        root.press(&form, "Save channel", &[("name", "Genève")]).expect(303);
        assert!(root.get("/channels?q=geneve").expect(200).main().contains("Genève"));
        assert!(!root.get("/channels?q=zurich").expect(200).main().contains("Genève"));
    }

    fn a_reseller_finds_its_own_and_nothing_of_others(world) {
        let kim = world.reseller(two_resellers(world));
        let found = kim.get("/search?q=orion").expect(200).main();
        assert!(found.contains("Orion") && !found.contains("Textiles") && !found.contains("FINCH"), "{found}");
        for others in ["finch", "halden", "metal", "FINCH-7"] {
            let found = kim.get(&format!("/search?q={others}")).expect(200).main();
            assert!(found.contains("Nothing is named or numbered"), "{others}: {found}");
        }
        assert!(kim.get("/search?q=cloud").expect(200).html().contains("href=\"/prices\""));
    }

    fn one_letter_is_too_short_and_signs_of_patterns_are_letters(world) {
        two_resellers(world);
        let root = world.root();
        assert!(root.get("/search?q=o").expect(200).main().contains("Enter two letters or more"));
        assert!(root.get("/search?q=%25%25").expect(200).main().contains("Nothing is named or numbered"));
        assert!(root.get("/search?q=__").expect(200).main().contains("Nothing is named or numbered"));
    }
}
