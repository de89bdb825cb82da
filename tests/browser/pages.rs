//! Every page that can be reached in the demonstration, in windows of 390 and 1440 pixels, in light and dark colours.

use std::collections::{BTreeMap, VecDeque};

use reseller_portal::routes::ROUTES;
use reseller_portal::settings::DEMO_SIGN_INS;
use reseller_portal::web::Access;

use crate::browser::{Browser, Desk};
use crate::support::{Database, World};

/// Returns what is wrong with the page as it is shown.
const FAULTS: &str = include_str!("faults.js");

/// How often a page is looked at closely, and how many of one kind of object are opened in search of links.
const LOOKS: usize = 2;
const VISITS: usize = 20;

#[test]
fn every_page_is_reached_and_fits_every_window_in_both_colours() {
    let world = demonstration();
    let desk = Desk::at(world.url());
    let [root, ingrid] = DEMO_SIGN_INS;
    let mut faults = Vec::new();
    for ((name, password), enters) in
        [(root, [Access::Root, Access::Member]), (ingrid, [Access::Reseller, Access::Member])]
    {
        let person = desk.person();
        person.sign_in(name, password).see("Waiting for you");
        let seen = walk(&person, name, &mut faults);
        for route in ROUTES.iter().filter(|route| route.method == "GET" && enters.contains(&route.access)) {
            let is_file = route.path.ends_with(".csv") || route.path.ends_with(".xlsx");
            if !is_file && !seen.contains_key(route.path) {
                faults.push(format!("{name} finds no way to {}", route.path));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

pub fn demonstration() -> World {
    World::with(Database::Sqlite, |parts| {
        reseller_portal::demo::load(parts, |_| ()).unwrap();
        parts.demo = true;
    })
}

/// Follows links until they lead to nothing new.
fn walk(person: &Browser, name: &str, faults: &mut Vec<String>) -> BTreeMap<&'static str, usize> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    // The page of components is for people who work on the portal.
    let mut known: Vec<String> = vec!["/".into(), "/design".into()];
    let mut waiting = VecDeque::from(known.clone());
    while let Some(path) = waiting.pop_front() {
        let Some(pattern) = pattern_of(&path) else {
            faults.push(format!("{name}: a link leads to {path}"));
            continue;
        };
        let times = seen.entry(pattern).or_default();
        let is_object = pattern.matches('{').count() == 1 && pattern.ends_with('}');
        if path.contains(".csv") || path.contains(".xlsx") || *times >= if is_object { VISITS } else { LOOKS }
        {
            continue;
        }
        *times += 1;
        person.open(&path);
        if *times <= LOOKS {
            faults.extend(faults_of(person).into_iter().map(|fault| format!("{name}: {path} {fault}")));
        }
        for link in links(person) {
            if !known.contains(&link) {
                known.push(link.clone());
                waiting.push_back(link);
            }
        }
    }
    seen
}

/// What is wrong with the page in each window and colour.
fn faults_of(person: &Browser) -> Vec<String> {
    let mut found = Vec::new();
    for (width, dark) in [(1440, false), (1440, true), (390, true), (390, false)] {
        person.look(width, 900, dark);
        let faults: Vec<String> = serde_json::from_value(person.evaluate(FAULTS)).unwrap();
        let colours = if dark { "dark" } else { "light" };
        found.extend(faults.into_iter().map(|fault| format!("at {width} pixels, {colours}: {fault}")));
    }
    found
}

/// The addresses of this portal that the page leads to.
fn links(person: &Browser) -> Vec<String> {
    let read = "return [...document.querySelectorAll('a[href], form[method=get]')].map(node => node.href ?? node.action)\
        .filter(link => link.startsWith(location.origin)).map(link => link.slice(location.origin.length).replace(/#.*/, ''))\
        .filter(link => link)";
    serde_json::from_value(person.evaluate(read)).unwrap()
}

/// The site map's line for an address.
fn pattern_of(path: &str) -> Option<&'static str> {
    let parts: Vec<&str> = path.split('?').next()?.split('/').collect();
    let fits = |pattern: &str| {
        let pattern: Vec<&str> = pattern.split('/').collect();
        pattern.len() == parts.len()
            && pattern.iter().zip(&parts).all(|(fixed, part)| fixed == part || fixed.starts_with('{'))
    };
    let all = ROUTES.iter().filter(|route| route.method == "GET").map(|route| route.path);
    all.filter(|pattern| fits(pattern)).min_by_key(|pattern| pattern.matches('{').count())
}
