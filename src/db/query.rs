//! Query pieces that diesel's two-backend connection lacks.

use diesel::expression::{AppearsOnTable, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::BigInt;
use diesel::sqlite::Sqlite;

use super::columns::Amt;
use super::{AnyConnection, MultiBackend};

/// Lets any statement that is valid on both databases, such as an upsert, run on [`AnyConnection`].
#[derive(Debug, Clone, Copy)]
pub struct Both<T>(pub T);

impl<T: QueryFragment<Pg> + QueryFragment<Sqlite>> QueryFragment<MultiBackend> for Both<T> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        MultiBackend::walk_variant_ast(&self.0, pass)
    }
}

impl<T: QueryId> QueryId for Both<T> {
    type QueryId = T::QueryId;
    const HAS_STATIC_QUERY_ID: bool = T::HAS_STATIC_QUERY_ID;
}

impl<T: Query> Query for Both<T> {
    type SqlType = T::SqlType;
}

impl<T> RunQueryDsl<AnyConnection> for Both<T> {}

/// `SELECT ... FOR UPDATE` on PostgreSQL; nothing on SQLite, whose write transactions are serial already.
#[derive(Debug, Clone, Copy)]
pub struct ForUpdate<Q>(pub Q);

impl<Q: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for ForUpdate<Q> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        self.0.walk_ast(pass.reborrow())?;
        if let MultiBackend::Postgres(_) = pass.backend() {
            pass.push_sql(" FOR UPDATE");
        }
        Ok(())
    }
}

impl<Q> QueryId for ForUpdate<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for ForUpdate<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> RunQueryDsl<AnyConnection> for ForUpdate<Q> {}

/// `SELECT ... FOR UPDATE SKIP LOCKED` on PostgreSQL, so that each of several processes finds another row; nothing on
/// SQLite, where only one writes at a time.
#[derive(Debug, Clone, Copy)]
pub struct SkipLocked<Q>(pub Q);

impl<Q: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for SkipLocked<Q> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        self.0.walk_ast(pass.reborrow())?;
        if let MultiBackend::Postgres(_) = pass.backend() {
            pass.push_sql(" FOR UPDATE SKIP LOCKED");
        }
        Ok(())
    }
}

impl<Q> QueryId for SkipLocked<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for SkipLocked<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> RunQueryDsl<AnyConnection> for SkipLocked<Q> {}

/// How many rows a query has, counted no further than the query's own limit, as a value of another query.
#[derive(Debug, Clone, Copy)]
pub struct CountOf<Q>(pub Q);

impl<Q: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for CountOf<Q> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        pass.push_sql("(SELECT count(*) FROM (");
        self.0.walk_ast(pass.reborrow())?;
        pass.push_sql(") AS counted)");
        Ok(())
    }
}

impl<Q> QueryId for CountOf<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Expression for CountOf<Q> {
    type SqlType = BigInt;
}

impl<Q, Source> AppearsOnTable<Source> for CountOf<Q> where Self: Expression {}

impl<Q, Source> SelectableExpression<Source> for CountOf<Q> where Self: AppearsOnTable<Source> {}

impl<Q, Groups> ValidGrouping<Groups> for CountOf<Q> {
    type IsAggregate = is_aggregate::Never;
}

/// Runs one body against whichever connection it is: for batch inserts, which diesel knows only there.
#[macro_export]
macro_rules! on_backend {
    ($connection:expr, |$inner:ident| $body:expr) => {
        match $connection {
            $crate::db::AnyConnection::Postgres($inner) => $body,
            $crate::db::AnyConnection::Sqlite($inner) => $body,
        }
    };
}

/// What is typed into a search field as a pattern for `LIKE ... ESCAPE '\'` on a normalised search column.
pub fn contains_pattern(typed: &str) -> String {
    containing(&crate::values::search_key(typed))
}

/// The same for a column that is only put into small letters.
pub fn lower_pattern(typed: &str) -> String {
    containing(&typed.trim().to_lowercase())
}

fn containing(key: &str) -> String {
    let mut pattern = String::from("%");
    for letter in key.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// A text in small letters, so that a list sorted by names does not put the large ones first.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;

    /// An amount, or another one where there is none, such as the sum of no rows.
    #[sql_name = "coalesce"]
    fn amount_or(amount: diesel::sql_types::Nullable<Amt>, otherwise: Amt) -> Amt;
}

diesel::infix_operator!(AmountMinus, " - ", Amt);
