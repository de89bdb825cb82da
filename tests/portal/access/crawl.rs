//! Goes through the portal as somebody who opens every link.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use reseller_portal::routes::{ROUTES, Route};

use crate::support::{Client, Page};

/// The site map's line for an address.
pub fn line(method: &str, address: &str) -> Option<&'static Route> {
    let parts: Vec<&str> = address.split(['?', '#']).next()?.split('/').collect();
    let fits = |pattern: &str| {
        let pattern: Vec<&str> = pattern.split('/').collect();
        pattern.len() == parts.len()
            && pattern.iter().zip(&parts).all(|(fixed, part)| fixed == part || fixed.starts_with('{'))
    };
    let found = ROUTES.iter().filter(|route| route.method == method && fits(route.path));
    found.min_by_key(|route| route.path.matches('{').count())
}

/// The links of a page to addresses of the portal; a form without its fields leads nowhere.
pub fn links(page: &Page) -> Vec<String> {
    let forms = page.attributes("form[method='get']", "action");
    let all = page.attributes("a[href^='/']", "href").into_iter();
    all.filter(|link| !forms.contains(link)).collect()
}

/// Every page that links lead to from the overview on, at most so many of one kind, with its line of the site map.
pub fn crawl(client: &Client, most: usize) -> Vec<(&'static str, Page)> {
    crawl_from(client, "/", most)
}

/// The same from another page on.
pub fn crawl_from(client: &Client, start: &str, most: usize) -> Vec<(&'static str, Page)> {
    let mut visits: BTreeMap<&str, usize> = BTreeMap::new();
    let mut known: BTreeSet<String> = [start.to_owned()].into();
    let mut waiting = VecDeque::from([start.to_owned()]);
    let mut pages = Vec::new();
    while let Some(path) = waiting.pop_front() {
        let pattern = line("GET", &path).map_or("", |route| route.path);
        let times = visits.entry(pattern).or_default();
        let is_file = path.contains(".csv") || path.contains(".xlsx") || pattern.starts_with("/static");
        if *times >= most || is_file {
            continue;
        }
        *times += 1;
        let page = client.get(&path);
        let new = links(&page).into_iter().filter(|link| known.insert(link.clone()));
        waiting.extend(new.collect::<Vec<_>>());
        pages.push((pattern, page));
    }
    pages
}
