//! A re-seller that looks everywhere finds nothing that is not its own: every text of every row that it may not see is
//! a canary, and none of them shows. The same look by their owner and by the provider finds them.

mod fill;
mod hidden;
mod more;
mod visit;

use diesel::prelude::*;
use reseller_portal::db::schema::users;
use reseller_portal::values::UserId;

use self::visit::Shown;
use crate::on_both;
use crate::support::World;

/// How many pages of one kind are opened.
const VISITS: usize = 3;
/// Of a hundred columns, how many show to their owner or to the provider.
const SHOWN: usize = 60;

fn person(world: &World, name: &str) -> UserId {
    world
        .read(|connection| users::table.filter(users::user_name.eq(name)).select(users::id).first(connection))
}

on_both! {
    fn a_reseller_finds_nothing_of_others_on_any_page_and_in_any_file(world) {
        let world = &World::demonstration(world.database());
        let other = more::other(world);
        let (kestrel, root) = (person(world, "ingrid"), person(world, "root"));
        more::more_rows(world, &other);
        let ids = more::ids(world, &other);
        let canaries = fill::fill(world);

        let mut theirs = Shown::default();
        theirs.walk(&world.session_of(root), VISITS, &ids);
        theirs.walk(&world.session_of(other.person), VISITS, &ids);
        let unseen: Vec<&String> =
            canaries.iter().filter(|(number, _)| !theirs.0.contains_key(number)).map(|(_, column)| column).collect();
        let shown = 100 * (canaries.len() - unseen.len()) / canaries.len();
        assert!(shown >= SHOWN, "the look itself finds only {shown}%: {unseen:#?}");

        let mut own = Shown::default();
        own.walk(&world.session_of(kestrel), 2 * VISITS, &ids);
        own.knock(&world.session_of(kestrel), &ids);
        let refused = own.annoy(&world.session_of(kestrel));
        assert!(refused > 5, "only {refused} forms are refused");
        let leaks: Vec<String> =
            own.0.iter().map(|(number, place)| format!("{}: {place}", canaries[number])).collect();
        assert!(leaks.is_empty(), "\n{}", leaks.join("\n"));
    }
}
