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
    let cookie = Cookie::build(Theme::cookie(site.https), Theme::named(&choice.theme).name())
        .path("/")
        .secure(site.https)
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(Duration::days(365))
        .finish();
    let back = super::sign_in::local_path(&choice.back);
    Ok(HttpResponse::SeeOther().cookie(cookie).insert_header((header::LOCATION, back)).finish())
}
