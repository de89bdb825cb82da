//! The bad rows of a file, read in the order of the file.

use std::str::FromStr;

use diesel::prelude::*;

use super::super::RowFault;
use crate::db::AnyConnection;
use crate::db::paging::{Cursor, Slice};
use crate::db::schema::usage_file_errors;
use crate::values::UsageFileId;

/// The place of a fault in its file, for pages: `12.0` is the first on line 12.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FaultKey {
    pub line: i64,
    pub position: i64,
}

impl FromStr for FaultKey {
    type Err = std::num::ParseIntError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (line, position) = text.split_once('.').unwrap_or((text, "0"));
        Ok(Self { line: line.parse()?, position: position.parse()? })
    }
}

impl std::fmt::Display for FaultKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.line, self.position)
    }
}

type Row = (i64, i64, String, String, String);

fn to_fault((line, position, column, value, reason): Row) -> (FaultKey, RowFault) {
    let fault = RowFault { line: line.unsigned_abs(), column, value, reason };
    (FaultKey { line, position }, fault)
}

/// A page of the faults of a file; whoever asks has found the file in scope.
pub fn faults(
    connection: &mut AnyConnection,
    file: UsageFileId,
    cursor: Cursor<FaultKey>,
    size: i64,
) -> QueryResult<Slice<(FaultKey, RowFault)>> {
    use usage_file_errors::{column_name, file_id, line, position, reason, table, value};
    let count: i64 = table.filter(file_id.eq(file)).count().get_result(connection)?;
    let mut query = table.filter(file_id.eq(file)).into_boxed();
    query = match cursor {
        Cursor::First => query.order((line.asc(), position.asc())),
        Cursor::After(key) => query
            .filter(line.gt(key.line).or(line.eq(key.line).and(position.gt(key.position))))
            .order((line.asc(), position.asc())),
        Cursor::Before(key) => query
            .filter(line.lt(key.line).or(line.eq(key.line).and(position.lt(key.position))))
            .order((line.desc(), position.desc())),
    };
    let rows: Vec<Row> =
        query.limit(size + 1).select((line, position, column_name, value, reason)).load(connection)?;
    Ok(Slice::new(rows.into_iter().map(to_fault).collect(), cursor, size, count))
}
