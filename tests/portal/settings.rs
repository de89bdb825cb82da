//! Settings that the whole program obeys.

use diesel::connection::SimpleConnection;

use crate::on_both;
use crate::reports::setting::{run, run_on};
use crate::support::{Database, Place, World, administer};

on_both! {
    fn without_migrating_only_a_schema_that_is_up_to_date_is_opened(world) {
        assert!(run(world, &["verify", "--no-migrate"]).status.success());
        let empty = Place::empty(world.database());
        let verify = || run_on(&empty.url, empty.folder.path(), &["verify", "--no-migrate"]);
        let said = String::from_utf8(verify().stderr).unwrap();
        assert!(said.contains("run reseller-portal migrate"), "{said}");
        assert!(run_on(&empty.url, empty.folder.path(), &["migrate"]).status.success());
        assert!(verify().status.success());
    }
}

#[test]
fn a_user_who_may_not_change_tables_is_enough_to_work_with() {
    let world = World::on(Database::Postgres);
    let role = format!("portal_app_{}", std::process::id());
    administer(&format!("CREATE ROLE {role}"));
    world
        .tamper(|connection| {
            connection.batch_execute(&format!(
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
            ))
        })
        .unwrap();
    let url = format!("{}?options=-c%20role%3D{role}", world.config.database_url);
    let asked = |arguments: &[&str]| run_on(&url, world.folder(), arguments);
    let migrating = asked(&["verify"]);
    assert!(String::from_utf8_lossy(&migrating.stderr).contains("permission denied"));
    let made =
        asked(&["user", "create", "--no-migrate", "--role", "root", "--email", "rosa@northgate.example"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    assert!(asked(&["verify", "--no-migrate"]).status.success());
    drop(world);
    administer(&format!("DROP ROLE {role}"));
}
