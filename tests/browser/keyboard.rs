//! What people without a mouse do: a request, a price, a dispute, the search and the shortcuts, by keys alone.

use reseller_portal::settings::DEMO_SIGN_INS;
use thirtyfour::Key;

use crate::browser::{Browser, Desk};
use crate::pages::demonstration;

/// Signs in from the keyboard.
fn sign_in(person: &Browser, (name, password): (&str, &str)) {
    person.open("/sign-in").tab_to("E-mail or user name").keys(name).tab_to("Password").keys(password);
    person.leave_with(Key::Enter);
}

#[test]
fn a_request_a_price_and_a_dispute_need_no_mouse() {
    let world = demonstration();
    let desk = Desk::at(world.url());
    request(&desk.person());
    let ingrid = desk.person();
    sign_in(&ingrid, DEMO_SIGN_INS[1]);
    ingrid.see("Waiting for you");
    set_a_price(&ingrid);
    dispute(&ingrid);
}

fn request(applicant: &Browser) {
    applicant.open("/sign-up").tab_to("E-mail").keys("mara@norden.example").leave_with(Key::Enter);
    applicant.tab_to("open the link here").leave_with(Key::Enter).tab_to("Continue").leave_with(Key::Enter);
    applicant.tab_to("Begin the request").leave_with(Key::Enter);
    // What is missing is told first, and the focus is there.
    applicant.tab_to("Save and continue").leave_with(Key::Enter).see("There is a problem");
    let is_told = "return document.activeElement.matches('.error-summary')";
    assert_eq!(applicant.evaluate(is_told), serde_json::json!(true));
    for (field, text) in [
        ("Legal name", "Norden Hosting AS"),
        ("Registration number", "912 345 678"),
        ("Tax id", "NO912345678MVA"),
        ("Country", "Norway"),
        ("Address", "Storgata 1, Oslo"),
    ] {
        applicant.tab_to(field).keys(text);
    }
    applicant.tab_to("Save and continue").leave_with(Key::Enter).see("Full name");
}

/// From anywhere to the prices by two letters, into the editor, and through its review.
fn set_a_price(ingrid: &Browser) {
    ingrid.keys("g").leave_with("p").see("Your prices").tab_to("Set a new price").leave_with(Key::Enter);
    ingrid.tab_to("Monthly").keys("1").keys(Key::Escape);
    let is_back = "return document.activeElement.value === document.activeElement.defaultValue";
    assert_eq!(ingrid.evaluate(is_back), serde_json::json!(true));
    for _ in 0..10 {
        ingrid.keys(Key::Backspace);
    }
    ingrid.keys("49").tab_to("Review the price").leave_with(Key::Enter);
    ingrid.see("Review the new price").tab_to("Discard").leave_with(Key::Enter).see("Your prices");
}

fn dispute(ingrid: &Browser) {
    ingrid
        .open("/")
        .keys("g")
        .leave_with("s")
        .see("Statements")
        .tab_to("October 2026, EUR")
        .leave_with(Key::Enter);
    ingrid.tab_to("Dispute").leave_with(Key::Enter).tab_to("Reason").keys("The hours were ours");
    ingrid.tab_to("Dispute the line").leave_with(Key::Enter).see("The line is disputed");
}

#[test]
fn the_search_answers_while_somebody_types_and_keys_lead_through_its_hits() {
    let world = demonstration();
    let desk = Desk::at(world.url());
    let ingrid = desk.person();
    let [_, (name, password)] = DEMO_SIGN_INS;
    ingrid.sign_in(name, password).see("Waiting for you").keys("/").keys("fjord");
    ingrid.wait_for("document.querySelector('#find-hits a')?.innerText.includes('Fjordline')");
    ingrid.keys(Key::Down).leave_with(Key::Enter).see("Fjordline Ferries").see("Customer of");
    ingrid.keys("?").wait_for("document.querySelector('#keys').open");
    ingrid.keys(Key::Escape).wait_for("!document.querySelector('#keys').open");
    // Who wants no keys of one letter has none.
    ingrid.open("/account").toggle("Keys of one letter").press("Save keys");
    ingrid.keys("?").keys("g").keys("s");
    assert!(ingrid.address().ends_with("/account"));
    assert_eq!(ingrid.evaluate("return document.querySelector('#keys').open"), serde_json::json!(false));
}
