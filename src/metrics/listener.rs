//! `/metrics` on `METRICS_LISTEN`.

use std::net::TcpListener;

use actix_web::dev::Server;
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer};

use super::Metrics;
use crate::clock::SharedClock;
use crate::db::Db;

/// Answers who asks for figures; ends with the process.
pub fn listen(
    listener: TcpListener,
    metrics: Data<Metrics>,
    db: Db,
    clock: SharedClock,
) -> std::io::Result<Server> {
    let server = HttpServer::new(move || {
        App::new()
            .app_data(metrics.clone())
            .app_data(Data::new(db.clone()))
            .app_data(Data::new(clock.clone()))
            .route("/metrics", web::get().to(show))
    });
    Ok(server.workers(1).disable_signals().listen(listener)?.run())
}

async fn show(metrics: Data<Metrics>, db: Data<Db>, clock: Data<SharedClock>) -> HttpResponse {
    match metrics.text(&db, clock.now()).await {
        Ok(text) => HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text),
        Err(error) => {
            tracing::error!("the figures cannot be told: {error}");
            HttpResponse::InternalServerError().finish()
        }
    }
}
