//! `/usage/files/{id}/errors.csv`: every bad row with line, column, value and reason.
//!
//! **Permissions**: members whose channel it is.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Bytes, Data, Path};
use futures_util::stream;

use crate::db::Db;
use crate::db::paging::Cursor;
use crate::usage::RowFault;
use crate::usage::store::{self, FaultKey};
use crate::values::UsageFileId;
use crate::web::{Answer, Error, Member, csv};

/// How many rows are in memory at a time.
const AT_ONCE: i64 = 5_000;

pub async fn download(member: Member, db: Data<Db>, id: Path<UsageFileId>) -> Answer {
    let (id, scope) = (id.into_inner(), member.scope);
    db.read(move |connection| store::file(connection, scope, id)).await?;
    let db = db.get_ref().clone();
    let parts = stream::try_unfold(Some(Cursor::First), move |cursor| {
        let db = db.clone();
        async move {
            let Some(cursor) = cursor else { return Ok::<_, actix_web::Error>(None) };
            let part = part(&db, id, cursor).await?;
            Ok(Some(part))
        }
    });
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"bad-rows.csv\""))
        .streaming(parts))
}

/// The text of some rows, and where the next ones begin.
async fn part(
    db: &Db,
    id: UsageFileId,
    cursor: Cursor<FaultKey>,
) -> Result<(Bytes, Option<Cursor<FaultKey>>), Error> {
    let faults = db.read(move |connection| store::faults(connection, id, cursor, AT_ONCE)).await?;
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    let failed = |error: &dyn std::fmt::Display| Error::Internal(format!("rows cannot be written: {error}"));
    if cursor == Cursor::First {
        writer.write_record(["line", "column", "value", "reason"]).map_err(|error| failed(&error))?;
    }
    for (_, RowFault { line, column, value, reason }) in &faults.rows {
        let cells = [line.to_string(), csv::guarded(column), csv::guarded(value), csv::guarded(reason)];
        writer.write_record(&cells).map_err(|error| failed(&error))?;
    }
    let text = writer.into_inner().map_err(|error| failed(&error))?;
    let next = faults.rows.last().filter(|_| faults.has_later).map(|(key, _)| Cursor::After(*key));
    Ok((text.into(), next))
}
