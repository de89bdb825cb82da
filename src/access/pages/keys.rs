//! `/keys`: whether keys of one letter are shortcuts; kept in a cookie.

use actix_web::web::Data;
use serde::Deserialize;

use crate::web::shell::keys_cookie;
use crate::web::{Answer, Form, Site};

#[derive(Debug, Deserialize)]
pub struct Choice {
    /// A ticked box comes as `on`, another one not at all.
    #[serde(default)]
    keys: String,
    #[serde(default)]
    back: String,
}

pub async fn submit(site: Data<Site>, form: Form<Choice>) -> Answer {
    let Form(choice) = form;
    let value = if choice.keys == "on" { "on" } else { "off" };
    Ok(super::theme::keep(&site, keys_cookie(site.https), value, &choice.back))
}
