//! `/healthz`: 200 while the process serves; `/readyz`: 200 once the database answers. For load balancers and scripts.

use actix_web::HttpResponse;
use actix_web::web::Data;
use diesel::prelude::*;

use crate::db::Db;
use crate::db::schema::settings;
use crate::web::Answer;

/// Needs no database, so that a busy one does not get the process restarted.
pub async fn alive() -> Answer {
    ok()
}

pub async fn ready(db: Data<Db>) -> Answer {
    db.read(|connection| settings::table.count().get_result::<i64>(connection)).await?;
    ok()
}

fn ok() -> Answer {
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n"))
}
