//! Every page that can be reached in the demonstration, in windows of 390 and 1440 pixels, in light and dark colours:
//! as root, as a re-seller, as an applicant and as a stranger.

use std::collections::{BTreeMap, VecDeque};

use reseller_portal::routes::ROUTES;
use reseller_portal::settings::DEMO_SIGN_INS;
use reseller_portal::web::Access;

use crate::browser::{Browser, Desk};
use crate::closely;
use crate::support::{Database, World};

/// An applicant who begins a request, and one of the demonstration to whom terms are offered.
const NOBODY: &str = "mara@norden.example";
const NEGOTIATING: &str = "eva@quartzpeak.example";

/// How often a page is looked at closely, and how many of one kind of object are opened in search of links.
const LOOKS: usize = 2;
const VISITS: usize = 20;

/// What the walks have met.
#[derive(Default)]
struct Found {
    /// The site map's lines, with how often.
    seen: BTreeMap<&'static str, usize>,
    faults: Vec<String>,
}

#[test]
fn every_page_is_reached_and_fits_every_window_in_both_colours() {
    let world = demonstration();
    let desk = Desk::at(world.url());
    let mut all = Found::default();
    for ((name, password), enters) in
        DEMO_SIGN_INS.into_iter().zip([[Access::Root, Access::Member], [Access::Reseller, Access::Member]])
    {
        let person = desk.person();
        person.enter_password(name, password);
        if person.address().ends_with("/sign-in/code") {
            look(&person, name, "/sign-in/code", &mut all);
        }
        person.enter_code().see("Waiting for you");
        // The page of components is for people who work on the portal.
        let own = walk(&person, name, &["/", "/design"]);
        for route in ROUTES.iter().filter(|route| route.method == "GET" && enters.contains(&route.access)) {
            if !is_file(route.path) && !own.seen.contains_key(route.path) {
                all.faults.push(format!("{name} finds no way to {}", route.path));
            }
        }
        all.add(own);
    }
    let stranger = desk.person();
    all.add(walk(&stranger, "a stranger", &["/sign-in", "/no-such-page", "/welcome/over", "/enter/over"]));
    for email in [NOBODY, NEGOTIATING] {
        let applicant = desk.person();
        apply(&applicant, email, &mut all);
        all.add(walk(&applicant, email, &["/application"]));
    }
    let unseen = ROUTES.iter().filter(|route| route.method == "GET" && !is_file(route.path));
    all.faults.extend(
        unseen
            .filter(|route| !all.seen.contains_key(route.path))
            .map(|route| format!("nobody sees {}", route.path)),
    );
    assert!(all.faults.is_empty(), "\n{}", all.faults.join("\n"));
}

impl Found {
    fn add(&mut self, other: Self) {
        for (path, times) in other.seen {
            *self.seen.entry(path).or_default() += times;
        }
        self.faults.extend(other.faults);
    }
}

fn is_file(path: &str) -> bool {
    ["/static/", "/healthz", "/readyz", ".csv", ".xlsx", ".png"].iter().any(|part| path.contains(part))
}

/// Goes to an applicant's request, or begins one; looks at the pages that are passed once only.
fn apply(applicant: &Browser, email: &str, all: &mut Found) {
    applicant.open("/sign-up").fill("E-mail", email).press("Send me the link");
    look(applicant, email, "/sign-up", all);
    applicant.follow("open the link here");
    look(applicant, email, "/enter/{secret}", all);
    applicant.press("Continue");
    if email == NOBODY {
        look(applicant, email, "/application", all);
        applicant.press("Begin the request");
    }
}

pub fn demonstration() -> World {
    World::with(Database::Sqlite, |parts| {
        reseller_portal::demo::load(parts, |_| ()).unwrap();
        parts.demo = true;
    })
}

/// Follows links until they lead to nothing new.
fn walk(person: &Browser, name: &str, from: &[&str]) -> Found {
    let Found { mut seen, mut faults } = Found::default();
    let mut known: Vec<String> = from.iter().map(ToString::to_string).collect();
    let mut waiting = VecDeque::from(known.clone());
    while let Some(path) = waiting.pop_front() {
        let Some(pattern) = pattern_of(&path).or(from.contains(&path.as_str()).then_some("an absent page"))
        else {
            faults.push(format!("{name}: a link leads to {path}"));
            continue;
        };
        let times = seen.entry(pattern).or_default();
        let is_object = pattern.matches('{').count() == 1 && pattern.ends_with('}');
        if is_file(&path) || *times >= if is_object { VISITS } else { LOOKS } {
            continue;
        }
        *times += 1;
        person.open(&path);
        if *times <= LOOKS {
            faults.extend(closely::faults_of(person, name));
        }
        for link in links(person) {
            if !known.contains(&link) {
                known.push(link.clone());
                waiting.push_back(link);
            }
        }
    }
    Found { seen, faults }
}

/// Looks at the page where somebody is, which the site map calls so.
fn look(person: &Browser, name: &str, path: &'static str, all: &mut Found) {
    *all.seen.entry(path).or_default() += 1;
    all.faults.extend(closely::faults_of(person, name));
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
