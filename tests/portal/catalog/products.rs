//! Products are added, found and changed; what bundles count on stays.

use crate::on_both;
use crate::support::builders::{a_bundle, a_product};

const STORAGE: [(&str, &str); 5] = [
    ("sku", "sto-blk"),
    ("name", "Block storage"),
    ("category", "Storage"),
    ("unit", "GB"),
    ("metered", "on"),
];

on_both! {
    fn a_product_is_added_and_found_by_part_of_its_name_or_sku(world) {
        let root = world.root();
        let page = root.submit("/products/new", &STORAGE);
        assert_eq!((page.h1(), page.flash()), ("Block storage".into(), "Block storage is added".into()));
        assert_eq!(page.field_value("category"), "Storage");
        a_product("CPU-H").build(world);
        for query in ["q=BLOCK", "q=o-b", "category=Storage"] {
            let list = root.get(&format!("/products?{query}"));
            assert_eq!(list.rows().len(), 1, "{query}");
            assert!(list.row("STO-BLK")[3].contains("Metered"));
        }
        assert!(root.get("/products?q=nothing").main().contains("No product matches"));
    }

    fn the_first_visit_offers_to_add_a_product(world) {
        assert!(world.root().get("/products").main().contains("No products yet"));
    }

    fn a_sku_is_used_once_and_what_was_typed_stays(world) {
        a_product("STO-BLK").build(world);
        let refused = world.root().post("/products/new", &STORAGE).expect(422);
        assert_eq!(refused.error_of("sku"), "Another product has this SKU");
        assert_eq!((refused.field_value("sku"), refused.field_value("unit")), ("sto-blk".into(), "GB".into()));
        assert!(refused.text("title").starts_with("Error: "));
    }

    fn each_missing_field_says_what_to_enter(world) {
        let refused = world.root().post("/products/new", &[]).expect(422);
        assert_eq!(refused.errors().len(), 4);
        assert_eq!(refused.error_of("unit"), "Enter the unit of measure, such as GB");
    }

    fn unit_and_metering_change_until_a_bundle_counts_on_them(world) {
        let root = world.root();
        let product = a_product("STO-BLK").named("Storage").unit("GB").build(world);
        let path = format!("/products/{product}");
        let change = [("name", "Block storage"), ("category", "Storage"), ("unit", "TB")];
        let page = root.submit(&path, &change);
        assert_eq!((page.h1(), page.field_value("unit")), ("Block storage".into(), "TB".into()));
        assert_eq!(page.field_value("metered"), "");
        a_bundle("CMP-S").includes(product, "100").build(world);
        let page = root.submit(&path, &[("name", "Disk"), ("category", "Storage"), ("unit", "GB"), ("metered", "on")]);
        assert_eq!(page.h1(), "Disk");
        assert!(page.main().contains("STO-BLK, counted in TB"));
        assert!(!page.has("input[name='unit']"), "the unit is shown, not asked for");
    }

    fn a_list_goes_on_to_the_next_page_and_back(world) {
        for number in 1..=60 {
            a_product(&format!("P-{number:03}")).named(&format!("Product {number:03}")).build(world);
        }
        let root = world.root();
        let first = root.get("/products?category=Compute");
        assert_eq!(first.rows().len(), 50);
        assert!(first.main().contains("60 products") && !first.has_link("Previous"));
        let second = root.get(&first.link("Next"));
        assert_eq!(second.rows().len(), 10);
        assert!(second.rows()[0][0].contains("Product 051") && !second.has_link("Next"));
        let back = root.get(&second.link("Previous"));
        assert_eq!(back.rows(), first.rows());
    }
}
