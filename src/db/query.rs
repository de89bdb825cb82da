//! Query pieces that diesel's two-backend connection lacks.

use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::expression::{
    AppearsOnTable, SelectableExpression, TypedExpressionType, ValidGrouping, is_aggregate,
};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Bool, HasSqlType, SqlType, Text};
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

/// Whether a column has one of some values. The number of values in the statement is a power of two, the last one
/// repeated: of a statement that is different for each number the databases would not keep what they made of it.
#[derive(Debug, Clone)]
pub struct Among<C, T> {
    column: C,
    values: Vec<T>,
}

/// See [`Among`].
pub fn among<C, T: Clone>(column: C, values: impl IntoIterator<Item = T>) -> Among<C, T> {
    let mut values: Vec<T> = values.into_iter().collect();
    if let Some(last) = values.last().cloned() {
        values.resize(values.len().next_power_of_two(), last);
    }
    Among { column, values }
}

impl<DB, C, T> QueryFragment<DB> for Among<C, T>
where
    DB: Backend + HasSqlType<C::SqlType>,
    C: Expression + QueryFragment<DB>,
    T: ToSql<C::SqlType, DB>,
{
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if self.values.is_empty() {
            pass.push_sql("1=0");
            return Ok(());
        }
        self.column.walk_ast(pass.reborrow())?;
        for (place, value) in self.values.iter().enumerate() {
            pass.push_sql(if place == 0 { " IN (" } else { ", " });
            pass.push_bind_param::<C::SqlType, T>(value)?;
        }
        pass.push_sql(")");
        Ok(())
    }
}

impl<C, T> QueryId for Among<C, T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C: Expression, T> Expression for Among<C, T> {
    type SqlType = Bool;
}

impl<C: AppearsOnTable<Source>, T, Source> AppearsOnTable<Source> for Among<C, T> {}

impl<C: SelectableExpression<Source>, T, Source> SelectableExpression<Source> for Among<C, T> {}

impl<C, T, Groups> ValidGrouping<Groups> for Among<C, T> {
    type IsAggregate = is_aggregate::Never;
}

/// One number that is made of a query's rows, as a value of another query.
macro_rules! number_of_rows {
    ($(#[$doc:meta])* $name:ident, $number:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name<Q>(pub Q);

        impl<Q: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for $name<Q> {
            fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
                pass.push_sql(concat!("(SELECT ", $number, " FROM ("));
                self.0.walk_ast(pass.reborrow())?;
                pass.push_sql(") AS counted)");
                Ok(())
            }
        }

        impl<Q> QueryId for $name<Q> {
            type QueryId = ();
            const HAS_STATIC_QUERY_ID: bool = false;
        }

        impl<Q: Query> Expression for $name<Q> {
            type SqlType = BigInt;
        }

        impl<Q, Source> AppearsOnTable<Source> for $name<Q> where Self: Expression {}

        impl<Q, Source> SelectableExpression<Source> for $name<Q> where Self: AppearsOnTable<Source> {}

        impl<Q, Groups> ValidGrouping<Groups> for $name<Q> {
            type IsAggregate = is_aggregate::Never;
        }
    };
}

number_of_rows! {
    /// How many rows a query has, counted no further than the query's own limit.
    CountOf, "count(*)"
}

number_of_rows! {
    /// What the column `record_count` of a query's rows adds up to.
    RecordsOf, "CAST(coalesce(sum(record_count), 0) AS BIGINT)"
}

/// A word that stands in the statement itself, such as a state that is looked for. The databases plan with it: an index
/// that keeps only rows in this state is used, which they cannot know to be right for a value that comes later.
#[derive(Debug, Clone, Copy)]
pub struct Fixed(pub &'static str);

impl<DB: Backend> QueryFragment<DB> for Fixed {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if !self.0.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
            let error = format!("not a word of a state: {}", self.0);
            return Err(diesel::result::Error::QueryBuilderError(error.into()));
        }
        pass.push_sql("'");
        pass.push_sql(self.0);
        pass.push_sql("'");
        Ok(())
    }
}

impl QueryId for Fixed {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Expression for Fixed {
    type SqlType = Text;
}

impl<Source> AppearsOnTable<Source> for Fixed {}

impl<Source> SelectableExpression<Source> for Fixed {}

impl<Groups> ValidGrouping<Groups> for Fixed {
    type IsAggregate = is_aggregate::Never;
}

/// A value that a query written in SQL gives. The text is all that it has: what every page asks for costs more to put
/// together from its parts than to answer.
#[derive(Debug, Clone, Copy)]
pub struct Written<Type>(&'static str, PhantomData<Type>);

impl<Type> Written<Type> {
    /// A query in brackets that both databases understand.
    pub const fn new(sql: &'static str) -> Self {
        Self(sql, PhantomData)
    }
}

impl<DB: Backend, Type> QueryFragment<DB> for Written<Type> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        pass.push_sql(self.0);
        Ok(())
    }
}

impl<Type> QueryId for Written<Type> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Type: SqlType + TypedExpressionType> Expression for Written<Type> {
    type SqlType = Type;
}

impl<Type, Source> AppearsOnTable<Source> for Written<Type> where Self: Expression {}

impl<Type, Source> SelectableExpression<Source> for Written<Type> where Self: AppearsOnTable<Source> {}

impl<Type, Groups> ValidGrouping<Groups> for Written<Type> {
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
    fn lower(text: Text) -> Text;

    /// An amount, or another one where there is none, such as the sum of no rows.
    #[sql_name = "coalesce"]
    fn amount_or(amount: diesel::sql_types::Nullable<Amt>, otherwise: Amt) -> Amt;
}

diesel::infix_operator!(AmountMinus, " - ", Amt);
