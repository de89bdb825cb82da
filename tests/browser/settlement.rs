//! A month from new terms to its payment, as root and the re-seller walk it.

use std::io::Write;

use crate::browser::{Desk, Way};
use crate::on_both;
use crate::support::builders::{
    a_bundle, a_channel, a_customer, a_product, a_reseller, a_subscription, an_account,
};
use crate::support::{PASSWORD, World};

const USAGE: &str = "id,customer,product,quantity,unit,start,end\n\
    r-1,C-7,VM,100,hour,2026-10-05,2026-10-06\n\
    r-2,C-7,VM,60,hour,2026-10-20,2026-10-21\n";

/// Kestrel sells Cloud Start for 100.00 a month and 0.50 an hour to Orion, and gets 20%.
pub fn kestrel(world: &World) {
    let vm = a_product("VM").named("Virtual machine").unit("hour").build(world);
    let bundle = a_bundle("START").named("Cloud Start").recurring("100").usage(vm, "0.50").build(world);
    let reseller = a_reseller("Kestrel").share("20").build(world).id;
    let channel = a_channel(reseller)
        .code("KESTREL")
        .named("Kestrel")
        .currencies(&["USD"])
        .sells_within(&bundle, "90", "150", "")
        .build(world);
    let customer = a_customer(channel, "Orion").external("C-7").build(world);
    a_subscription(customer, &bundle).from("2026-10-01").build(world);
    an_account("root@northgate.example").with_password().build(world);
    an_account("kim@kestrel.example").of(reseller).with_password().build(world);
}

on_both! {
    fn a_month_is_negotiated_used_closed_disputed_posted_verified_and_paid(world) {
        let [with_scripts, _] = Way::all(world.database());
        walk(world, with_scripts);
    }

    fn a_month_is_settled_without_scripts(world) {
        let [_, without_scripts] = Way::all(world.database());
        walk(world, without_scripts);
    }
}

fn walk(world: &World, way: Way) {
    kestrel(world);
    let desk = Desk::at(world.url()).by(way);
    let [root, reseller] = [desk.person(), desk.person()];
    root.sign_in("root@northgate.example", PASSWORD).set_up_factor(world);
    reseller.sign_in("kim@kestrel.example", PASSWORD);

    // 20% up to 100.00 and 50% above, from October on.
    reseller.open("/agreement/offers").fill("Valid from", "2026-10");
    reseller.choose("Tier 1 currency", "USD").fill("Tier 1 from", "100").fill("Tier 1 share", "50");
    reseller.press("Send the offer").see("20% up to 100.00, 50% above");
    root.open("/requests")
        .follow("Kestrel")
        .see("20% up to 100.00, 50% above")
        .press("Agree to 20%")
        .see("You agreed");

    // Above the ceiling of 150.00: refused, asked for with a reason, approved.
    let editor = "return document.querySelector('main a[href$=\"/USD\"]').href";
    let editor = reseller.open("/prices").evaluate(editor);
    reseller
        .open(editor.as_str().unwrap())
        .fill("Monthly", "160")
        .fill("From", "2026-12-01")
        .press("Review the price");
    reseller.see("Enter USD 150 or less: the ceiling is 150% of the reference price");
    reseller.fill("Reason", "It comes with our own support").press("Ask the provider for this price");
    reseller.see("The provider is asked for this price").see("Waits for the provider");
    root.open("/")
        .see("Kestrel asks for a price of Cloud Start")
        .open("/price-requests")
        .follow("Cloud Start, USD");
    root.see("It comes with our own support")
        .press("Approve and set the price")
        .see("The price is approved and set");
    reseller.open("/prices").see("$160.00").open("/price-requests").see("Approved");

    let file = world.folder().join("october.csv");
    std::fs::File::create(&file).unwrap().write_all(USAGE.as_bytes()).unwrap();
    root.open("/usage/files/new").choose("Channel", "Kestrel").tick("Portal CSV");
    root.fill("Usage file", file.to_str().unwrap()).press("Upload usage file").see("october.csv");
    world.settle();
    root.open(&root.address()).press("Import file");
    world.settle();

    // 100.00 and 80.00: 20.00 of the first hundred and 40.00 of the rest.
    root.open("/statements/settling?month=2026-10").press("Close every channel").see("1 statement closed");
    root.follow("See the statements").follow("October 2026, USD");
    root.see("29 days of the month without usage").see("$60.00").see("$120.00");
    root.evaluate("document.querySelector('#next details').open = true");
    root.fill("Reason", "The supplier bills twice a month").press("Waive").see("Waived by");
    root.press("Send to the re-seller").see("Kestrel was sent the statement");

    reseller
        .open("/statements")
        .follow("October 2026, USD")
        .see_row(&["Total", "$180.00", "$60.00", "$120.00"]);
    let second = "return [...document.querySelectorAll('main a[href$=\"/dispute\"]')][1].href";
    reseller.open(reseller.evaluate(second).as_str().unwrap()).see("Dispute Cloud Start, Virtual machine");
    reseller.fill("Reason", "Forty of the hours were yours").fill("What the net should be", "60");
    reseller.press("Dispute the line").see("The line is disputed").see("Waits for an answer");

    root.open("/").see("A line is disputed").open("/statements?state=disputed").follow("October 2026, USD");
    let answer = "return document.querySelector('main a[href$=\"/answer\"]').href";
    root.open(root.evaluate(answer).as_str().unwrap()).fill("Answer", "They were").fill("Credit", "80.01");
    root.press("Answer the dispute").see("Enter an amount above zero and up to 80");
    root.fill("Credit", "20").press("Answer the dispute").see("The dispute is answered");

    // The credit takes a third of its 20.00 from the re-seller, as the line has it.
    reseller
        .open("/statements")
        .follow("October 2026, USD")
        .see("They were")
        .see_row(&["Total", "$160.00", "$53.33", "$106.67"]);
    reseller.press("Agree to the statement").see("You agreed to the statement");
    root.open("/statements")
        .follow("October 2026, USD")
        .follow("Post the statement")
        .press("Post the statement")
        .see("Posted as ST-2026-000001");
    root.follow("Record a payment")
        .fill("Bank reference", "NB-4711")
        .press("Record the payment")
        .see("$53.33 recorded")
        .see("Paid");
    root.open("/verification").see("Every statement is as it was posted.");

    // Why: from the total through the split and the line to one usage record.
    reseller
        .open("/statements")
        .follow("October 2026, USD")
        .see("Paid")
        .follow("How the shares came about")
        .see("80 at 50% above $100.00 = 40");
    reseller
        .follow("Cloud Start, Virtual machine")
        .see("160 × 0.5 = 80")
        .see("the reference price book")
        .see("version 2");
    reseller.see("r-2").see("20 Oct 2026");
}
