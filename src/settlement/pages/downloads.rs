//! `/statements/{id}/lines.csv` and `.xlsx`: the lines of the statement, as its page shows them.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Path};

use crate::db::Db;
use crate::settlement::store::{self, Told};
use crate::settlement::{Statement, export};
use crate::values::{Scope, StatementId};
use crate::web::{Answer, Error, Member};

async fn load(db: &Db, scope: Scope, id: StatementId) -> Result<(Statement, Vec<Told>), Error> {
    let loaded = db.read(move |connection| {
        let statement = store::find(connection, scope, id)?;
        let lines = store::lines(connection, &statement)?;
        let told = store::told(connection, lines)?;
        Ok((statement, told))
    });
    Ok(loaded.await?)
}

fn answer(statement: &Statement, ending: &str, kind: &str, content: Vec<u8>) -> HttpResponse {
    let name = statement.name().replace(' ', "-");
    HttpResponse::Ok()
        .content_type(kind)
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{ending}\"")))
        .body(content)
}

pub async fn csv(member: Member, db: Data<Db>, id: Path<StatementId>) -> Answer {
    let (statement, lines) = load(&db, member.scope, id.into_inner()).await?;
    let content = export::csv(&statement, &lines).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(answer(&statement, "csv", "text/csv; charset=utf-8", content))
}

pub async fn xlsx(member: Member, db: Data<Db>, id: Path<StatementId>) -> Answer {
    const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let (statement, lines) = load(&db, member.scope, id.into_inner()).await?;
    let content = export::xlsx(&statement, &lines).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(answer(&statement, "xlsx", KIND, content))
}
