//! A page does not stay readable after its session.

use crate::browser::{Browser, Desk};
use crate::on_both;
use crate::support::builders::{a_channel, a_reseller, an_account};
use crate::support::{PASSWORD, World};

/// Somebody's page with what others must not read.
fn account(world: &World, desk: &Desk) -> Browser {
    let reseller = a_reseller("Kestrel").build(world).id;
    an_account("kim@kestrel.example").of(reseller).with_password().build(world);
    let kim = desk.person();
    kim.sign_in("kim@kestrel.example", PASSWORD).open("/account").see("Open sessions");
    kim
}

/// Somebody who may add customers.
fn seller(world: &World, desk: &Desk) -> Browser {
    let reseller = a_reseller("Kestrel").build(world).id;
    a_channel(reseller).build(world);
    an_account("kim@kestrel.example").of(reseller).with_password().build(world);
    let kim = desk.person();
    kim.sign_in("kim@kestrel.example", PASSWORD);
    kim
}

fn is_empty(page: &Browser) {
    page.see("Your session is over").see("Sign in again");
    assert!(!page.text().contains("Open sessions"), "{}", page.text());
}

/// Lets the page believe that so many minutes went by, and come to the front.
fn pass(page: &Browser, minutes: u32) {
    let later = format!("const now = Date.now; Date.now = () => now() + {minutes} * 60_000;");
    page.evaluate(&format!("{later} document.dispatchEvent(new Event('visibilitychange')); return true"));
}

on_both! {
    fn a_page_is_emptied_when_its_session_is_over_or_ended_in_another_tab(world) {
        let desk = Desk::at(world.url());
        let page = account(world, &desk);
        pass(&page, 29);
        page.see("Open sessions");
        pass(&page, 2);
        is_empty(&page);
        page.open("/account").see("Open sessions");
        page.evaluate("new BroadcastChannel('session').postMessage('over'); return true");
        is_empty(&page);
        // Another tab of the same session is use.
        page.open("/account").see("Open sessions");
        pass(&page, 29);
        let heard = "const tabs = new BroadcastChannel('session'); return new Promise((go) => { \
            tabs.onmessage = () => go(true); new BroadcastChannel('session').postMessage(document.body.dataset.who); })";
        page.evaluate(heard);
        pass(&page, 29);
        page.see("Open sessions");
    }

    fn what_was_typed_comes_back_when_the_same_person_signs_in_again(world) {
        let desk = Desk::at(world.url());
        let page = seller(world, &desk);
        page.open("/customers/new").fill("Name", "Nordlys").choose("Country", "Norway");
        let who = page.evaluate("return document.body.dataset.who");
        let tell = |who: &str| format!("new BroadcastChannel('session').postMessage('{who}'); return true");
        pass(&page, 31);
        page.see("What you typed comes back here").evaluate(&tell("somebody else"));
        assert!(!page.text().contains("Add customer"), "{}", page.text());
        page.evaluate(&tell(who.as_str().unwrap()));
        page.see("Add customer").fill("Your id of the customer", "C-1").choose("Billing currency", "USD").press("Add customer").see("Nordlys").see("Norway");
    }
}
