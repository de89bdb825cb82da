//! Changing a channel and what it sells.

use reseller_portal::channels::store;

use super::setting::channels;
use crate::on_both;
use crate::support::builders::{a_bundle, a_channel, a_reseller};

on_both! {
    fn a_change_from_an_old_view_is_refused_and_changes_nothing(world) {
        let bundle = a_bundle("ONE").recurring("10").build(world);
        let channel = a_channel(a_reseller("Kestrel").build(world).id).named("First").sells(&bundle).build(world);
        let (one, other) = (world.root(), world.root());
        let (edit, sold) = (format!("/channels/{channel}/edit"), format!("/channels/{channel}/bundles"));
        let (old_edit, old_sold) = (one.get(&edit).expect(200), one.get(&sold).expect(200));
        let saved = other.follow(&other.press(&other.get(&edit), "Save channel", &[("name", "Second")]));
        assert_eq!((saved.flash(), saved.h1()), ("The channel is saved".into(), "Second".into()));
        let refused = one.press(&old_edit, "Save channel", &[("name", "Third")]).expect(409);
        assert!(refused.main().contains("Somebody changed the channel since you opened it"), "{}", refused.main());
        let policy = format!("policy.{}", bundle.id);
        one.press(&old_sold, "Save bundles", &[(policy.as_str(), "locked")]).expect(409);
        let now = channels(world).remove(0);
        assert_eq!((now.name.as_str(), now.revision), ("Second", 2));
        let sold = world.read(|connection| store::bundles(connection, channel));
        assert_eq!(sold[0].policy.as_str(), "free");
    }

    fn a_code_of_another_channel_is_refused_beside_the_field(world) {
        a_channel(a_reseller("Halden").build(world).id).code("TAKEN").build(world);
        let channel = a_channel(a_reseller("Kestrel").build(world).id).code("OWN").build(world);
        let root = world.root();
        let page = root.get(&format!("/channels/{channel}/edit"));
        let refused = root.press(&page, "Save channel", &[("code", "Taken")]).expect(422);
        assert_eq!(refused.error_of("code"), "Another channel has this code");
        assert_eq!(refused.field_value("code"), "Taken");
        // Its own code is no other channel's.
        root.press(&page, "Save channel", &[("name", "Kestrel Cloud")]).expect(303);
        assert_eq!(root.get(&format!("/channels/{channel}")).h1(), "Kestrel Cloud");
    }

    fn a_bundle_that_is_left_out_is_switched_off_and_keeps_its_policy(world) {
        let (one, two) = (a_bundle("ONE").recurring("10").build(world), a_bundle("TWO").recurring("20").build(world));
        let channel = a_channel(a_reseller("Kestrel").build(world).id).sells_within(&one, "90", "110", "").sells(&two).build(world);
        let root = world.root();
        let page = root.get(&format!("/channels/{channel}/bundles"));
        let two_only = two.id.to_string();
        root.press(&page, "Save bundles", &[("bundle", two_only.as_str())]).expect(303);
        let sold = world.read(|connection| store::bundles(connection, channel));
        let of_one = sold.iter().find(|sold| sold.bundle == one.id).unwrap();
        assert!(!of_one.enabled && of_one.policy.as_str() == "band" && of_one.band.floor.is_some());
        assert!(sold.iter().any(|sold| sold.bundle == two.id && sold.enabled));
        assert!(root.get(&format!("/channels/{channel}")).main().contains("sells 1 bundle"));
        assert!(root.get("/audit?kind=channel").main().contains("sells 1 bundle"));
    }

    fn changes_are_in_the_audit_log_with_who_did_them(world) {
        let channel = a_channel(a_reseller("Kestrel").build(world).id).code("KEST").build(world);
        let root = world.root();
        let page = root.get(&format!("/channels/{channel}/edit"));
        root.press(&page, "Save channel", &[("name", "Renamed")]).expect(303);
        let row = root.get("/audit?kind=channel").row("Channel KEST changed").join(" ");
        assert!(row.contains("Rosa Root"), "{row}");
        // The channel's own page tells it as well.
        assert!(root.get(&format!("/channels/{channel}")).main().contains("Channel KEST changed"));
    }

    fn a_currency_is_added_but_never_taken_away(world) {
        let channel = a_channel(a_reseller("Kestrel").build(world).id).currencies(&["USD", "NOK"]).build(world);
        let root = world.root();
        let page = root.get(&format!("/channels/{channel}/edit"));
        root.press(&page, "Save channel", &[("currency", "EUR")]).expect(303);
        let codes: Vec<_> = channels(world).remove(0).currencies.iter().map(|one| one.code()).collect();
        assert_eq!(codes, ["EUR", "NOK", "USD"]);
    }
}
