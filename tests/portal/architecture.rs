//! The tree keeps its shape: who may import whom, how large things grow, and what stands where.

mod security;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const SOURCE_LINES: usize = 400;
const TEMPLATE_LINES: usize = 150;
const FUNCTION_LINES: usize = 60;

/// The table declarations of both databases are one list, however long.
const LISTS: [&str; 1] = ["db/schema.rs"];

/// Files that act for the provider and for nobody else: they open every re-seller's rows.
const FOR_THE_PROVIDER: [&str; 6] =
    ["web/", "cli/", "demo/", "work.rs", "usage/background.rs", "settlement/runs/work.rs"];

/// The files that decide: they read neither database, clock, request nor template.
const RULES: [&str; 30] = [
    "catalog/model.rs",
    "catalog/prices.rs",
    "catalog/value.rs",
    "channels/drift/mod.rs",
    "channels/model.rs",
    "channels/policy.rs",
    "customers/model.rs",
    "rating/inputs.rs",
    "rating/line.rs",
    "rating/flat.rs",
    "rating/month.rs",
    "rating/packages.rs",
    "rating/piece.rs",
    "rating/tiers.rs",
    "rating/usage.rs",
    "requests/funnel.rs",
    "requests/model.rs",
    "requests/state.rs",
    "settlement/checklist.rs",
    "settlement/runs/mod.rs",
    "settlement/window.rs",
    "settlement/compare.rs",
    "settlement/corrections.rs",
    "settlement/credit.rs",
    "settlement/seal.rs",
    "settlement/state.rs",
    "terms/difference.rs",
    "terms/limits.rs",
    "terms/split.rs",
    "usage/resolve.rs",
];

/// A file of `src/`, in two parts: what is built into the program, and its tests.
struct Source {
    name: String,
    program: String,
}

fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut folders = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                found.push((name, std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no files in {folder}");
    found
}

fn sources() -> Vec<Source> {
    let parts = files("src", ".rs").into_iter().map(|(name, text)| {
        let program = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned();
        Source { name, program }
    });
    parts.collect()
}

impl Source {
    /// The program without its comments.
    fn code(&self) -> String {
        let lines = self.program.lines().map(|line| line.split("//").next().unwrap_or_default());
        lines.collect::<Vec<_>>().join("\n")
    }

    fn is_page(&self) -> bool {
        self.name.contains("/pages/") || self.name.ends_with("/pages.rs")
    }

    /// The modules of this crate that the file names, as `crate::name` or inside `crate::{..}`.
    fn modules_used(&self) -> BTreeSet<String> {
        let code = self.code();
        let mut used = BTreeSet::new();
        for rest in code.split("crate::").skip(1) {
            match rest.strip_prefix('{') {
                Some(group) => used.extend(first_words(group)),
                None => used.extend(word(rest)),
            }
        }
        used
    }
}

fn word(text: &str) -> Option<String> {
    let word: String =
        text.trim_start().chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
    (!word.is_empty()).then_some(word)
}

/// The first word of each item of a `use` group, up to the brace that ends it.
fn first_words(group: &str) -> Vec<String> {
    let (mut depth, mut items) = (0, vec![String::new()]);
    for letter in group.chars() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => items.push(String::new()),
            _ => items.last_mut().unwrap().push(letter),
        }
    }
    items.iter().filter_map(|item| word(item)).collect()
}

/// Says all that is wrong at once.
#[track_caller]
fn none(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

fn names_any(code: &str, words: &[&'static str]) -> Option<&'static str> {
    words.iter().copied().find(|word| code.contains(word))
}

#[test]
fn values_import_nothing_of_the_crate_but_values() {
    let mut faults = Vec::new();
    for source in sources().into_iter().filter(|source| source.name.starts_with("values/")) {
        let foreign =
            source.modules_used().into_iter().filter(|name| !matches!(&**name, "values" | "text_enum"));
        faults.extend(foreign.map(|name| format!("{} uses {name}", source.name)));
    }
    none(faults);
}

#[test]
fn rules_know_neither_database_nor_request_nor_clock() {
    let sources = sources();
    for rule in RULES {
        assert!(sources.iter().any(|source| source.name == rule), "{rule} is gone: change the list");
    }
    let is_rule = |source: &&Source| {
        RULES.contains(&&*source.name)
            || source.name.starts_with("values/")
            || source.name.ends_with("/model.rs")
    };
    let outside = ["diesel", "actix_web", "askama", "Utc::now", "crate::db", "crate::clock", "std::env"];
    let faults = sources.iter().filter(is_rule).filter_map(|source| {
        names_any(&source.code(), &outside).map(|word| format!("{} uses {word}", source.name))
    });
    none(faults.collect());
}

#[test]
fn only_the_clock_reads_the_time() {
    let faults = sources().into_iter().filter(|source| source.name != "clock.rs").filter_map(|source| {
        names_any(&source.code(), &["Utc::now", "Local::now", "SystemTime"])
            .map(|word| format!("{} uses {word}", source.name))
    });
    none(faults.collect());
}

#[test]
fn pages_do_not_query_and_stores_do_not_answer() {
    let mut faults = Vec::new();
    for source in sources() {
        let code = source.code();
        if source.is_page() && code.contains("diesel") {
            faults.push(format!("{} is a page and uses diesel", source.name));
        }
        let is_store = source.name.contains("store") && !source.name.starts_with("access/session_store");
        if is_store && let Some(word) = names_any(&code, &["actix_web", "askama", "crate::web"]) {
            faults.push(format!("{} is a store and uses {word}", source.name));
        }
    }
    none(faults);
}

#[test]
fn modules_import_only_from_those_above_them() {
    let table = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs")).unwrap();
    let order: Vec<&str> =
        table.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let place = |name: &str| order.iter().position(|module| *module == name);
    let mut faults = Vec::new();
    for source in sources() {
        let module = source.name.split('/').next().unwrap().trim_end_matches(".rs");
        let Some(own) = place(module) else { continue };
        let later =
            source.modules_used().into_iter().filter(|used| place(used).is_some_and(|used| used > own));
        faults.extend(later.map(|used| format!("{} uses {used}, which comes later in lib.rs", source.name)));
    }
    none(faults);
}

#[test]
fn every_re_sellers_rows_are_opened_only_for_the_provider() {
    let mut faults = Vec::new();
    for source in sources() {
        if FOR_THE_PROVIDER.iter().any(|name| source.name.starts_with(name)) {
            continue;
        }
        // Asking whether a scope is root's is not making one.
        let made = source.code().lines().any(|line| {
            line.contains("Scope::Root")
                && !["== Scope::Root", "!= Scope::Root", "Scope::Root =>", "Scope::Root |"]
                    .iter()
                    .any(|asked| line.contains(asked))
        });
        if made && source.name != "values/scope.rs" {
            faults.push(format!("{} makes a scope of root's", source.name));
        }
    }
    none(faults);
}

#[test]
fn money_is_never_a_float() {
    let is_float = |code: &str| {
        code.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .any(|word| matches!(word, "f32" | "f64"))
    };
    let drawing = |source: &Source| source.name.starts_with("web/charts");
    let faults = sources().into_iter().filter(|source| !drawing(source) && is_float(&source.code()));
    none(faults.map(|source| format!("{} uses a float", source.name)).collect());
}

#[test]
fn files_and_functions_stay_small() {
    let mut faults = Vec::new();
    for source in sources() {
        let lines = source.program.lines().count();
        if lines > SOURCE_LINES && !LISTS.contains(&&*source.name) {
            faults.push(format!("{} has {lines} lines above its tests", source.name));
        }
        for (function, lines) in functions(&source.program) {
            if lines > FUNCTION_LINES {
                faults.push(format!("{}: {function} has {lines} lines", source.name));
            }
        }
    }
    for (name, text) in files("templates", ".html") {
        let lines = text.lines().count();
        if lines > TEMPLATE_LINES {
            faults.push(format!("templates/{name} has {lines} lines"));
        }
    }
    none(faults);
}

/// Each function with its number of lines; rustfmt puts the closing brace under the first word.
fn functions(program: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = program.lines().collect();
    let mut found = Vec::new();
    for (first, line) in lines.iter().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let words: Vec<&str> = line.split_whitespace().collect();
        let Some(place) = words.iter().position(|word| *word == "fn").filter(|place| *place <= 3) else {
            continue;
        };
        let end = format!("{}}}", " ".repeat(indent));
        let is_declared_only = line.ends_with(';');
        let Some(length) = lines[first..].iter().position(|line| *line == end).filter(|_| !is_declared_only)
        else {
            continue;
        };
        let name = words.get(place + 1).unwrap_or(&"").split(['(', '<']).next().unwrap_or_default();
        found.push((name.to_owned(), length + 1));
    }
    found
}

#[test]
fn every_template_is_used() {
    let templates = files("templates", ".html");
    let programs: String = sources().into_iter().map(|source| source.program).collect();
    let all: String = templates.iter().map(|(_, text)| text.as_str()).collect();
    let is_used = |name: &str| {
        programs.contains(&format!("path = \"{name}\""))
            || ["extends", "import", "include"].iter().any(|word| all.contains(&format!("{word} \"{name}\"")))
    };
    let unused = templates.iter().filter(|(name, _)| !is_used(name));
    none(unused.map(|(name, _)| format!("templates/{name} is used by no page")).collect());
}

#[test]
fn no_page_needs_what_the_security_policy_forbids() {
    let mut faults = Vec::new();
    // Mail programs read the letter, not browsers under the policy; it has attributes of style and nothing else.
    let pages = files("templates", ".html").into_iter().map(|(name, text)| match &*name {
        "mail/letter.html" => (name, text.replace(" style=\"", " \"")),
        _ => (name, text),
    });
    for (name, text) in pages {
        for forbidden in
            [" style=", "<style", "javascript:", " onclick=", " onsubmit=", " onchange=", " onload="]
        {
            if text.contains(forbidden) {
                faults.push(format!("templates/{name} has{forbidden}"));
            }
        }
        if text.contains("|safe") {
            faults.push(format!("templates/{name} writes text without escaping it"));
        }
    }
    none(faults);
}
