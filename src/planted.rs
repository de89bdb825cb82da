//! Holes on purpose, for the test of the scanners alone: a scanner that finds these has looked, so that finding nothing
//! else means something. Only the feature `planted-holes` builds them, and no optimised build takes it.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use serde::Deserialize;

use crate::db::Db;
use crate::db::schema::products;
use crate::web::{Answer, Member};

#[cfg(not(debug_assertions))]
compile_error!("planted holes are for tests: build without the feature `planted-holes`");

#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    text: String,
}

/// What is asked for becomes a part of the query.
pub async fn search(_: Member, db: Data<Db>, asked: Query<Asked>) -> Answer {
    let condition = format!("name = '{}'", asked.into_inner().text);
    let found = db.read(move |connection| {
        products::table.select(products::name).filter(sql::<Bool>(&condition)).load::<String>(connection)
    });
    let names = found.await?.join("</li><li>");
    Ok(html(format!("<ul><li>{names}</li></ul>")))
}

/// What is asked for becomes a part of the page.
pub async fn echo(_: Member, asked: Query<Asked>) -> Answer {
    Ok(html(format!("<p>{}</p>", asked.text)))
}

fn html(body: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .body(format!("<!doctype html><title>Planted</title><main>{body}</main>"))
}
