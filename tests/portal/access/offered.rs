//! No page offers what its reader may not do: in the demonstration, as each role, every link and every form leads to
//! an address that the role may enter.

use std::collections::BTreeSet;

use diesel::prelude::*;
use reseller_portal::db::schema::users;
use reseller_portal::routes::Route;
use reseller_portal::values::{AccountSide, StaffRole, UserId};
use reseller_portal::web::Access;

use super::crawl::{crawl, line};
use crate::support::{Client, Database, Page, World};

/// How many pages of one kind are opened.
const VISITS: usize = 4;
/// One of each role, by user name.
const PEOPLE: [&str; 6] = ["root", "tomas", "amara", "ingrid", "sindre", "maren"];

fn may_enter(route: &Route, side: AccountSide, role: StaffRole) -> bool {
    match route.access {
        Access::Anyone => true,
        Access::Applicant | Access::Feed => false,
        Access::Root => side == AccountSide::Root && route.right.is_of(side, role),
        Access::Reseller => side == AccountSide::Reseller && route.right.is_of(side, role),
        Access::Member => route.right.is_of(side, role),
    }
}

/// Method and address of everything that the page offers.
fn offers(page: &Page) -> BTreeSet<(&'static str, String)> {
    let of = |method, selector, name| {
        page.attributes(selector, name).into_iter().map(move |address| (method, address)).collect::<Vec<_>>()
    };
    let links =
        of("GET", "a[href^='/']", "href").into_iter().chain(of("GET", "form[method='get']", "action"));
    let forms = of("POST", "form[method='post']", "action").into_iter().chain(of(
        "POST",
        "button[formaction]",
        "formaction",
    ));
    links.chain(forms).filter(|(_, address)| address.starts_with('/')).collect()
}

/// What the pages offer in vain.
fn faults(client: &Client, side: AccountSide, role: StaffRole) -> BTreeSet<String> {
    let mut faults = BTreeSet::new();
    let pages = crawl(client, VISITS);
    assert!(pages.len() > 30, "{role} of {side} sees only {} pages", pages.len());
    for (pattern, page) in pages {
        if page.status != 200 {
            faults.insert(format!("{} answers {}", page.asked, page.status));
        }
        for (method, address) in offers(&page) {
            match line(method, &address) {
                None => faults.insert(format!("{pattern} offers {method} {address}, which is nowhere")),
                Some(route) if !may_enter(route, side, role) => {
                    faults.insert(format!("{pattern} offers {method} {}", route.path))
                }
                Some(_) => false,
            };
        }
    }
    faults
}

#[test]
fn no_page_offers_what_its_reader_may_not_do() {
    let world = World::demonstration(Database::Sqlite);
    let mut all = Vec::new();
    for name in PEOPLE {
        let (user, side, role): (UserId, AccountSide, StaffRole) = world.read(|connection| {
            users::table
                .filter(users::user_name.eq(name))
                .select((users::id, users::side, users::role))
                .first(connection)
        });
        let found = faults(&world.session_of(user), side, role);
        all.extend(found.into_iter().map(|fault| format!("{side} {role}: {fault}")));
    }
    assert!(all.is_empty(), "\n{}", all.join("\n"));
}
