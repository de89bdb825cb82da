//! Whoever only looks changes nothing, finds the way out on every page, and sees no secret.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use reseller_portal::db::schema::{audit_events, audit_seals, users};
use reseller_portal::demo;
use reseller_portal::values::UserId;
use reseller_portal::web::Access;

use super::crawl::{crawl, line};
use crate::support::{Client, Database, Page, World};

/// How many pages of one kind are opened.
const VISITS: usize = 3;

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = BigInt)]
    data_version: i64,
}

/// A number that is another one after each change that somebody else made.
fn version(watcher: &mut SqliteConnection) -> i64 {
    diesel::sql_query("PRAGMA data_version").get_result::<Version>(watcher).unwrap().data_version
}

fn session(world: &World, name: &str) -> Client {
    let user: UserId = world.read(|connection| {
        users::table.filter(users::user_name.eq(name)).select(users::id).first(connection)
    });
    world.session_of(user)
}

/// What is wrong with a page that somebody who is signed in looks at.
fn faults(client: &Client, page: &Page) -> Vec<&'static str> {
    let is_own =
        line("GET", page.asked.trim_start_matches("GET ")).is_some_and(|line| line.access != Access::Anyone);
    let addresses = ["href", "action", "formaction", "src"]
        .map(|name| page.attributes(&format!("[{name}]"), name))
        .concat();
    let key = client.cookie("session").unwrap();
    let token = page.csrf().unwrap_or_else(|| "no token".into());
    let found = [
        (is_own && !page.has("form[method='post'][action='/sign-out'] button"), "has no way out"),
        (addresses.iter().any(|address| address.contains(&token)), "has the form's token in an address"),
        (page.html().contains(&key), "shows the session's key"),
        (page.html().contains("$argon2"), "shows a password's hash"),
    ];
    found.into_iter().filter(|(is_so, _)| *is_so).map(|(_, what)| what).collect()
}

#[test]
fn looking_changes_nothing_shows_no_secret_and_the_way_out_is_always_there() {
    let world = World::with(Database::Sqlite, |parts| demo::load(parts, |_| ()).unwrap());
    let clients = ["root", "ingrid"].map(|name| session(&world, name));
    world.settle();
    world.wait_until("the log is sealed", |connection| {
        let entries: i64 = audit_events::table.count().get_result(connection)?;
        Ok(audit_seals::table.count().get_result::<i64>(connection)? == entries)
    });
    let path = world.config.database_url.trim_start_matches("sqlite://").to_owned();
    let mut watcher = SqliteConnection::establish(&path).unwrap();
    let before = version(&mut watcher);
    let mut all = Vec::new();
    for client in &clients {
        let pages = crawl(client, VISITS);
        assert!(pages.len() > 40, "{}", pages.len());
        for (_, page) in pages {
            all.extend(faults(client, &page).into_iter().map(|fault| format!("{} {fault}", page.asked)));
        }
    }
    if version(&mut watcher) != before {
        all.push("something changed while they looked".into());
    }
    assert!(all.is_empty(), "\n{}", all.join("\n"));
    session(&world, "root");
    assert_ne!(version(&mut watcher), before, "a new session is a change");
}
