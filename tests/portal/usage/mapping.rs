//! Mapping a source's names to customers and products.

use reseller_portal::usage::Format;

use super::setting::*;
use crate::on_both;
use crate::support::{Client, Page, World};

const FOCUS: &str = "SubAccountId,SubAccountName,ServiceName,SkuId,ChargePeriodStart,ChargePeriodEnd,ListCost,BillingCurrency\n\
    77,Atlas,S3,K-1,2026-10-01,2026-10-02,0.1,USD\n\
    77,Atlas,S3,K-2,2026-10-01,2026-10-02,0.2,USD\n\
    88,Orion,S3,K-1,2026-10-01,2026-10-02,0.4,USD\n";

fn with_waiting_rows(world: &World) -> (Setting, Client, Page) {
    let kestrel = kestrel(world);
    import(world, kestrel.channel, Format::Focus, FOCUS.as_bytes(), 0).unwrap();
    let own = world.reseller(kestrel.reseller);
    let page = own.get("/usage/mapping").expect(200);
    (kestrel, own, page)
}

/// The form's field that maps a name.
fn field_of(page: &Page, name: &str) -> String {
    let form = page.form("Save mapping");
    let named = form.iter().find(|(field, value)| field.starts_with("name.") && value == name);
    named.unwrap_or_else(|| panic!("{name}: {form:?}")).0.replace("name.", "to.")
}

on_both! {
    fn mapped_names_are_remembered_and_mend_what_waits(world) {
        let (kestrel, own, page) = with_waiting_rows(world);
        let (account, service) = (field_of(&page, "77"), field_of(&page, "S3"));
        let answer = own.press(&page, "Save mapping", &[(&account, "NORD"), (&service, "RESOLD")]);
        let after = own.follow(&answer);
        assert_eq!(after.flash(), "Mapping saved; 2 rows can be rated now");
        let sums = daily(world, kestrel.channel);
        assert_eq!((cost(&sums).to_string().as_str(), records(&sums)), ("0.3", 2));
        assert_eq!(after.field_value(&field_of(&after, "77")), "NORD");

        let next = FOCUS.replace("2026-10", "2026-11").replace("88,Orion", "77,Atlas");
        let tally = import(world, kestrel.channel, Format::Focus, next.as_bytes(), 0).unwrap();
        assert_eq!((tally.accepted, tally.unrated), (3, 0));
        assert!(world.root().get("/audit?kind=mapping").main().contains("Mapped 2 names of focus"));
    }

    fn a_sku_can_stand_for_another_product_than_its_service(world) {
        let (kestrel, own, page) = with_waiting_rows(world);
        let fields = [field_of(&page, "77"), field_of(&page, "88"), field_of(&page, "S3"), field_of(&page, "K-2")];
        let [one, other, service, sku] = fields.each_ref().map(String::as_str);
        own.press(&page, "Save mapping", &[(one, "NORD"), (other, "Nordlys"), (service, "RESOLD"), (sku, "DISK")]);
        // The SKU's own product counts by the GB, which the row does not.
        assert_eq!(cost(&daily(world, kestrel.channel)).to_string(), "0.5");
        assert!(own.get("/usage/unrated").row("Other unit").join(" ").contains("K-2"));
    }

    fn an_unknown_name_comes_back_with_its_message_and_what_was_typed(world) {
        let (_, own, page) = with_waiting_rows(world);
        let account = field_of(&page, "77");
        let answer = own.press(&page, "Save mapping", &[(&account, "Nobody")]).expect(422);
        assert_eq!(answer.errors(), ["No customer has the id or the name “Nobody”"]);
        assert_eq!(answer.field_value(&account), "Nobody");
    }

    fn another_resellers_customers_and_channel_are_as_absent(world) {
        let (kestrel, _, _) = with_waiting_rows(world);
        let (halden, _) = halden(world);
        let stranger = world.reseller(halden);
        let seen = stranger.get(&format!("/usage/mapping?channel={}&source=focus", kestrel.channel));
        assert!(!seen.main().contains("Atlas") && !seen.html().contains("NORD"));
        let form = [("channel", kestrel.channel.to_string()), ("source", "focus".to_owned()),
            ("kind.0", "customer".to_owned()), ("name.0", "77".to_owned()), ("to.0", "NORD".to_owned())];
        let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
        stranger.post("/usage/mapping", &form).expect(422);
        assert!(daily(world, kestrel.channel).is_empty());
    }
}
