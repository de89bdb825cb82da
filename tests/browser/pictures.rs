//! The pictures of the README, taken from the demonstration.

use reseller_portal::settings::DEMO_SIGN_INS;

use crate::browser::Desk;
use crate::pages::demonstration;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/pictures");

#[test]
#[ignore = "writes into the tree: cargo test --test browser pictures -- --ignored"]
fn take_pictures() {
    let world = demonstration();
    let desk = Desk::at(world.url());
    let root = desk.person();
    let [(name, password), _] = DEMO_SIGN_INS;
    root.look(1280, 860, false).sign_in(name, password).see("Waiting for you");
    let take = |file: &str| std::fs::write(format!("{FOLDER}/{file}.png"), root.picture()).unwrap();
    take("overview");
    root.open("/requests?state=negotiating").follow("Halden Systems").see("Changed");
    take("request");
    root.open("/reports/revenue").see("Revenue Report");
    take("revenue");
}
