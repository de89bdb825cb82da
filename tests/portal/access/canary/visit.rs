//! Looks at everything that somebody can reach, and tells where canaries show.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use reseller_portal::routes::ROUTES;

use super::super::crawl::{crawl, line, links};
use super::super::forms::forms;
use super::super::matrix::absent;
use crate::support::{Client, Page};

/// Where each canary showed first, by number.
#[derive(Debug, Default)]
pub struct Shown(pub BTreeMap<usize, String>);

/// Ids of objects, by the start of the addresses that name them, and by the filter that takes them.
pub type Ids = Vec<(&'static str, &'static str, String)>;

impl Shown {
    fn look(&mut self, page: &Page) {
        let mut texts = vec![format!("{:?}", page.headers), page.html()];
        if page.bytes.starts_with(b"PK") {
            texts.extend(unzipped(&page.bytes));
        }
        for number in texts.iter().flat_map(|text| numbers(text)) {
            self.0.entry(number).or_insert_with(|| page.asked.clone());
        }
    }

    /// Every page that links lead to, at most so many of one kind, with its files and what its searches find.
    pub fn walk(&mut self, client: &Client, most: usize, ids: &Ids) {
        let pages: Vec<Page> = crawl(client, most).into_iter().map(|(_, page)| page).collect();
        let mut asked = BTreeSet::new();
        for page in &pages {
            self.look(page);
            asked.extend(files(page, most));
            asked.extend(searches(page, ids));
        }
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for address in asked {
            let file = line("GET", &address).map_or("", |route| route.path);
            let times = times.entry(format!("{file}?{}", address.contains('?'))).or_default();
            *times += 1;
            if *times <= most * 8 {
                self.look(&client.get(&address));
            }
        }
    }

    /// What is said of objects that others have.
    pub fn knock(&mut self, client: &Client, ids: &Ids) {
        for route in ROUTES.iter().filter(|route| route.path.contains("{id}")) {
            for (_, _, id) in ids.iter().filter(|(start, _, _)| route.path.starts_with(start)) {
                let address = absent(&route.path.replace("{id}", id));
                let answer =
                    if route.method == "GET" { client.get(&address) } else { client.post(&address, &[]) };
                assert!(answer.status >= 400, "{}", answer.describe());
                self.look(&answer);
            }
        }
    }

    /// What is said to forms that are not filled in; how many are refused.
    pub fn annoy(&mut self, client: &Client) -> usize {
        let mut refused = 0;
        for (_, form) in forms(client) {
            let typed = form.inputs.iter().filter(|input| input.is_typed());
            let names: BTreeSet<&str> = typed.map(|input| input.name.as_str()).collect();
            if names.is_empty() {
                continue;
            }
            let is_typed = |name: &str| names.contains(name);
            let blank = form
                .sent()
                .into_iter()
                .map(|(name, value)| (name.clone(), if is_typed(&name) { String::new() } else { value }));
            let answer = client.fill(&form, &blank.collect::<Vec<_>>());
            refused += usize::from(answer.status == 422);
            self.look(&answer);
        }
        refused
    }
}

/// The canaries of a text, by number.
fn numbers(text: &str) -> Vec<usize> {
    let lower = text.to_lowercase();
    let number = |rest: &str| {
        let (digits, after) = rest.split_at_checked(3)?;
        after.starts_with('x').then(|| digits.parse().ok()).flatten()
    };
    lower.split("canary").skip(1).filter_map(number).collect()
}

fn unzipped(bytes: &[u8]) -> Vec<String> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let read = |number| {
        let mut content = Vec::new();
        archive.by_index(number).unwrap().read_to_end(&mut content).unwrap();
        String::from_utf8_lossy(&content).into_owned()
    };
    (0..zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap().len()).map(read).collect()
}

/// The files that a page offers.
fn files(page: &Page, most: usize) -> Vec<String> {
    let is_file = |link: &String| link.contains(".csv") || link.contains(".xlsx");
    links(page).into_iter().filter(is_file).take(most).collect()
}

/// Each of a page's searches for what all canaries have, and its filters by ids of others.
fn searches(page: &Page, ids: &Ids) -> Vec<String> {
    let mut searches = Vec::new();
    for form in page.searching_forms() {
        for input in &form.inputs {
            let (action, name) = (&form.action, &input.name);
            if ["text", "search"].contains(&input.kind.as_str()) {
                searches.push(format!("{action}?{name}=canary"));
            }
            let fitting = ids.iter().filter(|(_, filter, _)| filter == name);
            searches.extend(fitting.map(|(_, _, id)| format!("{action}?{name}={id}")));
        }
    }
    searches
}
