//! The whole chain, as three people walk it: an applicant, the provider's root and the re-seller's administrator.

use crate::browser::{Browser, Desk, Way};
use crate::on_both;
use crate::oracle::{ACCOUNT, Expected, FILE, SERVICE};
use crate::support::builders::{a_bundle, a_product, an_account};
use crate::support::{PASSWORD, World};

const OWNER: &str = "mara@halden.example";
const WORDS: &str = "halden sells clouds by the fjord";

on_both! {
    fn from_a_request_to_both_reports(world) {
        let [with_scripts, _] = Way::all(world.database());
        walk(world, with_scripts);
    }

    fn from_a_request_to_both_reports_without_scripts(world) {
        let [_, without_scripts] = Way::all(world.database());
        walk(world, without_scripts);
    }
}

fn walk(world: &World, way: Way) {
    let desk = Desk::at(world.url()).by(way);
    let [applicant, root, reseller] = [desk.person(), desk.person(), desk.person()];
    a_catalog(world);
    an_account("root@northgate.example").with_password().build(world);
    root.sign_in("root@northgate.example", PASSWORD).set_up_factor(world).see("Nothing needs you");

    sign_up(world, &applicant);
    assert_eq!(applicant.evaluate("return typeof htmx !== 'undefined'"), way.runs_scripts);
    fill_in_the_request(&applicant);
    review(&root);
    applicant.open("/application").fill("Your answer", "Forty, most of them in Norway");
    applicant.press("Send the answer").see("The provider reviews your request");
    negotiate(&root, &applicant);
    make_channel(&root);
    set_password(&root, &reseller);
    set_own_price(&reseller);
    sell(&reseller);
    import(world, &reseller);
    map(world, &reseller);
    let expected = Expected::of_the_file();
    see_reports(&reseller, &expected);
    see_reports(&root, &expected);
}

/// Compute that is resold at cost plus 15%, for 100 dollars a month.
fn a_catalog(world: &World) {
    let compute = a_product("COMPUTE").named("Compute").category("Compute").unit("GB").build(world);
    let bundle = a_bundle("CLOUD-S").named("Cloud Start").recurring("100").cost_plus(compute, "15");
    bundle.currencies(&["USD"]).priced_from("2024-01-01").build(world);
}

fn sign_up(world: &World, applicant: &Browser) {
    applicant.open("/sign-up").fill("E-mail", OWNER).press("Send me the link").see("A link is on its way");
    let address = OWNER.parse().unwrap();
    let mail =
        world.read(|connection| reseller_portal::mail::store::newest_to(connection, &address)).unwrap();
    let link = mail.body.split_whitespace().find(|word| word.contains("/enter/")).unwrap().to_owned();
    applicant.open(&link).press("Continue").see("Begin the request").press("Begin the request");
}

fn fill_in_the_request(applicant: &Browser) {
    applicant.see("Legal name").press("Save and continue").see("There is a problem");
    applicant.fill("Legal name", "Halden Systems AS").fill("Registration number", "912 345 678");
    applicant
        .fill("Tax id", "NO912345678MVA")
        .choose("Country", "Norway")
        .fill("Address", "Storgata 1, Halden");
    applicant.press("Save and continue").see("Full name");
    applicant
        .fill("Full name", "Mara Halden")
        .fill("Job title", "Partner lead")
        .fill("Phone", "+47 22 12 34 56");
    applicant.fill("Wished user name", "mara").press("Save draft").see("The draft is saved");
    applicant.open("/application/interest").fill("What do you sell today?", "Hosting and advice");
    applicant.fill("Target market and regions", "Small companies in Norway").fill("Expected customers", "40");
    applicant.fill("Expected revenue a month", "12000").choose("Currency", "USD");
    applicant.tick("I accept the terms and conditions for applicants, version 2026-01");
    applicant.press("Save and continue").see("Halden Systems AS").press("Submit the request");
    applicant.see("Your request waits for its review");
}

/// Root opens the request from the list, begins the review, notes a call and asks something.
fn review(root: &Browser) {
    root.open("/requests")
        .follow("Halden Systems AS")
        .see("Submitted")
        .press("Start the review")
        .see("In review");
    root.tick("Call").fill("Day", "2026-11-20").fill("People", "Mara Halden");
    root.fill("What was said", "Wants to start with Cloud Start").press("Log the contact");
    root.see("Wants to start with Cloud Start").tick("Negotiate").press("Save assessment").see("assess");
    root.follow("Ask for information").fill("Question", "How many customers do you serve?");
    root.press("Send the question").see("The question is sent");
}

/// Root offers 20%, the applicant asks for 30%, root agrees and accepts.
fn negotiate(root: &Browser, applicant: &Browser) {
    root.open("/requests").follow("Halden Systems AS").see("Forty, most of them in Norway");
    root.follow("Offer terms").fill("Re-seller share", "20").tick("Net revenue").tick("The provider");
    root.fill("Payment days", "30")
        .fill("Valid from", "2024-09")
        .press("Send the offer")
        .see("You offered version 1");
    applicant.open("/application").see("The provider offers you terms").follow("Make another offer");
    applicant.fill("Re-seller share", "30").fill("Note", "Two rivals pay 30").press("Send the offer");
    applicant.see("Your offer waits");
    root.open("/requests").follow("Halden Systems AS").see("Changed").see("Two rivals pay 30");
    root.press("Agree to 30%")
        .see("Accept the request")
        .press("Accept the request")
        .see("Waits for its channel");
}

/// The wizard: the re-seller may change the price between 90% and 150% of the reference price.
fn make_channel(root: &Browser) {
    root.open("/resellers").follow("Halden Systems AS").follow("Create channel").see("Host name");
    root.fill("Name", "Halden Cloud").fill("Code", "HALDEN");
    for switch in [
        "Channel price editable",
        "Show the reference price to the re-seller",
        "The re-seller may import usage",
    ] {
        root.tick(switch);
    }
    root.press("Continue").tick("USD").press("Continue").tick("Cloud Start CLOUD-S");
    root.choose("Price policy", "Band: the re-seller sets it within limits")
        .fill("Floor", "90")
        .fill("Ceiling", "150");
    root.press("Continue").see("Review").press("Create channel").see("Halden Cloud");
}

/// Root finds the activation mail in the outbox; its link sets the re-seller's password.
fn set_password(root: &Browser, reseller: &Browser) {
    root.open("/outbox").see(OWNER);
    let mail = "return [...document.querySelectorAll('tbody a')].find(mail => mail.innerText.startsWith('Your channel is open')).href";
    root.open(root.evaluate(mail).as_str().unwrap()).see("/welcome/");
    let link = root.evaluate("return document.querySelector('main a[href*=\"/welcome/\"]').href");
    reseller.open(link.as_str().unwrap()).fill("Password", WORDS).fill("The same again", WORDS);
    reseller.press("Set the password");
    reseller.sign_in("mara", WORDS).see("Halden Cloud");
    reseller.open(link.as_str().unwrap()).see("This link is over");
}

/// Within the band the re-seller's own price is taken; outside of it the nearest allowed price is told.
fn set_own_price(reseller: &Browser) {
    reseller.open("/prices").follow("Set a new price").see("Whom it concerns");
    reseller.fill("Monthly", "160").press("Review the price");
    reseller.see("Enter USD 150 or less: the ceiling is 150% of the reference price");
    reseller.fill("Monthly", "80").press("Review the price").see("Enter USD 90 or more");
    reseller.fill("Monthly", "120").press("Review the price").see("Review the new price");
    reseller.press("Set the price").see("The channel price is set from 23 November 2026").see("$120.00");
}

/// A customer, and a subscription that started long ago.
fn sell(reseller: &Browser) {
    reseller.open("/customers/new").fill("Name", "Orion Zenith").fill("Your id of the customer", "C-1");
    reseller
        .choose("Country", "Norway")
        .choose("Billing currency", "USD")
        .press("Add customer")
        .see("Orion Zenith");
    reseller.follow("Sell a subscription").choose("Bundle", "Cloud Start").fill("Quantity", "1");
    reseller.fill("First day", "2024-09-01").press("Sell the subscription").see("Cloud Start");
}

/// All rows of the supplier's file are accounted for; a second upload counts none of them again.
fn import(world: &World, reseller: &Browser) {
    for (told, button) in [
        ("580 rows will be imported; 580 of them cannot be rated yet", "Import file"),
        ("No row of the file is new", "Reject file"),
    ] {
        reseller
            .open("/usage/files/new")
            .tick("FOCUS 1.x")
            .fill("Usage file", FILE)
            .press("Upload usage file");
        reseller.see("focus_1_0_sample.csv");
        world.settle();
        reseller.open(&reseller.address()).see(told).press(button);
        world.settle();
    }
    reseller.open("/usage/unrated").see("580 rows cannot be rated yet").see("No customer");
}

fn map(world: &World, reseller: &Browser) {
    reseller.open("/usage/mapping").fill(&format!("Customer for {ACCOUNT}"), "C-1");
    reseller.fill(&format!("Product for {SERVICE}"), "COMPUTE").press("Save mapping").see("can be rated now");
    world.settle();
    let rated = Expected::of_the_file().rows;
    reseller.open("/usage/unrated").see(&format!("{} rows cannot be rated yet", 580 - rated));
    reseller.open("/usage/mapping").see("Map names");
}

fn see_reports(person: &Browser, expected: &Expected) {
    person.open("/reports/usage?from=2024-09&to=2024-09").see("Product Usage Report");
    for (unit, quantity) in &expected.quantities {
        person.see_row(&["Compute", quantity, unit]);
    }
    person.open("/reports/revenue?from=2024-09&to=2024-09&group=charge-type").see("Revenue Report");
    person.see_row(&["Recurring", "USD", "$100.00"]);
    person.see_row(&["Usage", "USD", &expected.usage]);
    person.see_row(&["Total", "USD", &expected.net, &expected.reseller_share, &expected.provider_share]);
}
