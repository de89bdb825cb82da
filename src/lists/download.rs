//! A list as a file: every page of it, as it is filtered and sorted. Like a report, it may be some moments behind.

use std::fmt::Display;

use super::List;
use super::column::{headers, values};
use crate::db::Db;
use crate::db::paging::{self, Listing, Order};
use crate::values::Timestamp;
use crate::web::sheet::{FileKind, Sheet};
use crate::web::{Answer, Error};

/// The most rows of a file.
const MOST: i64 = 50_000;

impl<L> List<L>
where
    L: Listing<Id: Display, Row: 'static, Key: Send + 'static> + Send + 'static,
{
    /// Everything that the filters leave, in an order; refused when it is more than a file takes, so that none is taken
    /// for the whole.
    pub async fn download(
        self,
        db: &Db,
        kind: FileKind,
        listing: L,
        order: Order<L::Key>,
        made: Timestamp,
    ) -> Answer {
        let name = self.name();
        let mut sheet = Sheet::new(kind, &name, &headers(&self.columns), made)?;
        let written = db.report(move |connection| {
            let count = listing.count(connection)?;
            if count > MOST {
                return Ok(Err(too_many(count)));
            }
            let mut outcome = Ok(());
            paging::each(connection, &listing, order, |row| {
                outcome = sheet.push(&values(&self.columns, row));
                outcome.is_ok()
            })?;
            Ok(outcome.and_then(|()| sheet.finish()))
        });
        Ok(kind.attachment(&name, written.await?.value?))
    }
}

fn too_many(count: i64) -> Error {
    Error::TooLarge(format!("{count} rows, where a file takes {MOST}; narrow the filters"))
}
