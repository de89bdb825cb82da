//! What both sides do between the first sale and the statement: products, people, many prices at once, drift, and what
//! other prices would have brought.

use crate::browser::{Browser, Desk, Way};
use crate::on_both;
use crate::settlement::kestrel;
use crate::support::{PASSWORD, World};

on_both! {
    fn products_people_prices_drift_and_simulation(world) {
        let [with_scripts, _] = Way::all(world.database());
        walk(world, with_scripts);
    }

    fn the_same_without_scripts(world) {
        let [_, without_scripts] = Way::all(world.database());
        walk(world, without_scripts);
    }
}

fn walk(world: &World, way: Way) {
    kestrel(world);
    let desk = Desk::at(world.url()).by(way);
    let [root, seller, invited] = [desk.person(), desk.person(), desk.person()];
    root.sign_in("root@northgate.example", PASSWORD).set_up_factor(world);
    seller.sign_in("kim@kestrel.example", PASSWORD);
    products(&root);
    people(world, &root, &invited);
    prices(&root, &seller);
    seller.open("/simulation").fill("All prices changed by", "10").press("Simulate").see("Simulation");
}

fn products(root: &Browser) {
    root.open("/products/new").fill("SKU", "disk").fill("Unit of measure", "GB").press("Add product");
    root.see("Enter")
        .fill("Name", "Disk")
        .fill("Category", "Storage")
        .press("Add product")
        .see("Disk is added");
    root.open("/products").see_row(&["Storage", "GB", "Metered"]);
}

/// Somebody who only reads gets in by the link of the invitation, and finds nothing to change.
fn people(world: &World, root: &Browser, invited: &Browser) {
    root.open("/people/new")
        .fill("Name", "Ida Read")
        .fill("E-mail", "ida@northgate.example")
        .tick("Read-only");
    root.press("Send the invitation").see("Ida Read is invited");
    root.open("/outbox").see("ida@northgate.example").follow("Set your password: Northgate Cloud");
    let link = root.evaluate("return document.querySelector('main a[href*=\"/welcome/\"]').href");
    invited.open(link.as_str().unwrap()).fill("Password", PASSWORD).fill("The same again", PASSWORD);
    invited.press("Set the password");
    invited
        .sign_in("ida@northgate.example", PASSWORD)
        .set_up_factor(world)
        .open("/products")
        .see("Virtual machine");
    assert!(!invited.text().contains("Add product"), "{}", invited.text());
}

fn prices(root: &Browser, seller: &Browser) {
    let many = "return document.querySelector('main a[href$=\"/bulk-prices\"]').href";
    let many = seller.open("/prices").evaluate(many);
    seller
        .open(many.as_str().unwrap())
        .fill("Change", "60")
        .fill("From", "2026-11-23")
        .press("Review the prices");
    seller.see("the ceiling is 150%").press("Change them");
    seller.fill("Change", "20").press("Review the prices").see("$120.00").press("Set 2 prices");
    seller.see("2 prices set from 23 November 2026");

    root.open("/bundles").follow("Cloud Start");
    let book = "return document.querySelector('main a[href$=\"/prices/USD\"]').href";
    let book = root.evaluate(book);
    root.open(book.as_str().unwrap())
        .fill("Monthly", "110")
        .fill("Reason", "The supplier asks more")
        .fill("From", "2026-12-01")
        .press("Save prices")
        .see("Cloud Start has new prices");
    root.open("/price-drift").see("Cloud Start, USD on Kestrel").press("Reprice").see("Choose");
    root.tick("Choose").fill("From", "2026-12-01").press("Reprice");
    root.see("1 channel price is moved from 1 December 2026").see("No price drifted");
    seller.open("/prices").see("$132.00");
}
