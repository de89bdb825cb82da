//! Reports read from a replica.

use std::sync::Arc;

use crate::faults::setting::{business, usage};
use crate::faults::work::add_product;
use crate::support::{Client, Place, Program, Server, command, wait_for};

fn says_as_of(client: &Client, path: &str) -> bool {
    client.get(path).expect(200).html().contains("As of ")
}

#[test]
fn reports_read_from_the_replica_and_say_when_it_is_behind_and_go_on_without_it() {
    let primary = Server::durable();
    let mut replica = primary.follower();
    let place = Arc::new(Place::at(primary.database("portal")));
    let program = Program::serve_with(&place, |command| {
        command.env("READ_DATABASE_URL", replica.url_of("portal"));
    });
    business(&program.world());
    std::fs::write(place.folder.path().join("usage.csv"), usage(50)).unwrap();
    let import = ["import", "--format", "portal", "--channel", "ASKER", "usage.csv"];
    assert!(command(&place, &import).output().unwrap().status.success());
    let root = program.root();
    let report = "/reports/usage?from=2025-09&to=2025-09";
    wait_for("the replica has the usage", || root.get(report).expect(200).html().contains("75"));
    let csv = "/reports/usage.csv?from=2025-09&to=2025-09";
    assert!(root.get(csv).expect(200).html().contains("DISK"));
    assert!(!says_as_of(&root, report) && !says_as_of(&root, "/"));

    // What is written from now on does not arrive.
    replica.administer("SELECT pg_wal_replay_pause()");
    add_product(&root, "AFTER").expect(303);
    assert!(root.get("/products").expect(200).html().contains("AFTER"), "people see what they did");
    assert!(!root.get("/products.csv").expect(200).html().contains("AFTER"), "a file may be behind");
    wait_for("it says of when it is", || says_as_of(&root, report));
    assert!(says_as_of(&root, "/") && !says_as_of(&root, "/products"));

    replica.administer("SELECT pg_wal_replay_resume()");
    wait_for("it is up to date", || !says_as_of(&root, report));
    assert!(root.get("/products.csv").expect(200).html().contains("AFTER"));

    replica.stop_at_once();
    for path in [report, csv, "/", "/products.csv"] {
        root.get(path).expect(200);
    }
    assert!(program.log().contains("the replica does not answer"), "{}", program.log());
}
