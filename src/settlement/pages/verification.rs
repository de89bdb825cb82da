//! `/verification`: recomputes every seal and total of what was posted, for root.

use actix_web::web::Data;
use askama::Template;

use crate::db::Db;
use crate::settlement::store::{self, Verified};
use crate::values::Timestamp;
use crate::web::{Answer, RootStaff, Shell, page};

#[derive(Template)]
#[template(path = "settlement/verification.html")]
struct VerificationPage {
    shell: Shell,
    verified: Verified,
    at: Timestamp,
}

pub async fn show(root: RootStaff, shell: Shell, db: Data<Db>) -> Answer {
    let verified = db.read(store::verify).await?;
    page(&VerificationPage { shell, verified, at: root.act().at })
}
