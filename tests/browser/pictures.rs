//! The pictures of the README, taken from the demonstration.

use reseller_portal::settings::DEMO_SIGN_INS;

use crate::browser::Desk;
use crate::pages::demonstration;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/pictures");

/// Takes them each time, and keeps them when `KEEP_PICTURES` is set.
#[test]
fn the_pictures_of_the_readme_are_taken() {
    let world = demonstration();
    let desk = Desk::at(world.url());
    let root = desk.person();
    let [(name, password), _] = DEMO_SIGN_INS;
    root.look(1280, 860, false).sign_in(name, password).see("Waiting for you");
    let keeps = std::env::var_os("KEEP_PICTURES").is_some();
    let take = |name: &str| {
        let (picture, file) = (root.picture(), format!("{FOLDER}/{name}.png"));
        assert!(picture.starts_with(b"\x89PNG") && std::fs::exists(&file).unwrap(), "{file}");
        if keeps {
            std::fs::write(file, picture).unwrap();
        }
    };
    take("overview");
    root.open("/requests?state=negotiating").follow("Halden Systems").see("Changed");
    take("request");
    root.open("/reports/revenue").see("Revenue Report");
    take("revenue");
}
