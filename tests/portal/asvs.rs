//! OWASP ASVS 5.0.0, levels 1 and 2: `asvs.tsv` decides each requirement, and what a decision names exists.
//!
//! A line has the requirement's number, its level, what it asks in our words, and the decision: `test:` and the tests
//! that would fail if it were broken; `config/doc:` and words of a document; `n/a:` and why it does not apply here;
//! `PENDING:` or `OPEN:` and what is to come. A test is named by its file, below `tests/portal/` or from the root of
//! the tree, and its function.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const TABLE: &str = include_str!("asvs.tsv");

/// Requirements of each chapter by level. Without self-contained tokens (9), OAuth (10) and WebRTC (17), which the
/// portal does not have.
const CHAPTERS: [(u32, [usize; 2]); 14] = [
    (1, [8, 19]),
    (2, [4, 7]),
    (3, [8, 11]),
    (4, [2, 8]),
    (5, [4, 5]),
    (6, [13, 22]),
    (7, [6, 12]),
    (8, [4, 3]),
    (11, [3, 11]),
    (12, [3, 6]),
    (13, [1, 12]),
    (14, [2, 7]),
    (15, [3, 10]),
    (16, [0, 16]),
];

const LONGEST: usize = 90;
const SHORTEST_REASON: usize = 15;
/// The libraries of what the table says that the portal does not have.
const ABSENT: [&str; 14] = [
    "actix-ws",
    "async-graphql",
    "hyper",
    "jsonwebtoken",
    "juniper",
    "ldap3",
    "memcache",
    "oauth2",
    "openidconnect",
    "regex",
    "reqwest",
    "roxmltree",
    "samael",
    "tungstenite",
];

struct Row {
    number: [u32; 3],
    level: usize,
    asks: &'static str,
    kind: &'static str,
    decision: &'static str,
}

fn rows() -> Vec<Row> {
    TABLE.lines().map(row).collect()
}

fn row(line: &'static str) -> Row {
    let [number, level, asks, decision] = line.split('\t').collect::<Vec<_>>().try_into().expect(line);
    let (kind, decision) = decision.split_once(": ").expect(line);
    let number: Vec<u32> = number.split('.').map(|part| part.parse().expect(line)).collect();
    Row { number: number.try_into().expect(line), level: level.parse().expect(line), asks, kind, decision }
}

impl Row {
    fn told(&self) -> String {
        let [chapter, section, number] = self.number;
        format!("{chapter}.{section}.{number} {}: {}: {}", self.asks, self.kind, self.decision)
    }
}

fn of_kind(kind: &str) -> impl Iterator<Item = Row> {
    rows().into_iter().filter(move |row| row.kind == kind)
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_requirement_of_both_levels_is_decided_once_and_in_order() {
    let rows = rows();
    assert!(rows.is_sorted_by(|one, next| one.number < next.number), "a number comes twice or out of order");
    let mut counts: BTreeMap<u32, [usize; 2]> = BTreeMap::new();
    for row in &rows {
        counts.entry(row.number[0]).or_default()[row.level - 1] += 1;
        assert!(!row.asks.is_empty() && row.asks.chars().count() <= LONGEST, "{}", row.told());
    }
    assert_eq!(counts, BTreeMap::from(CHAPTERS));
    assert_eq!(rows.len(), 210);
}

#[test]
fn each_test_that_a_decision_names_exists() {
    for row in of_kind("test") {
        for test in row.decision.split(", ") {
            let (file, function) = test.split_once("::").unwrap_or_else(|| panic!("{}", row.told()));
            let is_rooted = ["src/", "tests/"].iter().any(|root| file.starts_with(root));
            let text = read(&if is_rooted { file.to_owned() } else { format!("tests/portal/{file}") });
            assert!(text.contains(&format!("fn {function}(")), "{test} of {}", row.told());
        }
    }
}

#[test]
fn each_document_that_a_decision_names_says_so() {
    for row in of_kind("config/doc") {
        for place in row.decision.split_inclusive("”").map(|place| place.trim_start_matches("; ")) {
            let (file, words) = place.split_once(" “").unwrap_or_else(|| panic!("{}", row.told()));
            let words = words.trim_end_matches('”');
            let text = read(file).replace("\n//! ", " ").replace('\n', " ");
            assert!(text.contains(words), "{file} does not say “{words}”: {}", row.told());
        }
    }
}

#[test]
fn each_decision_is_of_a_known_kind_and_gives_a_reason() {
    let kinds = ["test", "config/doc", "n/a", "PENDING", "OPEN"];
    for row in rows() {
        assert!(kinds.contains(&row.kind), "{}", row.told());
        assert!(row.decision.chars().count() >= SHORTEST_REASON, "{}", row.told());
    }
}

#[test]
fn no_row_is_open() {
    let open: Vec<String> =
        rows().iter().filter(|row| matches!(row.kind, "OPEN" | "PENDING")).map(Row::told).collect();
    assert!(open.is_empty(), "{} rows:\n{}", open.len(), open.join("\n"));
}

#[test]
fn what_is_said_not_to_apply_is_not_built_in() {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let built_in: BTreeSet<&str> =
        manifest["dependencies"].as_table().unwrap().keys().map(String::as_str).collect();
    let found: Vec<&str> = ABSENT.into_iter().filter(|name| built_in.contains(name)).collect();
    assert!(found.is_empty(), "the reasons in the table need another look: {found:?}");
}

#[test]
fn every_library_comes_from_the_registry_with_its_checksum() {
    let lock: toml::Table = read("Cargo.lock").parse().unwrap();
    let packages = lock["package"].as_array().unwrap();
    assert!(packages.len() > 100);
    for package in packages {
        let text = |key: &str| package.get(key).and_then(toml::Value::as_str).unwrap_or_default();
        if text("name") != env!("CARGO_PKG_NAME") {
            assert!(text("source").starts_with("registry+"), "{}", text("name"));
            assert_eq!(text("checksum").len(), 64, "{}", text("name"));
        }
    }
}
