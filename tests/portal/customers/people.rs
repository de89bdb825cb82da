//! Customers: added by either side, unique by the re-seller's own id, out of everybody else's sight.

use crate::on_both;
use crate::support::builders::{a_bundle, a_channel, a_customer, a_reseller, a_subscription};

const ALDOUS: [(&str, &str); 4] =
    [("external_id", "A-17"), ("name", "Aldous & Sons"), ("country", "NO"), ("currency", "USD")];

on_both! {
    fn a_reseller_adds_a_customer_to_its_channel(world) {
        let kestrel = a_reseller("Kestrel").build(world);
        a_channel(kestrel.id).named("Kestrel Cloud").build(world);
        let reseller = world.reseller(kestrel.id);
        let page = reseller.submit("/customers/new", &ALDOUS);
        assert_eq!((page.h1(), page.flash()), ("Aldous & Sons".into(), "Customer Aldous & Sons added".into()));
        assert!(page.main().contains("Customer of Kestrel Cloud") && page.main().contains("Norway"));
        assert!(page.texts(".timeline li")[0].contains("Customer Aldous & Sons made by Kim Kestrel"));
    }

    fn root_says_which_channel(world) {
        let (kestrel, opal) = (a_reseller("Kestrel").build(world), a_reseller("Opal").build(world));
        let channel = a_channel(kestrel.id).named("Kestrel Cloud").build(world);
        a_channel(opal.id).build(world);
        let root = world.root();
        let refused = root.post("/customers/new", &ALDOUS).expect(422);
        assert_eq!(refused.error_of("channel"), "Choose a channel");
        assert_eq!(refused.field_value("name"), "Aldous & Sons");
        let channel = channel.to_string();
        let fields = [ALDOUS.as_slice(), &[("channel", channel.as_str())]].concat();
        assert!(root.submit("/customers/new", &fields).main().contains("Kestrel Cloud"));
    }

    fn an_id_is_used_once_in_a_channel(world) {
        let (kestrel, opal) = (a_reseller("Kestrel").build(world), a_reseller("Opal").build(world));
        let own = a_channel(kestrel.id).build(world);
        a_customer(own, "First").external("A-17").build(world);
        a_channel(opal.id).build(world);
        let refused = world.reseller(kestrel.id).post("/customers/new", &ALDOUS).expect(422);
        assert_eq!(refused.error_of("external_id"), "Another customer of this channel has this id");
        assert_eq!(refused.field_value("country"), "NO");
        world.reseller(opal.id).post("/customers/new", &ALDOUS).expect(303);
        let other = a_customer(own, "Second").build(world);
        let edit = format!("/customers/{}/edit", other.id);
        world.reseller(kestrel.id).post(&edit, &ALDOUS).expect(422);
    }

    fn each_missing_field_says_what_to_enter(world) {
        let kestrel = a_reseller("Kestrel").build(world);
        a_channel(kestrel.id).build(world);
        let reseller = world.reseller(kestrel.id);
        let refused = reseller.post("/customers/new", &[]).expect(422);
        assert_eq!(refused.errors().len(), 4, "{:?}", refused.errors());
        let fields = [ALDOUS.as_slice(), &[("currency", "EUR")]].concat();
        let fields: Vec<_> = fields.into_iter().filter(|(name, value)| *name != "currency" || *value == "EUR").collect();
        let refused = reseller.post("/customers/new", &fields).expect(422);
        assert_eq!(refused.error_of("currency"), "Choose a currency that the channel sells in");
    }

    fn the_currency_is_fixed_once_the_customer_subscribed(world) {
        let kestrel = a_reseller("Kestrel").build(world);
        let bundle = a_bundle("CMP-S").recurring("36").build(world);
        let channel = a_channel(kestrel.id).currencies(&["USD", "EUR"]).sells(&bundle).build(world);
        let customer = a_customer(channel, "Aldous").build(world);
        let reseller = world.reseller(kestrel.id);
        let edit = format!("/customers/{}/edit", customer.id);
        let page = reseller.get(&edit);
        let page = reseller.follow(&reseller.press(&page, "Save customer", &[("currency", "EUR")]));
        assert!(page.main().contains("EUR"));
        a_subscription(customer, &bundle).build(world);
        let page = reseller.get(&edit);
        assert!(!page.has("select[name='currency']"));
        let page = reseller.submit(&edit, &[ALDOUS.as_slice(), &[]].concat());
        assert_eq!(page.h1(), "Aldous & Sons");
        assert!(page.main().contains("EUR"), "the currency that was sent does not count");
    }

    fn another_resellers_customer_is_as_absent(world) {
        let (kestrel, opal) = (a_reseller("Kestrel").build(world), a_reseller("Opal").build(world));
        let customer = a_customer(a_channel(kestrel.id).build(world), "Aldous").build(world);
        let foreign = a_channel(opal.id).build(world).to_string();
        let opal = world.reseller(opal.id);
        let customer = format!("/customers/{}", customer.id);
        for path in ["", "/edit", "/subscriptions/new"] {
            opal.get(&format!("{customer}{path}")).expect(404);
        }
        opal.post(&format!("{customer}/edit"), &ALDOUS).expect(404);
        opal.post(&format!("{customer}/subscriptions/new"), &[]).expect(404);
        let kestrel = world.reseller(kestrel.id);
        kestrel.get(&customer).expect(200);
        let page = kestrel.submit("/customers/new", &[ALDOUS.as_slice(), &[("channel", foreign.as_str())]].concat());
        assert!(!page.main().contains("Opal"), "a re-seller's customer is made in its own channel");
    }

    fn a_reseller_without_a_channel_is_told_so(world) {
        let kestrel = a_reseller("Kestrel").build(world);
        let reseller = world.reseller(kestrel.id);
        assert!(reseller.get("/customers/new").main().contains("No channel yet"));
        reseller.post("/customers/new", &ALDOUS).expect(422);
        assert!(reseller.get("/customers").main().contains("No customers yet"));
    }
}
