//! A bundle goes from draft to active to retired; once active, what was bought stays as it is.

use crate::on_both;
use crate::support::builders::{a_bundle, a_channel, a_customer, a_product, a_reseller, a_subscription};
use crate::support::{Client, World};

/// A draft without anything, by the pages; the address of its page.
fn a_draft(root: &Client, code: &str) -> String {
    let made = root.post("/bundles/new", &[("kind", "bundle"), ("code", code), ("name", "Compute S")]);
    made.location().to_owned()
}

fn monthly_price(root: &Client, bundle: &str, from: &str) {
    let page = root.get(&format!("{bundle}/prices/USD"));
    let price = page.attributes("input[name^='price-']", "name").remove(0);
    root.press(&page, "Save prices", &[(&price, "36.00"), ("from", from)]).expect(303);
}

on_both! {
    fn a_draft_gets_components_charges_and_prices_and_becomes_active(world) {
        let root = world.root();
        let storage = a_product("STO-BLK").named("Block storage").unit("GB").build(world).to_string();
        let bundle = a_draft(&root, "cmp-s");
        root.submit(&format!("{bundle}/components"), &[("part", &storage), ("included", "1,000.5")]);
        root.submit(&format!("{bundle}/charges"), &[("kind", "recurring")]);
        let usage = [("kind", "usage"), ("product", storage.as_str()), ("model", "per_unit")];
        let page = root.submit(&format!("{bundle}/charges"), &usage);
        assert_eq!(page.row("Block storage")[1], "1,000.5 GB");
        assert!(page.main().contains("Block storage, per GB"));
        let prices = root.get(&format!("{bundle}/prices/USD"));
        let names = prices.attributes("input[name^='price-']", "name");
        let typed = [(names[0].as_str(), "36"), (&names[1], "0.0000425"), ("from", "2026-01-01")];
        root.press(&prices, "Save prices", &typed).expect(303);
        let page = root.submit(&format!("{bundle}/activation"), &[]);
        assert!(page.main().contains("$36.00") && page.main().contains("$0.0000425"), "{}", page.main());
        assert!(page.texts(".badge").contains(&"Active".to_owned()));
        let row = root.get("/bundles?state=active").row("CMP-S");
        assert_eq!((row[1].as_str(), row[3].as_str()), ("Bundle", "$36.00 a month"));
    }

    fn a_code_is_used_once_and_what_was_typed_stays(world) {
        a_bundle("CMP-S").build(world);
        let typed = [("kind", "package"), ("code", "cmp-s"), ("name", "Office"), ("description", "For offices")];
        let refused = world.root().post("/bundles/new", &typed).expect(422);
        assert_eq!(refused.error_of("code"), "Another bundle has this code");
        assert_eq!(refused.field_value("kind"), "package");
        assert_eq!(refused.field_value("description"), "For offices");
    }

    fn a_draft_without_charge_or_price_stays_a_draft(world) {
        let root = world.root();
        let bundle = a_draft(&root, "CMP-S");
        let activate = format!("{bundle}/activation");
        let refused = root.post(&activate, &[]).expect(422);
        assert_eq!(refused.errors(), ["A bundle needs a charge before it is active"]);
        root.post(&format!("{bundle}/charges"), &[("kind", "recurring")]).expect(303);
        let refused = root.post(&activate, &[]).expect(422);
        assert!(refused.errors()[0].starts_with("A bundle needs a price"));
        monthly_price(&root, &bundle, "2026-12-01");
        root.post(&format!("{bundle}/charges"), &[("kind", "one_time")]).expect(303);
        let refused = root.post(&activate, &[]).expect(422);
        assert!(refused.errors()[0].starts_with("Each currency needs a price for each charge"));
        assert!(refused.texts(".badge").contains(&"Draft".to_owned()));
    }

    fn a_charge_comes_once_and_goes_with_its_prices(world) {
        let root = world.root();
        let bundle = a_draft(&root, "CMP-S");
        let charges = format!("{bundle}/charges");
        root.post(&charges, &[("kind", "recurring")]).expect(303);
        let refused = root.post(&charges, &[("kind", "recurring")]).expect(422);
        assert_eq!(refused.error_of("kind"), "The bundle has a charge of this kind already");
        let refused = root.post(&charges, &[("kind", "usage"), ("model", "per_unit")]).expect(422);
        assert_eq!(refused.error_of("product"), "Choose a metered product for a usage charge");
        assert_eq!(refused.field_value("kind"), "usage");
        monthly_price(&root, &bundle, "2026-01-01");
        root.post(&charges, &[("kind", "one_time")]).expect(303);
        let page = root.get(&bundle);
        let removal = page.action("Take out Monthly");
        let page = root.submit(&removal, &[]);
        assert!(!page.main().contains("$36.00"));
        assert_eq!(page.flash(), "The charge is taken out");
    }

    fn a_usage_charge_is_for_a_metered_product(world) {
        let root = world.root();
        let seat = a_product("SEAT").unmetered().build(world).to_string();
        let bundle = a_draft(&root, "CMP-S");
        let typed = [("kind", "usage"), ("product", seat.as_str()), ("model", "per_unit")];
        let refused = root.post(&format!("{bundle}/charges"), &typed).expect(422);
        assert_eq!(refused.error_of("product"), "Choose a metered product for a usage charge");
    }

    fn what_an_active_bundle_is_made_of_stays(world) {
        let root = world.root();
        let storage = a_product("STO-BLK").build(world);
        let made = a_bundle("CMP-S").includes(storage, "100").recurring("36").build(world);
        let bundle = format!("/bundles/{}", made.id);
        let part = storage.to_string();
        root.post(&format!("{bundle}/components"), &[("part", &part), ("included", "1")]).expect(409);
        root.post(&format!("{bundle}/components/{part}/removal"), &[]).expect(409);
        root.post(&format!("{bundle}/charges"), &[("kind", "one_time")]).expect(409);
        root.post(&format!("{bundle}/charges/{}/removal", made.charges[0]), &[]).expect(422);
        root.get(&format!("{bundle}/components/new")).expect(409);
        root.post(&format!("{bundle}/activation"), &[]).expect(422);
        let page = root.get(&bundle);
        assert!(page.main().contains("Components and charges are fixed"));
        assert!(!page.has_link("Add charge"));
    }

    fn name_and_description_change_in_any_state(world) {
        let root = world.root();
        let bundle = format!("/bundles/{}", a_bundle("CMP-S").build(world).id);
        let page = root.submit(&format!("{bundle}/edit"), &[("name", "Compute small"), ("description", "2 vCPU")]);
        assert_eq!(page.h1(), "Compute small");
        assert!(page.main().contains("Bundle CMP-S. 2 vCPU"));
        root.post(&format!("{bundle}/edit"), &[("name", " ")]).expect(422);
    }

    fn retiring_says_what_it_means_and_ends_the_sale(world) {
        let root = world.root();
        let made = a_bundle("CMP-S").named("Compute S").recurring("36").build(world);
        let channel = channel_with_a_subscription(world, &made);
        let bundle = format!("/bundles/{}", made.id);
        let confirm = root.get(&format!("{bundle}/retirement"));
        assert!(confirm.main().contains(&channel) && confirm.main().contains("1 subscription"), "{}", confirm.main());
        let page = root.follow(&root.press(&confirm, "Retire bundle", &[]));
        assert!(page.texts(".badge").contains(&"Retired".to_owned()));
        root.get(&format!("{bundle}/retirement")).expect(409);
        root.post(&format!("{bundle}/retirement"), &[]).expect(422);
    }

    fn an_absent_bundle_is_not_found(world) {
        let root = world.root();
        for path in ["/bundles/0198f2a0-0000-7000-8000-000000000000", "/bundles/nothing", "/products/nothing"] {
            root.get(path).expect(404);
        }
    }
}

/// The channel's name.
fn channel_with_a_subscription(world: &World, bundle: &crate::support::builders::Bundle) -> String {
    let kestrel = a_reseller("Kestrel").build(world);
    let channel = a_channel(kestrel.id).named("Kestrel Cloud").sells(bundle).build(world);
    a_subscription(a_customer(channel, "Aldous").build(world), bundle).build(world);
    "Kestrel Cloud".to_owned()
}
