//! A package is made of bundles: what they include counts together, what they charge does not.

use reseller_portal::catalog::{self, BundleRefusal, Component, draft_store, store};
use reseller_portal::db::Failure;
use reseller_portal::values::Quantity;

use crate::on_both;
use crate::support::builders::{a_bundle, a_product};

on_both! {
    fn a_package_includes_the_sum_of_its_bundles(world) {
        let root = world.root();
        let (storage, support) = (a_product("STO-BLK").build(world), a_product("SUP-GOLD").build(world));
        let small = a_bundle("CMP-S").includes(storage, "100").includes(support, "1").recurring("36").build(world);
        let large = a_bundle("CMP-L").includes(storage, "400.5").recurring("72").build(world);
        let made = root.post("/bundles/new", &[("kind", "package"), ("code", "OFFICE"), ("name", "Office")]);
        let package = made.location().to_owned();
        for member in [&small, &large] {
            root.submit(&format!("{package}/components"), &[("part", &member.id.to_string())]);
        }
        let id = package.rsplit('/').next().unwrap().parse().unwrap();
        let included = world.read(|connection| store::included(connection, id));
        assert_eq!(included[&storage], "500.5".parse::<Quantity>().unwrap());
        assert_eq!(included[&support], Quantity::whole(1));
        assert!(root.get(&package).main().contains("500.5 Product STO-BLK (hour)"));
    }

    fn a_package_takes_active_bundles_only_and_no_package(world) {
        let draft = a_bundle("DRAFT").state("draft").recurring("1").build(world);
        let member = a_bundle("CMP-S").recurring("36").build(world);
        let other = a_bundle("OTHER").contains(&member).recurring("1").build(world);
        let package = a_bundle("OFFICE").contains(&member).state("draft").recurring("1").build(world);
        let storage = a_product("STO-BLK").build(world);
        let put = |component: Component| {
            let put = world.try_write(|connection| draft_store::put_component(connection, package.id, &component, &world.act()));
            match put {
                Err(Failure::Refused(refusal)) => Some(refusal),
                other => other.map(|()| None).unwrap(),
            }
        };
        assert_eq!(put(Component::Bundle(draft.id)), Some(BundleRefusal::MemberNotActive));
        assert_eq!(put(Component::Bundle(other.id)), Some(BundleRefusal::WrongPart));
        assert_eq!(put(Component::Bundle(package.id)), Some(BundleRefusal::WrongPart));
        let product = Component::Product { product: storage, included: Quantity::whole(1) };
        assert_eq!(put(product), Some(BundleRefusal::WrongPart));
        assert_eq!(put(Component::Bundle(member.id)), None);
    }

    fn a_package_without_a_bundle_stays_a_draft(world) {
        let root = world.root();
        let made = root.post("/bundles/new", &[("kind", "package"), ("code", "OFFICE"), ("name", "Office")]);
        let package = made.location().to_owned();
        root.post(&format!("{package}/charges"), &[("kind", "recurring")]).expect(303);
        let refused = root.post(&format!("{package}/activation"), &[]).expect(422);
        assert_eq!(refused.errors(), ["A package needs a bundle before it is active"]);
    }

    fn the_whole_catalog_is_read_with_components_and_charges(world) {
        let storage = a_product("STO-BLK").build(world);
        a_bundle("CMP-S").includes(storage, "100").one_time("10").recurring("36").build(world);
        a_bundle("CMP-M").recurring("72").build(world);
        let bundles = world.read(store::bundles);
        let sizes = |bundle: &catalog::Bundle| (bundle.code.clone(), bundle.components.len(), bundle.charges.len());
        let found: Vec<_> = bundles.iter().map(sizes).collect();
        assert_eq!(found, [("CMP-M".into(), 0, 1), ("CMP-S".into(), 1, 2)]);
    }
}
