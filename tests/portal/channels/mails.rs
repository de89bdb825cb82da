//! Who is told by mail of a price request, and of what the provider does to a channel.

use reseller_portal::values::StaffRole::{Finance, Seller};

use super::bulk::{NO_FILE, send};
use super::setting::set;
use crate::on_both;
use crate::support::World;
use crate::support::builders::{a_bundle, a_channel, a_price, a_price_request, a_reseller, an_account};

/// Asks for a price, and what can be done with it.
fn asked(world: &World) -> String {
    let bundle = a_bundle("ONE").recurring("100").build(world);
    let kestrel = a_reseller("Kestrel").build(world).id;
    let channel = a_channel(kestrel).sells_within(&bundle, "90", "150", "").build(world);
    an_account("kim@kestrel.example").of(kestrel).build(world);
    an_account("sam@kestrel.example").of(kestrel).role(Seller).build(world);
    an_account("root@northgate.example").build(world);
    an_account("finn@northgate.example").role(Finance).build(world);
    format!("/price-requests/{}", a_price_request(world, kestrel, channel, &bundle, "80"))
}

on_both! {
    fn a_price_request_tells_who_sets_prices_and_its_end_who_asked(world) {
        let mut path = String::new();
        assert_eq!(world.told(|| path = asked(world)), ["root@northgate.example price_asked"]);
        assert!(world.written()[0].1.contains("A competitor is cheaper"));
        let fields = [("from", "2027-01-01"), ("answer", "For this year")];
        let told = world.told(|| { world.root().post(&format!("{path}/approval"), &fields).expect(303); });
        assert_eq!(told, ["kim@kestrel.example price_approved"]);
        let text = world.written().pop().unwrap().1;
        assert!(text.contains("From: 1 January 2027") && text.contains("For this year"), "{text}");
    }

    fn a_refusal_tells_why(world) {
        let path = asked(world);
        let told = world.told(|| { world.root().post(&format!("{path}/refusal"), &[("answer", "Below our cost of sales")]).expect(303); });
        assert_eq!(told, ["kim@kestrel.example price_declined"]);
        assert!(world.written().pop().unwrap().1.contains("Below our cost of sales"));
    }

    fn a_withdrawal_tells_who_chose_it(world) {
        let path = asked(world);
        world.root().submit("/account/mail", &[("price_request", "price_withdrawn")]).expect(200);
        let kim = world.session_of(an_account("kim@kestrel.example").build(world));
        let told = world.told(|| { kim.post(&format!("{path}/withdrawal"), &[]).expect(303); });
        assert_eq!(told, ["root@northgate.example price_withdrawn"]);
    }

    fn prices_that_the_provider_sets_are_told_to_the_re_seller_and_its_own_are_not(world) {
        let bundle = a_bundle("ONE").recurring("100").build(world);
        let kestrel = a_reseller("Kestrel").build(world).id;
        let channel = a_channel(kestrel).sells(&bundle).build(world);
        let kim = an_account("kim@kestrel.example").of(kestrel).build(world);
        let (root, kim) = (world.root(), world.session_of(kim));
        let kim_is_told = ["kim@kestrel.example prices_set"];
        let said = |text: &str| assert!(world.written().pop().unwrap().1.contains(text), "{text}");

        assert_eq!(world.told(|| { set(&root, channel, &bundle, "2026-12-01", &["110"]).expect(303); }), kim_is_told);
        said("Prices: Bundle ONE in USD");
        said("From: 1 December 2026");
        let by_percent = [("percent", "5"), ("step", "save"), ("from", "2026-12-05")];
        assert_eq!(world.told(|| { send(&root, channel, &by_percent, &NO_FILE).expect(303); }), kim_is_told);
        said("Prices: 1 price");
        a_price(&bundle, &["120"]).from("2026-12-10").build(world);
        let board = root.get("/price-drift").expect(200);
        let key = board.attributes("input[name='price']", "value").remove(0);
        let drift = |action: &str| {
            let fields = [("price", key.as_str()), ("action", action), ("from", "2026-12-20")];
            world.told(|| { root.post("/price-drift", &fields).expect(303); })
        };
        assert_eq!(drift("accept"), kim_is_told);
        said("Prices: 1 channel price");
        let prices = format!("/channels/{channel}/prices/{}/USD/history", bundle.id);
        let history = root.get(&prices).expect(200);
        let told = world.told(|| { root.press(&history, "Drop planned price from 1 Dec 2026", &[]).expect(303); });
        assert_eq!(told, kim_is_told);
        said("Prices: Bundle ONE in USD");
        said("No longer planned for: 1 December 2026");

        let of_their_own = world.told(|| {
            set(&kim, channel, &bundle, "2027-01-01", &["130"]).expect(303);
            let by_percent = [("percent", "1"), ("step", "save"), ("from", "2027-01-05")];
            send(&kim, channel, &by_percent, &NO_FILE).expect(303);
            let own = kim.get(&prices).expect(200);
            kim.press(&own, "Drop planned price from 1 Jan 2027", &[]).expect(303);
        });
        assert!(of_their_own.is_empty(), "{of_their_own:?}");
    }

    fn what_is_kept_changes_no_price_and_is_told_to_nobody(world) {
        let bundle = a_bundle("ONE").recurring("100").build(world);
        let kestrel = a_reseller("Kestrel").build(world).id;
        let channel = a_channel(kestrel).sells(&bundle).build(world);
        an_account("kim@kestrel.example").of(kestrel).build(world);
        a_price(&bundle, &["110"]).of(channel).from("2026-03-01").build(world);
        a_price(&bundle, &["120"]).from("2026-12-10").build(world);
        let root = world.root();
        let key = root.get("/price-drift").expect(200).attributes("input[name='price']", "value").remove(0);
        let fields = [("price", key.as_str()), ("action", "keep"), ("from", "")];
        assert!(world.told(|| { root.post("/price-drift", &fields).expect(303); }).is_empty());
    }

    fn a_bundle_that_is_given_to_a_channel_is_told_to_its_people(world) {
        let kestrel = a_reseller("Kestrel").build(world).id;
        let channel = a_channel(kestrel).build(world).to_string();
        an_account("kim@kestrel.example").of(kestrel).build(world);
        an_account("sam@kestrel.example").of(kestrel).role(Seller).build(world);
        let bundle = a_bundle("ONE").recurring("100").build(world);
        let fields = [("channel", channel.as_str()), (&format!("policy.{}", bundle.id), "free")];
        let told = world.told(|| { world.root().post(&format!("/bundles/{}/channels", bundle.id), &fields).expect(303); });
        assert_eq!(told, ["kim@kestrel.example bundle_added", "sam@kestrel.example bundle_added"]);
        assert!(world.written().pop().unwrap().1.contains("Bundle: Bundle ONE"));
    }
}
