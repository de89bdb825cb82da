//! `/healthz`: 200 once the database answers; for load balancers and scripts.

use actix_web::HttpResponse;
use actix_web::web::Data;
use diesel::prelude::*;

use crate::db::Db;
use crate::db::schema::settings;
use crate::web::Answer;

pub async fn show(db: Data<Db>) -> Answer {
    db.read(|connection| settings::table.count().get_result::<i64>(connection)).await?;
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n"))
}
