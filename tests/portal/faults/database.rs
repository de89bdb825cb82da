//! PostgreSQL breaks off while the portal works: pages say so, and the portal heals by itself.

use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use reseller_portal::db::Db;
use reseller_portal::jobs::store::unfinished;

use super::cases::imported;
use super::setting::{business, look, number, verifies};
use super::work::{Work, says_that_it_is_away, upload};
use crate::support::{Client, Place, Program, Server, wait_for};

/// The longest that a page may go on saying that the database is away once it is back.
const HEALING: Duration = Duration::from_secs(5);

/// The page comes back in time, and all kinds of work with it.
fn heals(client: &Client) {
    let deadline = Instant::now() + HEALING;
    while client.get("/products").status != 200 {
        assert!(Instant::now() < deadline, "not healed after {HEALING:?}");
    }
}

#[test]
fn a_server_that_stops_at_once_is_told_of_and_after_its_restart_everything_goes_on() {
    let mut server = Server::durable();
    let place = Arc::new(Place::at(server.database("portal")));
    let program = Program::serve(&place);
    let channel = business(&program.world())[0].1;
    let (root, colleague, stranger) = (program.root(), program.root(), program.anonymous());
    let work = Work::default();
    root.token();
    colleague.token();
    std::thread::scope(|scope| {
        let _until_the_end = work.while_kept();
        scope.spawn(|| work.go_on(&colleague));
        work.wait_for_more();
        // Its check has begun or will in a moment.
        let file = upload(&root, channel, 2_000).location().to_owned();
        server.stop_at_once();
        says_that_it_is_away(&root.get("/products"));
        says_that_it_is_away(&root.get(&file));
        stranger.get("/healthz").expect(200);
        says_that_it_is_away(&stranger.get("/readyz"));
        work.wait_for_a_refusal();

        server.start_again();
        heals(&root);
        stranger.get("/readyz").expect(200);
        work.wait_for_more();
        wait_for("the file is checked", || root.get(&file).expect(200).has_button("Import file"));
        root.post(&format!("{file}/acceptance"), &[]).expect(303);
        wait_for("the file is imported", || look(&place, imported)[0] == [2_000, 2_000, 2_000, 1, 1]);
    });
    wait_for("the work has ended", || look(&place, unfinished) == 0);
    work.is_kept(&program.world());
    verifies(&place, "after the database was away");
}

#[test]
fn connections_that_are_ended_at_work_are_made_anew() {
    let server = Server::durable();
    let place = Arc::new(Place::at(server.database("portal")));
    let program = Program::serve(&place);
    let channel = business(&program.world())[0].1;
    let (root, colleague) = (program.root(), program.root());
    let work = Work::default();
    colleague.token();
    let file = upload(&root, channel, 2_000).location().to_owned();
    std::thread::scope(|scope| {
        let _until_the_end = work.while_kept();
        scope.spawn(|| work.go_on(&colleague));
        for _ in 0..5 {
            work.wait_for_more();
            server.administer(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'portal'",
            );
            heals(&root);
        }
        work.wait_for_more();
    });
    wait_for("the file is checked", || root.get(&file).expect(200).has_button("Import file"));
    wait_for("the work has ended", || look(&place, unfinished) == 0);
    work.is_kept(&program.world());
    assert_eq!(look(&place, |connection| number(connection, "SELECT count(*) FROM usage_records")), 0);
    verifies(&place, "after connections were ended");
}

/// Ends every connection to the portal's database, and waits until they are gone, which takes some milliseconds.
const ALL_ENDED: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'portal';
    DO $$ BEGIN
        WHILE EXISTS (SELECT FROM pg_stat_activity WHERE datname = 'portal') LOOP
            PERFORM pg_sleep(0.005);
            PERFORM pg_stat_clear_snapshot();
        END LOOP;
    END $$";

/// What is idle in the pool is found out all at once, not one failure after the other.
#[test]
fn of_connections_that_were_ended_only_the_first_is_noticed() {
    const READERS: usize = 4;
    let server = Server::durable();
    let db = Db::open(&server.database("portal")).unwrap();
    let ask = || db.read_blocking(|connection| connection.batch_execute("SELECT 1"));
    let all_at_once = Barrier::new(READERS);
    std::thread::scope(|scope| {
        for _ in 0..READERS {
            scope.spawn(|| {
                let held = db.read_blocking(|connection| {
                    all_at_once.wait();
                    connection.batch_execute("SELECT 1")
                });
                held.unwrap();
            });
        }
    });
    server.administer(ALL_ENDED);
    // Having answered a moment ago, it is used without being asked.
    if let Err(failure) = ask() {
        assert!(failure.is_passing(), "{failure}");
    }
    for _ in 0..READERS {
        ask().unwrap();
    }
}
