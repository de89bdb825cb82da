//! What was uploaded, in parts, so that it is never in memory as a whole.

use std::io::{self, Read};

use diesel::prelude::*;

use super::super::Content;
use super::super::formats::Limits;
use crate::db::schema::usage_file_parts;
use crate::db::{AnyConnection, Db};
use crate::values::UsageFileId;

/// In bytes.
const PART: u64 = 1024 * 1024;

/// Keeps a file's content; how many bytes it has.
pub(super) fn keep(
    connection: &mut AnyConnection,
    file: UsageFileId,
    source: &mut dyn Read,
) -> QueryResult<usize> {
    let (mut position, mut bytes) = (0, 0);
    loop {
        let mut content = Vec::new();
        source.take(PART).read_to_end(&mut content).map_err(unread)?;
        if content.is_empty() {
            return Ok(bytes);
        }
        diesel::insert_into(usage_file_parts::table)
            .values((
                usage_file_parts::file_id.eq(file),
                usage_file_parts::position.eq(position),
                usage_file_parts::content.eq(&content),
            ))
            .execute(connection)?;
        (position, bytes) = (position + 1, bytes + content.len());
    }
}

/// The source is a file of this machine that was written a moment ago.
fn unread(error: io::Error) -> diesel::result::Error {
    diesel::result::Error::QueryBuilderError(Box::new(error))
}

/// Whether a file's content is here.
pub(super) fn is_kept(connection: &mut AnyConnection, file: UsageFileId) -> QueryResult<bool> {
    let parts = usage_file_parts::table.filter(usage_file_parts::file_id.eq(file));
    diesel::select(diesel::dsl::exists(parts)).get_result(connection)
}

/// Drops a file's content.
pub(super) fn forget(connection: &mut AnyConnection, file: UsageFileId) -> QueryResult<usize> {
    diesel::delete(usage_file_parts::table.filter(usage_file_parts::file_id.eq(file))).execute(connection)
}

/// The content of an uploaded file, read from the database part by part. It is there until the file is decided.
#[derive(Clone)]
pub struct Upload {
    pub db: Db,
    pub file: UsageFileId,
}

impl Content for Upload {
    fn open(&self) -> io::Result<Box<dyn Read + Send + '_>> {
        Ok(Box::new(Parts { upload: self, position: 0, part: io::Cursor::default() }))
    }

    fn limits(&self) -> Limits {
        Limits::UPLOAD
    }
}

struct Parts<'u> {
    upload: &'u Upload,
    /// The part after the one at hand.
    position: i64,
    part: io::Cursor<Vec<u8>>,
}

impl Read for Parts<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.part.read(into)?;
        if read > 0 || into.is_empty() {
            return Ok(read);
        }
        let Some(part) = self.next_part()? else { return Ok(0) };
        self.part = io::Cursor::new(part);
        self.position += 1;
        self.part.read(into)
    }
}

impl Parts<'_> {
    fn next_part(&self) -> io::Result<Option<Vec<u8>>> {
        let Upload { db, file } = self.upload;
        let part = db.read_blocking(|connection| {
            let part = usage_file_parts::table.find((*file, self.position));
            part.select(usage_file_parts::content).first(connection).optional()
        });
        part.map_err(io::Error::other)
    }
}
