//! Charges with tiers and packages: described in a draft, priced tier by tier.

use crate::on_both;
use crate::support::builders::a_product;

on_both! {
    fn tiers_and_packages_are_described_in_a_draft_and_priced_one_by_one(world) {
        let root = world.root();
        let made = root.post("/bundles/new", &[("kind", "bundle"), ("code", "WEB"), ("name", "Web")]);
        let (bundle, charges) = (made.location().to_owned(), format!("{}/charges", made.location()));
        let product = |sku: &str| a_product(sku).named(sku).unit("GB").build(world).to_string();
        let (cdn, edge, sms) = (product("CDN"), product("EDGE"), product("SMS"));
        let graduated = [("kind", "usage"), ("product", cdn.as_str()), ("model", "graduated"), ("edges", "100\r\n1,000\r\n")];
        root.post(&charges, &graduated).expect(303);
        root.post(&charges, &[("kind", "usage"), ("product", &edge), ("model", "volume"), ("edges", "50")]).expect(303);
        root.post(&charges, &[("kind", "usage"), ("product", &sms), ("model", "package"), ("package", "1,000")]).expect(303);
        let page = root.get(&bundle);
        assert!(page.main().contains("by the tier of its place in the month"), "{}", page.main());
        let prices = root.get(&format!("{bundle}/prices/USD"));
        let names = prices.attributes("input[name^='price-']", "name");
        assert_eq!(names.len(), 6, "three tiers, two, and one for the package");
        let typed = ["0.12", "x", "0.08", "0.5", "0.4", "5"];
        let mut fields: Vec<_> = names.iter().map(String::as_str).zip(typed).collect();
        fields.push(("from", "2026-01-01"));
        let refused = root.press(&prices, "Save prices", &fields).expect(422);
        assert_eq!(refused.error_of(&names[1]), "Enter a price, such as 12.50");
        assert_eq!(refused.field_value(&names[2]), "0.08");
        root.press(&refused, "Save prices", &[(&names[1], "0.10")]).expect(303);
        let page = root.submit(&format!("{bundle}/activation"), &[]);
        for (price, of) in [
            ("$0.12", "CDN, per GB: up to 100"), ("$0.10", "CDN, per GB: above 100 to 1,000"),
            ("$0.08", "CDN, per GB: above 1,000"), ("$0.50", "EDGE, per GB: up to 50"),
            ("$0.40", "EDGE, per GB: above 50"), ("$5.00", "SMS, per 1,000 GB"),
        ] {
            let text = page.main();
            assert!(text.contains(price) && text.contains(of), "{price} {of}: {text}");
        }
        // Changed later, with what is in effect beside the fields.
        let again = root.get(&format!("{bundle}/prices/USD"));
        assert_eq!(again.field_value(&names[1]), "0.1");
    }

    fn edges_ascend_and_a_package_has_units(world) {
        let root = world.root();
        let made = root.post("/bundles/new", &[("kind", "bundle"), ("code", "WEB"), ("name", "Web")]);
        let charges = format!("{}/charges", made.location());
        let cdn = a_product("CDN").build(world).to_string();
        for (model, edges, said) in [
            ("graduated", "100\n100", "Enter 1 to 20 edges above zero, each higher than the one before it"),
            ("volume", "0\n5", "Enter 1 to 20 edges above zero, each higher than the one before it"),
            ("graduated", "", "Enter 1 to 20 edges above zero, each higher than the one before it"),
            ("graduated", "ten", "Enter a number, such as 12.5"),
        ] {
            let typed = [("kind", "usage"), ("product", cdn.as_str()), ("model", model), ("edges", edges)];
            let refused = root.post(&charges, &typed).expect(422);
            assert_eq!(refused.error_of("edges"), said);
            assert_eq!((refused.field_value("model"), refused.field_value("edges").trim()), (model.into(), edges));
        }
        let typed = [("kind", "usage"), ("product", cdn.as_str()), ("model", "package"), ("package", "0")];
        let refused = root.post(&charges, &typed).expect(422);
        assert_eq!(refused.error_of("package"), "Enter how many units a package has, more than zero");
    }
}
