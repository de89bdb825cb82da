//! A close look at a page in each window and colour: what does not fit, what cannot be read, what keeps people out.
//!
//! axe-core looks at one window and colour; with `PAGES=folder` at all of them, and the page is kept there for other
//! judges. With `PICTURES=folder` the whole page is kept as a picture of each.

use std::path::PathBuf;

use crate::browser::Browser;

/// Returns what is wrong with the page as it is shown.
const FAULTS: &str = include_str!("faults.js");

/// Returns where the page is heavier than it may be, or moves while it loads.
const WEIGHT: &str = include_str!("weight.js");

/// axe-core of npm; see `VENDOR.md` beside it.
const AXE: &str = include_str!("vendor/axe.min.js");

/// Defines `inspect()`, which promises what axe-core finds in the page.
const INSPECT: &str = include_str!("inspect.js");

const WINDOWS: [(u32, bool); 4] = [(1440, false), (1440, true), (390, true), (390, false)];

/// What is wrong with the page where somebody is.
pub fn faults_of(person: &Browser, name: &str) -> Vec<String> {
    let (pages, pictures) = (folder("PAGES"), folder("PICTURES"));
    let file = file_name(person, name);
    let mut found = told(person, WEIGHT);
    person.evaluate(AXE);
    if let Some(folder) = &pages {
        let page = person.evaluate("return fetch(location.href).then(answer => answer.text())");
        std::fs::write(folder.join(format!("{file}.html")), page.as_str().unwrap()).unwrap();
    }
    for (at, (width, dark)) in WINDOWS.into_iter().enumerate() {
        person.look(width, 900, dark);
        let mut faults = told(person, FAULTS);
        if at == 0 || pages.is_some() {
            faults.extend(told(person, &format!("{INSPECT}\nreturn inspect()")));
        }
        let colours = if dark { "dark" } else { "light" };
        if let Some(folder) = &pictures {
            std::fs::write(folder.join(format!("{file}-{width}-{colours}.png")), person.whole_picture())
                .unwrap();
        }
        found.extend(faults.into_iter().map(|fault| format!("at {width} pixels, {colours}: {fault}")));
    }
    found.into_iter().map(|fault| format!("{name}: {} {fault}", person.address())).collect()
}

fn told(person: &Browser, script: &str) -> Vec<String> {
    serde_json::from_value(person.evaluate(script)).unwrap()
}

fn folder(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from)
}

/// Whose page, and its address in letters that a file's name may have.
fn file_name(person: &Browser, name: &str) -> String {
    let address = person.address();
    let path = address.splitn(4, '/').last().unwrap_or_default();
    format!("{name} {path}")
        .chars()
        .map(|letter| if letter.is_alphanumeric() { letter } else { '_' })
        .take(120)
        .collect()
}
