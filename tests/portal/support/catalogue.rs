//! What a database tells of itself: its columns, and its rows as text.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use reseller_portal::db::AnyConnection;

/// A column, as the database's own catalogue has it.
#[derive(Debug, Clone, QueryableByName)]
pub struct Column {
    #[diesel(sql_type = Text)]
    pub in_table: String,
    #[diesel(sql_type = Text)]
    pub called: String,
    #[diesel(sql_type = Bool)]
    pub nullable: bool,
    #[diesel(sql_type = Bool)]
    pub is_text: bool,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    content: String,
}

const ON_POSTGRES: &str = "SELECT table_name::text AS in_table, column_name::text AS called, \
    is_nullable = 'YES' AS nullable, data_type = 'text' AS is_text \
    FROM information_schema.columns WHERE table_schema = 'public' \
    AND table_name NOT IN (SELECT relname FROM pg_class WHERE relispartition) \
    AND table_name <> '__diesel_schema_migrations' ORDER BY table_name, ordinal_position";
const ON_SQLITE: &str = "SELECT tables.name AS in_table, columns.name AS called, \
    columns.\"notnull\" = 0 AND columns.pk = 0 AS nullable, columns.type = 'TEXT' AS is_text \
    FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns WHERE tables.type = 'table' \
    AND tables.name <> '__diesel_schema_migrations' ORDER BY tables.name, columns.cid";

/// Every column of every table of ours.
pub fn columns(connection: &mut AnyConnection) -> QueryResult<Vec<Column>> {
    match connection {
        AnyConnection::Postgres(inner) => diesel::sql_query(ON_POSTGRES).load(inner),
        AnyConnection::Sqlite(inner) => diesel::sql_query(ON_SQLITE).load(inner),
    }
}

/// What a query gives in its one column, `content`.
pub fn texts(connection: &mut AnyConnection, query: &str) -> QueryResult<Vec<String>> {
    let rows: Vec<Row> = match connection {
        AnyConnection::Postgres(inner) => diesel::sql_query(query).load(inner),
        AnyConnection::Sqlite(inner) => diesel::sql_query(query).load(inner),
    }?;
    Ok(rows.into_iter().map(|row| row.content).collect())
}

/// Every row of a table as a JSON object, sorted.
pub fn rows(connection: &mut AnyConnection, columns: &[Column], table: &str) -> QueryResult<Vec<String>> {
    let query = match connection {
        AnyConnection::Postgres(_) => {
            format!("SELECT row_to_json(rows)::text AS content FROM {table} AS rows")
        }
        AnyConnection::Sqlite(_) => {
            let cell = |column: &Column| {
                let name = &column.called;
                format!(
                    "'{name}', CASE typeof(\"{name}\") WHEN 'blob' THEN hex(\"{name}\") ELSE \"{name}\" END"
                )
            };
            let cells: Vec<String> =
                columns.iter().filter(|column| column.in_table == table).map(cell).collect();
            format!("SELECT json_object({}) AS content FROM {table}", cells.join(", "))
        }
    };
    let mut rows = texts(connection, &query)?;
    rows.sort();
    Ok(rows)
}

/// Runs statements past the triggers, as somebody with the database's password could.
pub fn execute_without_triggers(connection: &mut AnyConnection, statements: &str) -> QueryResult<()> {
    let off = match connection {
        AnyConnection::Postgres(_) => "SET session_replication_role = replica".to_owned(),
        AnyConnection::Sqlite(_) => {
            let drops = "SELECT 'DROP TRIGGER ' || name AS content FROM sqlite_schema WHERE type = 'trigger'";
            texts(connection, drops)?.join("; ")
        }
    };
    connection.batch_execute(&off)?;
    connection.batch_execute(statements)?;
    match connection {
        AnyConnection::Postgres(inner) => inner.batch_execute("SET session_replication_role = DEFAULT"),
        AnyConnection::Sqlite(_) => Ok(()),
    }
}
