//! `/verification`: recomputes every seal and total of what was posted and the chain over the log, for root.

use actix_web::web::Data;
use askama::Template;

use crate::audit::chain::{self, LogVerified};
use crate::db::Db;
use crate::settlement::store::{self, Verified};
use crate::values::Timestamp;
use crate::web::{Answer, RootStaff, Shell, Site, page};

#[derive(Template)]
#[template(path = "settlement/verification.html")]
struct VerificationPage {
    shell: Shell,
    verified: Verified,
    log: LogVerified,
    at: Timestamp,
}

pub async fn show(root: RootStaff, shell: Shell, db: Data<Db>, site: Data<Site>) -> Answer {
    let (at, keys) = (root.act().at, site.keys.clone());
    let checked = db.read(move |connection| {
        Ok((store::verify(connection)?, chain::verify(connection, &keys, None, at)?))
    });
    let (verified, log) = checked.await?;
    page(&VerificationPage { shell, verified, log, at })
}
