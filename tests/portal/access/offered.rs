//! No page offers what its reader may not do: in the demonstration, as each role, every link and every form leads to
//! an address that the role may enter.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use diesel::prelude::*;
use reseller_portal::db::schema::users;
use reseller_portal::demo;
use reseller_portal::routes::{ROUTES, Route};
use reseller_portal::values::{AccountSide, StaffRole, UserId};
use reseller_portal::web::Access;

use crate::support::{Client, Database, Page, World};

/// How many pages of one kind are opened.
const VISITS: usize = 4;
/// One of each role, by user name.
const PEOPLE: [&str; 6] = ["root", "tomas", "amara", "ingrid", "sindre", "maren"];

/// The site map's line for an address.
fn line(method: &str, address: &str) -> Option<&'static Route> {
    let parts: Vec<&str> = address.split(['?', '#']).next()?.split('/').collect();
    let fits = |pattern: &str| {
        let pattern: Vec<&str> = pattern.split('/').collect();
        pattern.len() == parts.len()
            && pattern.iter().zip(&parts).all(|(fixed, part)| fixed == part || fixed.starts_with('{'))
    };
    let found = ROUTES.iter().filter(|route| route.method == method && fits(route.path));
    found.min_by_key(|route| route.path.matches('{').count())
}

fn may_enter(route: &Route, side: AccountSide, role: StaffRole) -> bool {
    match route.access {
        Access::Anyone => true,
        Access::Applicant => false,
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

/// Follows links until they lead to nothing new; tells what was offered in vain.
fn walk(client: &Client, side: AccountSide, role: StaffRole) -> BTreeSet<String> {
    let mut faults = BTreeSet::new();
    let mut visits: BTreeMap<&str, usize> = BTreeMap::new();
    let mut known: BTreeSet<String> = ["/".to_owned()].into();
    let mut waiting = VecDeque::from(["/".to_owned()]);
    while let Some(path) = waiting.pop_front() {
        let pattern = line("GET", &path).map_or("", |route| route.path);
        let times = visits.entry(pattern).or_default();
        if *times >= VISITS
            || path.contains(".csv")
            || path.contains(".xlsx")
            || pattern.starts_with("/static")
        {
            continue;
        }
        *times += 1;
        let page = client.get(&path);
        if page.status != 200 {
            faults.insert(format!("{path} answers {}", page.status));
        }
        // A form without its fields leads nowhere.
        let forms = page.attributes("form[method='get']", "action");
        for (method, address) in offers(&page) {
            match line(method, &address) {
                None => drop(faults.insert(format!("{pattern} offers {method} {address}, which is nowhere"))),
                Some(route) if !may_enter(route, side, role) => {
                    faults.insert(format!("{pattern} offers {method} {}", route.path));
                }
                Some(_) if method == "GET" && !forms.contains(&address) && known.insert(address.clone()) => {
                    waiting.push_back(address);
                }
                Some(_) => {}
            }
        }
    }
    assert!(visits.len() > 20, "{role} of {side} sees only {visits:?}");
    faults
}

#[test]
fn no_page_offers_what_its_reader_may_not_do() {
    let world = World::with(Database::Sqlite, |parts| demo::load(parts, |_| ()).unwrap());
    let mut faults = Vec::new();
    for name in PEOPLE {
        let (user, side, role): (UserId, AccountSide, StaffRole) = world.read(|connection| {
            users::table
                .filter(users::user_name.eq(name))
                .select((users::id, users::side, users::role))
                .first(connection)
        });
        let found = walk(&world.session_of(user), side, role);
        faults.extend(found.into_iter().map(|fault| format!("{side} {role}: {fault}")));
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
