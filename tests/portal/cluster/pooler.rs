//! PgBouncer in transaction mode between the portal and its database.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use reseller_portal::jobs::store::unfinished;

use crate::faults::cases::imported;
use crate::faults::setting::{business, look, verifies};
use crate::faults::work::{add_product, upload};
use crate::support::builders::an_account;
use crate::support::{PASSWORD, Place, Pooler, Program, Server, command, wait_for};

const PEOPLE: usize = 8;
const EACH: usize = 12;

#[test]
fn a_journey_through_the_portal_behind_a_pooler() {
    let server = Server::durable();
    let pooler = Pooler::before(&server, 2);
    server.database("portal");
    let place = Arc::new(Place::at(pooler.url("portal")));
    // The schema is made through the pooler as well, and two processes share its two connections.
    let program = Program::serve(&place);
    let other = Program::serve(&Arc::new(Place::at(pooler.url("portal"))));
    let (reseller, channel) = business(&program.world())[0];
    an_account("kim@kestrel.example").of(reseller).with_password().build(&program.world());
    let client = program.anonymous();
    client.post("/sign-in", &[("name", "kim@kestrel.example"), ("password", PASSWORD)]).expect(303);

    let added = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for person in 0..PEOPLE {
            let root = if person % 2 == 0 { program.root() } else { other.root() };
            let added = &added;
            scope.spawn(move || {
                for number in 0..EACH {
                    add_product(&root, &format!("P-{person}-{number}")).expect(303);
                    root.get("/products").expect(200);
                    root.get("/").expect(200);
                    added.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(added.into_inner(), PEOPLE * EACH);

    let root = other.root();
    let file = upload(&root, channel, 500).location().to_owned();
    wait_for("the file is checked", || root.get(&file).expect(200).has_button("Import file"));
    root.post(&format!("{file}/acceptance"), &[]).expect(303);
    wait_for("the file is imported", || look(&place, imported)[0] == [500, 500, 500, 1, 1]);
    wait_for("the month is rated", || look(&place, unfinished) == 0);
    assert!(root.get("/reports/revenue?from=2025-09&to=2025-09").expect(200).html().contains("CLOUD"));
    let backup = place.folder.path().join("portal.backup");
    assert!(command(&place, &["backup", backup.to_str().unwrap()]).output().unwrap().status.success());
    verifies(&place, "behind a pooler");
    for program in [&program, &other] {
        assert!(!program.log().contains("prepared statement"), "{}", program.log());
    }
}
