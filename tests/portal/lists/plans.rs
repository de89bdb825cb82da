//! The own order of each large list comes from an index: nothing is sorted, and no table is read through.

use std::fmt::Display;
use std::sync::{Arc, Mutex};

use diesel::connection::{Instrumentation, InstrumentationEvent};
use diesel::prelude::*;
use diesel::sql_types::Text;
use reseller_portal::audit::listed::Entries;
use reseller_portal::catalog::lists::{Bundles, Products};
use reseller_portal::catalog::price_store;
use reseller_portal::channels::choice::Named;
use reseller_portal::channels::listed::Channels;
use reseller_portal::channels::price_requests::listed::PriceRequests;
use reseller_portal::customers::lists::{Customers, Subscriptions};
use reseller_portal::db::AnyConnection;
use reseller_portal::db::paging::{Cursor, Listing, Place, SortKey};
use reseller_portal::mail::listed::Mails;
use reseller_portal::requests::resellers::Resellers;
use reseller_portal::requests::store::Requests;
use reseller_portal::settlement::store::Statements;
use reseller_portal::usage::store::UsageFiles;
use reseller_portal::values::Scope;

use crate::on_both;
use crate::support::builders::a_bundle;
use crate::support::{Database, World};

#[derive(QueryableByName)]
struct OfSqlite {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct OfPostgres {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

/// The statements that some work sends.
fn statements<T>(
    connection: &mut AnyConnection,
    work: impl FnOnce(&mut AnyConnection) -> QueryResult<T>,
) -> Vec<String> {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let told = seen.clone();
    connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            told.lock().unwrap().push(query.to_string());
        }
    });
    work(connection).unwrap();
    connection.set_instrumentation(None::<Box<dyn Instrumentation>>);
    seen.lock().unwrap().split_off(0)
}

/// The statement that reads a list's first page in its own order.
fn statement<L: Listing>(connection: &mut AnyConnection, listing: &L) -> String {
    let first = Place { order: L::Key::DEFAULT, cursor: Cursor::First };
    statements(connection, |connection| listing.rows(connection, first, 51)).remove(0)
}

/// Without binds: a page has 51 rows, and what is compared with is not known.
fn plan(connection: &mut AnyConnection, statement: &str) -> Vec<String> {
    let (text, binds) = statement.split_once(" -- binds: ").unwrap();
    match connection {
        AnyConnection::Sqlite(inner) => {
            let rows = diesel::sql_query(format!("EXPLAIN QUERY PLAN {text}")).load::<OfSqlite>(inner);
            rows.unwrap().into_iter().map(|row| row.detail).collect()
        }
        AnyConnection::Postgres(inner) => {
            for setting in ["enable_seqscan", "enable_sort", "enable_incremental_sort"] {
                diesel::sql_query(format!("SET {setting} = off")).execute(inner).unwrap();
            }
            let count = binds.split(", ").count();
            let text = (1..=count).rev().fold(text.to_owned(), |text, number| {
                text.replace(&format!("${number}"), if number == count { "51" } else { "NULL" })
            });
            let rows = diesel::sql_query(format!("EXPLAIN {text}")).load::<OfPostgres>(inner);
            rows.unwrap().into_iter().map(|row| row.line).collect()
        }
    }
}

/// The plan without its subqueries, each of which reads a few rows for one of the page's.
fn without_subqueries(plan: &[String]) -> Vec<&str> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let (mut own, mut inside) = (Vec::new(), None);
    for line in plan {
        if line.contains("InitPlan") || line.contains("SubPlan") || line.contains("SUBQUERY") {
            inside = Some(indent(line));
        } else if inside.is_none_or(|outer| {
            indent(line) <= outer && !line.starts_with("SEARCH") && !line.starts_with("USE")
        }) {
            inside = None;
            own.push(line.as_str());
        }
    }
    own
}

fn assert_indexed<L: Listing>(world: &World, name: impl Display, listing: L) {
    let plan = world.read(|connection| {
        let statement = statement(connection, &listing);
        Ok(plan(connection, &statement))
    });
    let is_slow = |line: &str| {
        ["TEMP B-TREE", "Sort", "Seq Scan"].iter().any(|word| line.contains(word))
            || (line.starts_with("SCAN ") && !line.contains("USING"))
    };
    assert!(!without_subqueries(&plan).into_iter().any(is_slow), "{name}: {plan:#?}");
}

on_both! {
    fn the_first_page_of_each_large_list_is_read_from_an_index(world) {
        let (scope, today, text) = (Scope::Root, world.now().day(), String::new());
        assert_indexed(world, "requests", Requests::default());
        assert_indexed(world, "customers", Customers { scope, text: text.clone(), channel: Named::Any });
        assert_indexed(world, "subscriptions", Subscriptions::all(scope, today));
        assert_indexed(world, "channels", Channels { scope, text: text.clone(), reseller: None });
        let month = reseller_portal::values::Month::of(today);
        assert_indexed(world, "re-sellers", Resellers { text: text.clone(), state: None, month });
        assert_indexed(world, "statements", Statements { scope, state: None, month: None, channel: Named::Any });
        assert_indexed(world, "usage files", UsageFiles { scope, channel: Named::Any, state: None });
        assert_indexed(world, "price requests", PriceRequests { scope, state: None, channel: None });
        assert_indexed(world, "audit", Entries::default());
        assert_indexed(world, "outbox", Mails::default());
        assert_indexed(world, "products", Products::default());
        assert_indexed(world, "bundles", Bundles { text, state: None, kind: None, today });
    }
}

/// PostgreSQL has statistics of its tables and would read so few rows in any order.
#[test]
fn the_values_of_a_price_book_are_found_by_its_versions_and_no_other_book_is_read() {
    let world = World::on(Database::Sqlite);
    let bundle = a_bundle("CLOUD").recurring("10").build(&world).id;
    let plans = world.read(|connection| {
        let mut sent = statements(connection, |connection| price_store::book(connection, None));
        sent.extend(statements(connection, |connection| {
            price_store::of_bundles(connection, None, &[bundle], None)
        }));
        sent.retain(|statement| statement.contains("price_values"));
        Ok(sent.iter().map(|statement| plan(connection, statement)).collect::<Vec<_>>())
    });
    assert_eq!(plans.len(), 2);
    for plan in plans {
        let is_found =
            |line: &String| line.starts_with("SEARCH price_values") && line.contains("version_id=?");
        assert!(plan.iter().any(is_found), "{plan:#?}");
    }
}
