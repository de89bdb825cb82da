//! Commands whose end may come at any moment, and what they leave.

use std::sync::Arc;
use std::time::Duration;

use diesel::QueryResult;
use reseller_portal::db::AnyConnection;

use super::setting::*;
use crate::support::{Place, command};

/// A command on a database, and what is there before and after it.
pub struct Case {
    pub arguments: &'static [&'static str],
    original: Original,
    file: String,
    parts: fn(&mut AnyConnection) -> QueryResult<Parts>,
    before: Parts,
    after: Parts,
    /// How long it takes when nobody disturbs it.
    pub whole: Duration,
}

/// The import of a file.
pub fn import(rows: usize) -> Case {
    let arguments = &["import", "--format", "portal", "--channel", "ASKER", "usage.csv"];
    Case::new(arguments, usage(rows), imported)
}

/// The closing of a month of three channels.
pub fn close() -> Case {
    Case::new(&["close", "--month", "2025-10"], String::new(), closed)
}

pub fn imported(connection: &mut AnyConnection) -> QueryResult<Parts> {
    let queries = [
        "SELECT count(*) FROM usage_records",
        "SELECT count(*) FROM usage_keys",
        "SELECT CAST(coalesce(sum(record_count), 0) AS BIGINT) FROM usage_daily",
        "SELECT count(*) FROM usage_files WHERE state = 'accepted'",
        "SELECT count(*) FROM audit_events WHERE action = 'usage_file.imported'",
    ];
    Ok(vec![numbers(connection, &queries)?])
}

fn closed(connection: &mut AnyConnection) -> QueryResult<Parts> {
    let of_channel = |code| {
        let (channel, month) = (format!("c.code = '{code}'"), "month = '2025-10'");
        let joined = |table: &str| format!("{table} t JOIN channels c ON c.id = t.channel_id AND {channel}");
        let queries = [
            format!("SELECT count(*) FROM {} WHERE {month} AND t.state = 'closing'", joined("statements")),
            format!("SELECT count(*) FROM {} WHERE {month}", joined("charge_lines")),
            format!(
                "SELECT count(*) FROM audit_events e JOIN channels c ON c.reseller_id = e.reseller_id AND {channel}
                 WHERE e.action = 'statement.closed'"
            ),
        ];
        numbers(connection, &queries)
    };
    ["ASKER", "BODO", "CARL"].into_iter().map(of_channel).collect()
}

pub fn numbers(connection: &mut AnyConnection, queries: &[impl AsRef<str>]) -> QueryResult<Vec<i64>> {
    queries.iter().map(|query| number(connection, query.as_ref())).collect()
}

impl Case {
    fn new(
        arguments: &'static [&'static str],
        file: String,
        parts: fn(&mut AnyConnection) -> QueryResult<Parts>,
    ) -> Self {
        let (original, _) = Original::of(business);
        let mut case = Self {
            arguments,
            original,
            file,
            parts,
            before: Vec::new(),
            after: Vec::new(),
            whole: Duration::ZERO,
        };
        let place = case.place();
        case.before = look(&place, parts);
        case.whole = timed(|| assert!(command(&place, arguments).output().unwrap().status.success()));
        let_it_finish(&place);
        case.after = look(&place, parts);
        assert!(case.before.iter().zip(&case.after).all(|(before, after)| before != after));
        case
    }

    /// A copy of the database, beside the file.
    pub fn place(&self) -> Arc<Place> {
        let place = self.original.copy();
        std::fs::write(place.folder.path().join("usage.csv"), &self.file).unwrap();
        place
    }

    /// After a fault everything is whole, what was told as done is there, and the command can be given again.
    #[track_caller]
    pub fn check(&self, place: &Arc<Place>, was_done: bool, when: &str) {
        is_sound(place, when);
        let found = look(place, self.parts);
        for ((found, before), after) in found.iter().zip(&self.before).zip(&self.after) {
            assert!(found == after || (found == before && !was_done), "{when}: {found:?} of {after:?}");
        }
        self.goes_on(place, when);
    }

    /// Given again, the command comes to the same as if nobody had disturbed it.
    #[track_caller]
    pub fn goes_on(&self, place: &Arc<Place>, when: &str) {
        command(place, self.arguments).output().unwrap();
        let_it_finish(place);
        assert_eq!(look(place, self.parts), self.after, "{when}, and done again");
        verifies(place, when);
    }
}
