//! What queries are put together from.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite;
use reseller_portal::db::AnyConnection;
use reseller_portal::db::query::{Fixed, among};
use reseller_portal::db::schema::products;
use reseller_portal::values::ProductId;

use crate::on_both;
use crate::support::builders::a_product;
use crate::support::{Database, World};

on_both! {
    fn a_column_is_compared_with_any_number_of_values(world) {
        let ids: Vec<ProductId> = (0..5).map(|number| a_product(&format!("P-{number}")).build(world)).collect();
        for count in 0..=ids.len() {
            let some = among(products::id, ids[..count].iter().copied());
            let found: Vec<ProductId> =
                world.read(|connection| products::table.filter(some).select(products::id).load(connection));
            let found: BTreeSet<ProductId> = found.into_iter().collect();
            assert_eq!(found, ids[..count].iter().copied().collect());
        }
    }

    fn a_word_in_a_statement_is_compared_like_any_text(world) {
        a_product("P-1").category("storage").build(world);
        a_product("P-2").category("compute").build(world);
        let stored = products::table.filter(products::category.eq(Fixed("storage"))).select(products::sku);
        let found: Vec<String> = world.read(|connection| stored.load(connection));
        assert_eq!(found, ["P-1"]);
    }

    fn what_is_no_word_stands_in_no_statement(world) {
        let quoted = products::table.filter(products::category.eq(Fixed("a' OR 'b'"))).select(products::sku);
        let refused: QueryResult<Vec<String>> = world.read(|connection| Ok(quoted.load(connection)));
        assert!(refused.is_err());
    }
}

/// So that the databases keep what they made of it.
#[test]
fn three_values_make_the_same_statement_as_four() {
    let text = |count: u64| {
        let ids = (0..count).map(|number| ProductId::derived(&number.to_string()));
        let query = products::table.filter(among(products::id, ids)).select(products::id);
        let told = diesel::debug_query::<Sqlite, _>(&query).to_string();
        told.split(" -- binds").next().unwrap().to_owned()
    };
    assert_eq!(text(3), text(4));
    assert_ne!(text(4), text(5));
}

#[derive(QueryableByName)]
struct BuiltWith {
    #[diesel(sql_type = Text)]
    compile_options: String,
}

/// See `.cargo/config.toml`: otherwise a statement with a limit is compiled each time that it runs.
#[test]
fn sqlite_is_built_so_that_a_plan_does_not_depend_on_values() {
    let world = World::on(Database::Sqlite);
    let options: Vec<BuiltWith> = world.read(|connection| match connection {
        AnyConnection::Sqlite(inner) => diesel::sql_query("PRAGMA compile_options").load(inner),
        AnyConnection::Postgres(_) => panic!("SQLite"),
    });
    let is_built_with = |option: &str| options.iter().any(|built| built.compile_options == option);
    assert!(is_built_with("ENABLE_QPSG") && !is_built_with("ENABLE_MEMORY_MANAGEMENT"));
}
