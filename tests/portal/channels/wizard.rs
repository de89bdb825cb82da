//! The wizard that makes a channel.

use diesel::prelude::*;
use reseller_portal::channels::{PricePolicy, store};
use reseller_portal::db::schema::mails;
use reseller_portal::requests::resellers::{self, ResellerState};

use super::setting::{address, channels, create};
use crate::on_both;
use crate::support::World;
use crate::support::builders::{a_bundle, a_channel, a_reseller, an_account};

/// The bodies of the mails with the link to set a password.
fn activation_mails(world: &World) -> Vec<String> {
    let activations = mails::table.filter(mails::subject.like("Your channel is open%")).select(mails::body);
    world.read(|connection| activations.load(connection))
}

on_both! {
    fn four_steps_make_the_channel_with_its_currencies_bundles_and_policies(world) {
        let (one, two) = (a_bundle("ONE").recurring("10").build(world), a_bundle("TWO").recurring("20").build(world));
        a_bundle("DRAFT").state("draft").recurring("30").build(world);
        let kestrel = a_reseller("Kestrel").build(world).id;
        let root = world.root();
        let page = root.get(&address(kestrel)).expect(200);
        assert_eq!((page.h1(), page.field_value("code")), ("Create the channel of Kestrel".into(), "KESTREL".into()));
        let page = root.press(&page, "Continue", &[("code", "kest-1"), ("host", "cloud.kestrel.example"), ("may_import", "on")]);
        let page = root.press(&page.expect(200), "Continue", &[("currency", "USD"), ("currency", "EUR")]).expect(200);
        assert!(!page.main().contains("Bundle DRAFT"), "only what can be sold is offered");
        let [policy, floor, ceiling, margin] = ["policy", "floor", "ceiling", "margin"].map(|name| format!("{name}.{}", one.id));
        let (first, second) = (one.id.to_string(), two.id.to_string());
        let page = root.press(&page, "Continue", &[
            ("bundle", first.as_str()), ("bundle", second.as_str()), (policy.as_str(), "band"),
            (floor.as_str(), "90"), (ceiling.as_str(), "150.5"), (margin.as_str(), "5"),
        ]).expect(200);
        for said in ["kest-1", "cloud.kestrel.example", "USD, EUR", "Bundle ONE (band)", "Bundle TWO (locked)"] {
            assert!(page.main().contains(said), "{said}: {}", page.main());
        }
        assert!(channels(world).is_empty());
        let page = root.follow(&root.press(&page, "Create channel", &[]));
        assert_eq!(page.flash(), "The channel is open and the re-seller has its mail");

        let [channel] = channels(world).try_into().unwrap();
        assert_eq!((channel.reseller, channel.code.as_str()), (kestrel, "KEST-1"));
        assert_eq!(channel.host.unwrap().to_string(), "cloud.kestrel.example");
        assert!(channel.price_editable && channel.shows_reference && channel.may_import);
        assert_eq!(channel.currencies.iter().map(|one| one.code()).collect::<Vec<_>>(), ["EUR", "USD"]);
        let sold = world.read(|connection| store::bundles(connection, channel.id));
        assert_eq!(sold.len(), 2);
        let band = sold.iter().find(|sold| sold.bundle == one.id).unwrap();
        assert_eq!(band.policy, PricePolicy::Band);
        let limits = [band.band.floor, band.band.ceiling, band.band.min_margin].map(|limit| limit.unwrap().to_string());
        assert_eq!(limits, ["90", "150.5", "5"]);
        assert_eq!(sold.iter().find(|sold| sold.bundle == two.id).unwrap().policy, PricePolicy::Locked);
        assert_eq!(world.read(|connection| resellers::find(connection, kestrel)).state, ResellerState::Active);
        assert!(root.get("/audit?kind=channel").main().contains("Channel KEST-1 made for Kestrel"));
    }

    fn going_back_keeps_what_was_typed(world) {
        a_bundle("ONE").recurring("10").build(world);
        let kestrel = a_reseller("Kestrel").build(world).id;
        let root = world.root();
        let page = root.press(&root.get(&address(kestrel)), "Continue", &[("name", "Kestrel Cloud")]);
        let page = root.press(&page, "Back", &[("back", "1"), ("currency", "KWD")]).expect(200);
        assert_eq!(page.field_value("name"), "Kestrel Cloud");
        let page = root.press(&page, "Continue", &[]).expect(200);
        assert_eq!(page.attributes("input[name='currency'][checked]", "value"), ["KWD"]);
    }

    fn every_step_says_what_is_wrong(world) {
        let bundle = a_bundle("ONE").recurring("10").build(world);
        let kestrel = a_reseller("Kestrel").build(world).id;
        let root = world.root();
        let first = root.get(&address(kestrel));
        let page = root.press(&first, "Continue", &[("name", " "), ("code", "no spaces"), ("host", "not a host")]).expect(422);
        assert_eq!(page.error_of("name"), "Enter a name of 1 to 120 characters");
        assert!(!page.error_of("code").is_empty() && !page.error_of("host").is_empty());
        assert_eq!(page.field_value("code"), "no spaces");
        let page = root.press(&first, "Continue", &[]).expect(200);
        let none = root.post(&address(kestrel), &[("step", "currencies"), ("name", "K"), ("code", "K1")]).expect(422);
        assert_eq!(none.errors(), ["Choose one currency or more"]);
        let page = root.press(&page, "Continue", &[]).expect(200);
        let refused = root.press(&page, "Continue", &[]).expect(422);
        assert_eq!(refused.errors(), ["Choose one bundle or more"]);
        let name = |field: &str| format!("{field}.{}", bundle.id);
        let [policy, floor, ceiling, margin] = ["policy", "floor", "ceiling", "margin"].map(name);
        let id = bundle.id.to_string();
        let refused = root.press(&page, "Continue", &[
            ("bundle", id.as_str()), (policy.as_str(), "band"), (floor.as_str(), "120"),
            (ceiling.as_str(), "110"), (margin.as_str(), "100"),
        ]).expect(422);
        assert_eq!(refused.error_of(&ceiling), "Enter a ceiling that is not below the floor");
        assert_eq!(refused.error_of(&margin), "Enter a margin below 100");
        assert_eq!(refused.field_value(&floor), "120");
    }

    fn only_an_accepted_reseller_that_waits_gets_a_channel(world) {
        let bundle = a_bundle("ONE").recurring("10").build(world);
        let root = world.root();
        for state in ["suspended", "closed", "active"] {
            let other = a_reseller(&format!("A {state} one")).state(state).build(world).id;
            let refused = create(&root, other, "CODE", &bundle).expect(409);
            assert!(refused.main().contains(&format!("account is {state}")), "{}", refused.main());
            root.get(&address(other)).expect(409);
        }
        let absent = reseller_portal::values::ResellerId::generate();
        create(&root, absent, "CODE", &bundle).expect(404);
        let kestrel = a_reseller("Kestrel").build(world).id;
        create(&world.reseller(kestrel), kestrel, "CODE", &bundle).expect(403);
        assert_eq!(create(&world.anonymous(), kestrel, "CODE", &bundle).status, 303);
        assert!(channels(world).is_empty());
    }

    fn a_second_channel_leads_to_the_first(world) {
        let bundle = a_bundle("ONE").recurring("10").build(world);
        let kestrel = a_reseller("Kestrel").build(world).id;
        let first = a_channel(kestrel).build(world);
        let root = world.root();
        assert_eq!(root.get(&address(kestrel)).location(), format!("/channels/{first}"));
        let answer = create(&root, kestrel, "SECOND", &bundle);
        assert_eq!(answer.location(), format!("/channels/{first}"));
        assert_eq!(root.follow(&answer).flash(), "This re-seller has its channel already; nothing was made");
        assert_eq!(channels(world).len(), 1);
    }

    fn a_code_or_host_of_another_channel_is_refused_and_nothing_is_lost(world) {
        let bundle = a_bundle("ONE").recurring("10").build(world);
        a_channel(a_reseller("Halden").build(world).id).code("TAKEN").build(world);
        let kestrel = a_reseller("Kestrel").build(world).id;
        let root = world.root();
        let refused = create(&root, kestrel, "taken", &bundle).expect(422);
        assert_eq!(refused.error_of("code"), "Another channel has this code");
        assert_eq!((refused.field_value("code"), refused.field_value("bundle")), ("taken".into(), bundle.id.to_string()));
        assert_eq!((channels(world).len(), activation_mails(world).len()), (1, 0));
        create(&root, kestrel, "FREE", &bundle).expect(303);
    }

    fn the_activation_mail_comes_with_the_channel_and_its_link_sets_the_password_once(world) {
        let bundle = a_bundle("ONE").recurring("10").build(world);
        let kestrel = a_reseller("Kestrel").build(world).id;
        an_account("kim@kestrel.example").of(kestrel).build(world);
        an_account("someone@halden.example").of(a_reseller("Halden").build(world).id).build(world);
        assert!(activation_mails(world).is_empty());
        create(&world.root(), kestrel, "KEST", &bundle).expect(303);
        let [body] = activation_mails(world).try_into().unwrap();
        assert!(body.contains("User name: kim"), "{body}");
        let link = body.split_whitespace().find(|word| word.contains("/welcome/")).unwrap();
        let link = &link[link.find("/welcome/").unwrap()..];
        let chosen = [("password", "another long sentence"), ("again", "another long sentence")];
        let kim = world.anonymous();
        kim.get(link).expect(200);
        kim.post(link, &chosen).expect(303);
        kim.get("/prices").expect(200);
        world.anonymous().post(link, &[("password", "a thief's long sentence"), ("again", "a thief's long sentence")]).expect(410);
        let signed_in = world.anonymous().post("/sign-in", &[("name", "kim"), ("password", "another long sentence")]);
        assert_eq!(signed_in.location(), "/");
    }
}
