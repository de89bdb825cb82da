//! A page does not stay readable after its session.

use crate::browser::{Browser, Desk};
use crate::on_both;
use crate::support::builders::{a_reseller, an_account};
use crate::support::{PASSWORD, World};

/// Somebody's page with what others must not read.
fn account(world: &World, desk: &Desk) -> Browser {
    let reseller = a_reseller("Kestrel").build(world).id;
    an_account("kim@kestrel.example").of(reseller).with_password().build(world);
    let kim = desk.person();
    kim.sign_in("kim@kestrel.example", PASSWORD).open("/account").see("Open sessions");
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
            tabs.onmessage = () => go(true); new BroadcastChannel('session').postMessage('used'); })";
        page.evaluate(heard);
        pass(&page, 29);
        page.see("Open sessions");
    }
}
