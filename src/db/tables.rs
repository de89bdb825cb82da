//! The tables of [`schema`](super::schema) as data, for what moves whole tables without knowing them one by one.
//!
//! Read from the declarations themselves, so that no table can be forgotten. Each column's value has one text that is
//! the same on both databases: numbers and moments as integers, ids and bytes in hexadecimal, decimals without zeros
//! at the end.
//!
//! Statements are put together here and nowhere else: of names that the schema declares. Values are bound.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use diesel::connection::DefaultLoadingMode;
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::AnyConnection;
use crate::on_backend;

/// What each process is at is not part of an installation; counts and sums are kept by the database itself, which adds
/// to them again as the rows come.
const LEFT_OUT: [&str; 6] =
    ["leases", "request_counts", "revenue_channels", "revenue_totals", "usage_totals", "usage_unrated"];

/// Loaded before the tables beside them, although nothing refers to them: lines may not be added to a posted statement.
const FIRST: [(&str, &str); 1] = [("statements", "charge_lines")];

const FOREIGN_KEYS_OF_POSTGRES: &str = "SELECT CAST(conrelid::regclass AS TEXT) AS from_table, \
    CAST(confrelid::regclass AS TEXT) AS to_table FROM pg_constraint \
    WHERE contype = 'f' AND connamespace = 'public'::regnamespace";
const FOREIGN_KEYS_OF_SQLITE: &str = "SELECT tables.name AS from_table, keys.\"table\" AS to_table \
    FROM sqlite_schema AS tables, pragma_foreign_key_list(tables.name) AS keys WHERE tables.type = 'table'";

const TO_ITSELF: &str = "SELECT CAST(conrelid::regclass AS TEXT) AS in_table, CAST(conname AS TEXT) AS called \
    FROM pg_constraint WHERE contype = 'f' AND conrelid = confrelid AND connamespace = 'public'::regnamespace";

/// How a column lies in each database; see [`columns`](super::columns).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    BigInt,
    Bool,
    Date,
    Binary,
    Uid,
    Instant,
    Amount,
    Decimal,
}

/// A column by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
}

/// A table with its columns in the order of their declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    pub key: Vec<String>,
    pub columns: Vec<Column>,
}

static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| {
    let declared = include_str!("schema.rs").split("diesel::table! {").skip(1).filter_map(table);
    declared.filter(|table| !LEFT_OUT.contains(&table.name.as_str())).collect()
});

/// Every table of an installation.
pub fn all() -> &'static [Table] {
    &TABLES
}

/// `name (key, ..) {` and then `column -> Type,` for each column.
fn table(declared: &str) -> Option<Table> {
    let mut lines =
        declared.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("use "));
    let (name, rest) = lines.next()?.split_once(" (")?;
    let key = rest.split_once(')')?.0.split(", ").map(str::to_owned).collect();
    let columns = lines.map_while(|line| line.strip_suffix(',')?.split_once(" -> "));
    let columns =
        columns.map(|(name, kind)| Some(Column { name: name.to_owned(), kind: Kind::declared(kind)? }));
    Some(Table { name: name.to_owned(), key, columns: columns.collect::<Option<_>>()? })
}

impl Kind {
    fn declared(kind: &str) -> Option<Self> {
        let kind = kind.strip_prefix("Nullable<").and_then(|kind| kind.strip_suffix('>')).unwrap_or(kind);
        Some(match kind {
            "Text" => Self::Text,
            "BigInt" => Self::BigInt,
            "Bool" => Self::Bool,
            "Date" => Self::Date,
            "Binary" => Self::Binary,
            "Uid" => Self::Uid,
            "Instant" => Self::Instant,
            "Amt" => Self::Amount,
            "Price" | "Fixed" => Self::Decimal,
            _ => return None,
        })
    }

    /// The text of a column's value on PostgreSQL.
    fn text_on_postgres(self, column: &str) -> String {
        match self {
            Self::Text => column.to_owned(),
            Self::BigInt => format!("CAST({column} AS TEXT)"),
            Self::Bool => format!("CAST(CAST({column} AS INTEGER) AS TEXT)"),
            Self::Date => format!("to_char({column}, 'YYYY-MM-DD')"),
            Self::Binary => format!("encode({column}, 'hex')"),
            Self::Uid => format!("replace(CAST({column} AS TEXT), '-', '')"),
            Self::Instant => format!("CAST(CAST(extract(epoch FROM {column}) * 1000000 AS BIGINT) AS TEXT)"),
            Self::Amount => format!("CAST(CAST({column} * 1000000 AS BIGINT) AS TEXT)"),
            Self::Decimal => format!("CAST(trim_scale({column}) AS TEXT)"),
        }
    }

    fn text_on_sqlite(self, column: &str) -> String {
        match self {
            Self::Text | Self::Date | Self::Decimal => column.to_owned(),
            Self::BigInt | Self::Bool | Self::Instant | Self::Amount => format!("CAST({column} AS TEXT)"),
            Self::Binary | Self::Uid => {
                format!("CASE WHEN {column} IS NULL THEN NULL ELSE lower(hex({column})) END")
            }
        }
    }

    /// The value of a text on PostgreSQL.
    fn value_on_postgres(self, text: &str) -> String {
        match self {
            Self::Text => text.to_owned(),
            Self::BigInt => format!("CAST({text} AS BIGINT)"),
            Self::Bool => format!("{text} = '1'"),
            Self::Date => format!("CAST({text} AS DATE)"),
            Self::Binary => format!("decode({text}, 'hex')"),
            Self::Uid => format!("CAST({text} AS UUID)"),
            Self::Instant => {
                format!(
                    "TIMESTAMPTZ '1970-01-01 00:00:00Z' + CAST({text} AS BIGINT) * INTERVAL '1 microsecond'"
                )
            }
            Self::Amount => format!("CAST({text} AS NUMERIC) * 0.000001"),
            Self::Decimal => format!("CAST({text} AS NUMERIC)"),
        }
    }

    fn value_on_sqlite(self, text: &str) -> String {
        match self {
            Self::Text | Self::Date | Self::Decimal => text.to_owned(),
            Self::BigInt | Self::Bool | Self::Instant | Self::Amount => format!("CAST({text} AS INTEGER)"),
            Self::Binary | Self::Uid => format!("unhex({text})"),
        }
    }
}

impl Table {
    /// Gives every row as a JSON array of texts, in the order of the key, the same on both databases.
    fn reading(&self, connection: &AnyConnection) -> String {
        let on_postgres = matches!(connection, AnyConnection::Postgres(_));
        let cell = |column: &Column| {
            let name = format!("\"{}\"", column.name);
            if on_postgres { column.kind.text_on_postgres(&name) } else { column.kind.text_on_sqlite(&name) }
        };
        let cells: Vec<String> = self.columns.iter().map(cell).collect();
        let order = self.key.iter().map(|key| match self.kind_of(key) {
            // By bytes, as SQLite does.
            Some(Kind::Text) if on_postgres => format!("\"{key}\" COLLATE \"C\""),
            _ => format!("\"{key}\""),
        });
        let (cells, order) = (cells.join(", "), order.collect::<Vec<_>>().join(", "));
        let array = if on_postgres { "CAST(json_build_array" } else { "CAST(json_array" };
        format!("SELECT {array}({cells}) AS TEXT) AS content FROM {} ORDER BY {order}", self.name)
    }

    /// Adds the rows of `$1`, a JSON array of such arrays.
    fn adding(&self, connection: &AnyConnection) -> String {
        let on_postgres = matches!(connection, AnyConnection::Postgres(_));
        let value = |(place, column): (usize, &Column)| {
            if on_postgres {
                column.kind.value_on_postgres(&format!("(one.value ->> {place})"))
            } else {
                column.kind.value_on_sqlite(&format!("(one.value ->> {place})"))
            }
        };
        let names: Vec<String> = self.columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
        let values: Vec<String> = self.columns.iter().enumerate().map(value).collect();
        let rows = if on_postgres {
            "jsonb_array_elements(CAST($1 AS JSONB)) AS one(value)"
        } else {
            "json_each($1) AS one"
        };
        format!("INSERT INTO {} ({}) SELECT {} FROM {rows}", self.name, names.join(", "), values.join(", "))
    }

    /// Every row, one after the other, in the order of the key: a JSON array of texts.
    pub fn read<E: From<diesel::result::Error>>(
        &self,
        connection: &mut AnyConnection,
        mut each: impl FnMut(&str) -> Result<(), E>,
    ) -> Result<(), E> {
        let query = diesel::sql_query(self.reading(connection));
        let mut row = |row: QueryResult<Content>| each(&row?.content);
        match connection {
            AnyConnection::Postgres(inner) => {
                query.load_iter::<Content, PgRowByRowLoadingMode>(inner)?.try_for_each(&mut row)
            }
            AnyConnection::Sqlite(inner) => {
                query.load_iter::<Content, DefaultLoadingMode>(inner)?.try_for_each(&mut row)
            }
        }
    }

    /// Adds rows: a JSON array of such arrays. How many were added.
    pub fn add(&self, connection: &mut AnyConnection, rows: &str) -> QueryResult<usize> {
        let adding = diesel::sql_query(self.adding(connection)).bind::<Text, _>(rows);
        on_backend!(connection, |inner| adding.execute(inner))
    }

    /// Whether it has no row.
    pub fn is_empty(&self, connection: &mut AnyConnection) -> QueryResult<bool> {
        let first = diesel::sql_query(format!("SELECT 'one' AS content FROM {} LIMIT 1", self.name));
        let first: Vec<Content> = on_backend!(connection, |inner| first.load(inner))?;
        Ok(first.is_empty())
    }

    fn kind_of(&self, column: &str) -> Option<Kind> {
        self.columns.iter().find(|one| one.name == column).map(|one| one.kind)
    }
}

#[derive(QueryableByName)]
struct Content {
    #[diesel(sql_type = Text)]
    content: String,
}

#[derive(QueryableByName)]
struct Reference {
    #[diesel(sql_type = Text)]
    from_table: String,
    #[diesel(sql_type = Text)]
    to_table: String,
}

/// A reference of a table to itself.
#[derive(QueryableByName)]
pub struct ToItself {
    #[diesel(sql_type = Text)]
    in_table: String,
    #[diesel(sql_type = Text)]
    called: String,
}

/// Lets references of a table to itself be checked only when all of its rows are there, until the transaction ends.
pub fn check_itself_later(connection: &mut AnyConnection) -> QueryResult<Vec<ToItself>> {
    match connection {
        AnyConnection::Postgres(inner) => {
            let all: Vec<ToItself> = diesel::sql_query(TO_ITSELF).load(inner)?;
            for ToItself { in_table, called } in &all {
                let later = "DEFERRABLE INITIALLY DEFERRED";
                diesel::sql_query(format!("ALTER TABLE {in_table} ALTER CONSTRAINT {called} {later}"))
                    .execute(inner)?;
            }
            Ok(all)
        }
        AnyConnection::Sqlite(inner) => {
            diesel::sql_query("PRAGMA defer_foreign_keys = ON").execute(inner)?;
            Ok(Vec::new())
        }
    }
}

/// Checks those references now, and lets them be checked at once again.
pub fn check_itself_now(connection: &mut AnyConnection, later: &[ToItself]) -> QueryResult<()> {
    let AnyConnection::Postgres(inner) = connection else { return Ok(()) };
    diesel::sql_query("SET CONSTRAINTS ALL IMMEDIATE").execute(inner)?;
    for ToItself { in_table, called } in later {
        diesel::sql_query(format!("ALTER TABLE {in_table} ALTER CONSTRAINT {called} NOT DEFERRABLE"))
            .execute(inner)?;
    }
    Ok(())
}

/// Every table after those that it refers to, as the database's own catalogue says.
pub fn in_order(connection: &mut AnyConnection) -> QueryResult<Vec<&'static Table>> {
    let references: Vec<Reference> = match connection {
        AnyConnection::Postgres(inner) => diesel::sql_query(FOREIGN_KEYS_OF_POSTGRES).load(inner)?,
        AnyConnection::Sqlite(inner) => diesel::sql_query(FOREIGN_KEYS_OF_SQLITE).load(inner)?,
    };
    let mut needs: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for Reference { from_table, to_table } in references.iter().filter(|one| one.from_table != one.to_table) {
        needs.entry(from_table).or_default().push(to_table);
    }
    for (table, first) in FIRST {
        needs.entry(table).or_default().push(first);
    }
    let (mut ordered, mut left): (Vec<&Table>, Vec<&Table>) = (Vec::new(), all().iter().collect());
    while !left.is_empty() {
        let waits = |table: &Table| {
            let needed = needs.get(table.name.as_str());
            needed.is_some_and(|needed| left.iter().any(|other| needed.contains(&other.name.as_str())))
        };
        let (waiting, ready): (Vec<&Table>, Vec<&Table>) = left.iter().partition(|table| waits(table));
        if ready.is_empty() {
            return Err(diesel::result::Error::QueryBuilderError(
                "tables refer to each other in a circle".into(),
            ));
        }
        ordered.extend(ready);
        left = waiting;
    }
    Ok(ordered)
}
