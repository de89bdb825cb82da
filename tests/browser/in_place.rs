//! What scripts add: a list that is filtered while somebody types, and a file's progress, without leaving the page.

use reseller_portal::settings::DEMO_SIGN_INS;

use crate::browser::Desk;
use crate::pages::demonstration;

const FIRST: &str = "document.querySelector('tbody th').innerText";

#[test]
fn a_list_is_filtered_in_place_and_its_address_can_be_shared() {
    let world = demonstration();
    let desk = Desk::at(world.url());
    let root = desk.person();
    let [(name, password), _] = DEMO_SIGN_INS;
    root.sign_in(name, password).open("/customers").evaluate("window.isSamePage = true");
    root.tab_to("Name or id").keys("fjord").wait_for(&format!("{FIRST} === 'Fjordline Ferries'"));
    root.keys("line").wait_for("location.search.includes('q=fjordline')");
    // What somebody types and where they type it stays.
    let typed = root.evaluate("return [window.isSamePage, document.activeElement.value]");
    assert_eq!(typed, serde_json::json!([true, "fjordline"]));
    let shared = root.address();
    root.open("/customers").open(&shared).see("1 customer").see("Fjordline Ferries");
    root.follow("Clear filters").see("Aker Timber");
}
