//! `/statements/{id}/lines.csv` and `.xlsx`: the lines of the statement, as its page shows them.

use actix_web::web::{Data, Path};

use crate::db::Db;
use crate::settlement::{export, store};
use crate::values::StatementId;
use crate::web::sheet::FileKind;
use crate::web::{Answer, Member};

pub async fn lines(member: Member, db: Data<Db>, kind: FileKind, id: Path<StatementId>) -> Answer {
    let (scope, id) = (member.scope, id.into_inner());
    let written = db.read(move |connection| {
        let statement = store::find(connection, scope, id)?;
        let lines = store::lines(connection, &statement)?;
        let told = store::told(connection, lines)?;
        Ok((statement.name().replace(' ', "-"), export::file(kind, &statement, &told)))
    });
    let (name, content) = written.await?;
    Ok(kind.attachment(&name, content?))
}
