//! `/theme`: light, dark, or as the device says; kept in a cookie.

use actix_web::HttpResponse;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::header;
use actix_web::web::Data;
use serde::Deserialize;

use crate::web::shell::Theme;
use crate::web::{Answer, Form, Site};

#[derive(Debug, Deserialize)]
pub struct Choice {
    #[serde(default)]
    theme: String,
    #[serde(default)]
    back: String,
}

pub async fn submit(site: Data<Site>, form: Form<Choice>) -> Answer {
    let Form(choice) = form;
    Ok(keep(&site, Theme::cookie(site.https), Theme::named(&choice.theme).name(), &choice.back))
}

/// Keeps a choice in the browser for a year, and goes back to where it was made.
pub(super) fn keep(site: &Site, name: &'static str, value: &'static str, back: &str) -> HttpResponse {
    let cookie = Cookie::build(name, value)
        .path("/")
        .secure(site.https)
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(Duration::days(365))
        .finish();
    let back = super::sign_in::local_path(back);
    HttpResponse::SeeOther().cookie(cookie).insert_header((header::LOCATION, back)).finish()
}
