//! Settings that the whole program obeys.

use crate::on_both;
use crate::reports::setting::{run, run_on};
use crate::support::Place;

on_both! {
    fn without_migrating_only_a_schema_that_is_up_to_date_is_opened(world) {
        assert!(run(world, &["verify", "--no-migrate"]).status.success());
        let empty = Place::empty(world.database());
        let refused = run_on(&empty.url, empty.folder.path(), &["verify", "--no-migrate"]);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(said.contains("run reseller-portal migrate"), "{said}");
        assert!(run_on(&empty.url, empty.folder.path(), &["migrate"]).status.success());
        assert!(run_on(&empty.url, empty.folder.path(), &["verify", "--no-migrate"]).status.success());
    }
}
