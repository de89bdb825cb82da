//! `/usage/files/{id}/acceptance`, `/partial-acceptance` and `/rejection`: what becomes of a checked file.
//!
//! **Permissions**: as for uploading.

use actix_web::web::{Data, Path};

use super::may_import;
use crate::channels;
use crate::db::{Db, Decided};
use crate::usage::store::{self, Decision};
use crate::values::UsageFileId;
use crate::web::{Answer, Error, Form, Go, Member, NoFields};

pub async fn accept(
    member: Member,
    go: Go,
    db: Data<Db>,
    id: Path<UsageFileId>,
    _form: Form<NoFields>,
) -> Answer {
    decide(&member, &go, &db, *id, Decision::Accept { skip_rejected: false }).await
}

pub async fn accept_good_rows(
    member: Member,
    go: Go,
    db: Data<Db>,
    id: Path<UsageFileId>,
    _form: Form<NoFields>,
) -> Answer {
    decide(&member, &go, &db, *id, Decision::Accept { skip_rejected: true }).await
}

pub async fn reject(
    member: Member,
    go: Go,
    db: Data<Db>,
    id: Path<UsageFileId>,
    _form: Form<NoFields>,
) -> Answer {
    decide(&member, &go, &db, *id, Decision::Reject).await
}

async fn decide(member: &Member, go: &Go, db: &Db, id: UsageFileId, decision: Decision) -> Answer {
    let scope = member.scope;
    let (file, channel) = db
        .read(move |connection| {
            let file = store::file(connection, scope, id)?;
            let channel = channels::store::find(connection, scope, file.channel)?;
            Ok((file, channel))
        })
        .await?;
    if !may_import(member, &channel) {
        return Err(Error::Forbidden);
    }
    let said = match decision {
        Decision::Accept { .. } => format!("{} is being imported", file.name),
        Decision::Reject => format!("{} is rejected; nothing of it was imported", file.name),
    };
    let act = member.act();
    let decided =
        db.write(move |connection| store::decide(connection, scope, id, &channel, decision, &act)).await;
    match decided.decided()? {
        Ok(()) => go.to(format!("/usage/files/{id}"), said),
        Err(why) => Err(Error::Conflict(format!("{why}."))),
    }
}
