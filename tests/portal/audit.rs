//! The log: filtered, downloaded, and sealed so that nothing in it changes unnoticed.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::result::Error;
use reseller_portal::audit::{self, Event, chain};
use reseller_portal::db::AnyConnection;
use reseller_portal::db::schema::audit_seals;
use reseller_portal::keyring::Keyring;
use reseller_portal::values::{Act, Actor, ObjectId};

use crate::on_both;
use crate::support::{Database, World};

const ENTRIES: u64 = 30;
const ROUNDS: u64 = 1_000;

/// Entries about as many objects, sealed.
fn a_log(world: &World) {
    for at in 0..ENTRIES {
        let object = ObjectId::from_uuid(uuid::Uuid::now_v7());
        let who =
            Actor { address: Some(format!("203.0.113.{at}")), ..Actor::system(&format!("Person {at}")) };
        let event = Event::on("thing", object, "thing.done", format!("Thing {at} done"))
            .before(serde_json::json!({ "n": at }))
            .after(serde_json::json!({ "n": at + 1 }));
        let act = Act { who, at: world.now() };
        world.write(|connection| audit::record(connection, &act, event.clone()));
    }
    chain::seal_new(world.db(), &world.config.keys).unwrap();
    world.clock.advance(chrono::Duration::minutes(10));
}

fn verify(world: &World, connection: &mut AnyConnection, noted: Option<&(i64, String)>) -> Vec<String> {
    chain::verify(connection, &world.config.keys, noted, world.now()).unwrap().faults
}

/// Goes past the triggers, as somebody with the database's password would, and takes it all back.
fn faults_after(world: &World, statements: &str, noted: Option<&(i64, String)>) -> Vec<String> {
    let open = match world.database() {
        Database::Sqlite => {
            "DROP TRIGGER audit_events_no_update; DROP TRIGGER audit_events_no_delete;
             DROP TRIGGER audit_seals_no_update; DROP TRIGGER audit_seals_no_delete;"
        }
        Database::Postgres => {
            "ALTER TABLE audit_events DISABLE TRIGGER USER; ALTER TABLE audit_seals DISABLE TRIGGER USER;"
        }
    };
    let mut found = Vec::new();
    world
        .tamper(|connection| {
            let undone: Result<(), Error> = connection.transaction(|connection| {
                connection.batch_execute(open)?;
                connection.batch_execute(statements)?;
                found = verify(world, connection, noted);
                Err(Error::RollbackTransaction)
            });
            assert_eq!(undone, Err(Error::RollbackTransaction));
            Ok(())
        })
        .unwrap();
    found
}

/// One of many ways to change the log, by a number.
fn a_change(database: Database, round: u64) -> String {
    // Spreads consecutive numbers over all kinds and entries.
    let mixed = round.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 7;
    let (entry, other) = (1 + mixed % ENTRIES, 1 + (mixed / ENTRIES + mixed) % ENTRIES);
    let other = if other == entry { 1 + entry % ENTRIES } else { other };
    let id = |number| format!("(SELECT event_id FROM audit_seals WHERE number = {number})");
    let later = if database == Database::Sqlite { "at + 1" } else { "at + interval '1 second'" };
    let edit = |set: &str| format!("UPDATE audit_events SET {set} WHERE id = {};", id(entry));
    match round % 14 {
        0 => edit("summary = summary || ' '"),
        1 => edit("actor_name = 'Somebody else'"),
        2 => edit("address = NULL"),
        3 => edit("action = 'thing.undone'"),
        4 => edit("after = NULL"),
        5 => edit("before = after"),
        6 => edit("actor_kind = 'root'"),
        7 => edit("object_kind = 'other'"),
        8 => edit(&format!("at = {later}")),
        9 => edit("reseller_id = object_id"),
        10 => format!("DELETE FROM audit_events WHERE id = {};", id(entry)),
        11 => format!("DELETE FROM audit_seals WHERE number = {entry};"),
        12 => format!(
            "UPDATE audit_seals SET seal = (SELECT seal FROM audit_seals WHERE number = {other}) WHERE number = {entry};"
        ),
        _ => format!(
            "UPDATE audit_seals SET number = -1 WHERE number = {entry};
             UPDATE audit_seals SET number = {entry} WHERE number = {other};
             UPDATE audit_seals SET number = {other} WHERE number = -1;"
        ),
    }
}

on_both! {
    fn an_untouched_log_verifies_and_each_of_a_thousand_changes_is_found(world) {
        a_log(world);
        assert_eq!(faults_after(world, "SELECT 1;", None), Vec::<String>::new());
        let missed: Vec<String> = (0..ROUNDS)
            .map(|round| a_change(world.database(), round))
            .filter(|change| faults_after(world, change, None).is_empty())
            .collect();
        assert!(missed.is_empty(), "{missed:#?}");
    }

    fn an_end_that_was_cut_off_is_found_by_a_seal_that_was_noted_down(world) {
        a_log(world);
        let cut = format!(
            "DELETE FROM audit_events WHERE id IN (SELECT event_id FROM audit_seals WHERE number > {0});
             DELETE FROM audit_seals WHERE number > {0};",
            ENTRIES - 3
        );
        let head = world.read(|connection| {
            audit_seals::table.order(audit_seals::number.desc()).select((audit_seals::number, audit_seals::seal)).first(connection)
        });
        assert_eq!(faults_after(world, "SELECT 1;", Some(&head)), Vec::<String>::new());
        assert!(faults_after(world, &cut, None).is_empty());
        let found = faults_after(world, &cut, Some(&head));
        assert!(found[0].contains("its end was cut off"), "{found:?}");
    }

    fn a_chain_that_was_made_anew_without_the_key_is_found(world) {
        a_log(world);
        let forger = Keyring::new("another secret that the forger made up".into(), []);
        let log = world.read(|connection| chain::verify(connection, &forger, None, world.now()));
        assert_eq!(log.faults.len(), usize::try_from(ENTRIES).unwrap());
    }

    fn an_entry_that_is_dated_in_the_past_is_sealed_like_any_other(world) {
        a_log(world);
        let act = Act { who: Actor::system("Loader"), at: world.now().plus(-chrono::Duration::days(400)) };
        let event = Event::on("thing", ObjectId::from_uuid(uuid::Uuid::now_v7()), "thing.done", "Long ago".into());
        world.write(|connection| audit::record(connection, &act, event.clone()));
        chain::seal_new(world.db(), &world.config.keys).unwrap();
        assert_eq!(faults_after(world, "SELECT 1;", None), Vec::<String>::new());
    }

    fn an_entry_that_was_slipped_in_has_no_seal(world) {
        a_log(world);
        let columns = "at, actor_kind, actor_name, object_kind, object_id, action, summary";
        let new = if world.database() == Database::Sqlite { "randomblob(16)" } else { "gen_random_uuid()" };
        let slipped = format!(
            "INSERT INTO audit_events (id, {columns}) SELECT {new}, {columns} FROM audit_events LIMIT 1;"
        );
        assert_eq!(faults_after(world, &slipped, None), ["1 entry of the log has no seal"]);
    }

    fn a_change_through_the_portal_is_sealed_by_itself_and_a_replaced_key_still_verifies(world) {
        world.root().post("/people/new", &[("full_name", "Finn"), ("email", "finn@northgate.example"), ("role", "finance")]).expect(303);
        world.wait_until("the log is sealed", |connection| {
            Ok(audit_seals::table.count().get_result::<i64>(connection)? >= 2)
        });
        let replaced = Keyring::new("the key that replaced the first one, 2027".into(), [crate::support::SECRET.to_owned()]);
        let log = world.read(|connection| chain::verify(connection, &replaced, None, world.now()));
        assert!(log.faults.is_empty() && log.entries >= 2, "{:?}", log.faults);
    }

    fn the_log_is_filtered_by_person_kind_object_and_day_and_downloaded_alike(world) {
        a_log(world);
        let root = world.root();
        let rows = |query: &str| root.get(&format!("/audit?{query}")).expect(200).texts("tbody tr").len();
        assert_eq!(rows("person=Person+7"), 1);
        assert_eq!(rows("q=Thing+12+done"), 1);
        assert_eq!((rows("kind=thing"), rows("kind=price")), (30, 0));
        assert_eq!((rows("from=2026-11-23"), rows("from=2026-11-24"), rows("until=2026-11-22")), (30, 0, 0));
        let page = root.get("/audit?person=Person+7");
        let object = page.attributes("a[href^='/audit?object=']", "href").remove(0);
        assert_eq!(root.get(&object).texts("tbody tr").len(), 1);
        let csv = root.get(&page.attributes("a[href^='/audit.csv']", "href")[0]).expect(200).html();
        assert_eq!(csv.lines().count(), 2);
        assert!(csv.contains("Thing 7 done,Person 7,2026-11-23T09:45:00Z,203.0.113.7,thing.done,thing,"), "{csv}");
    }

    fn verification_says_what_was_changed(world) {
        a_log(world);
        let page = world.root().get("/verification").expect(200);
        assert!(page.main().contains("The log is as it was written.") && page.main().contains("30:"));
    }
}
