//! How handlers answer.

use std::future::{Ready, ready};

use actix_session::{Session, SessionExt};
use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Answer, Error};

/// The session's key for the sentence that the next page shows.
pub(super) const FLASH: &str = "flash";

/// The page, with status 200.
pub fn page(template: &impl Template) -> Answer {
    page_with(StatusCode::OK, template)
}

/// The page with another status: 422 for a form that comes back with its errors, 409 for a conflict.
pub fn page_with(status: StatusCode, template: &impl Template) -> Answer {
    let body =
        template.render().map_err(|error| Error::Internal(format!("a page did not render: {error}")))?;
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(body))
}

/// After a change: on to another page.
pub fn see_other(location: impl AsRef<str>) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, location.as_ref())).finish()
}

/// 256 random bits as text, for links, cookies and keys.
pub fn random_token() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// Sends the visitor on after a change, with a sentence that says what happened.
pub struct Go(Session);

impl Go {
    pub fn to(&self, location: impl AsRef<str>, said: impl Into<String>) -> Answer {
        self.0
            .insert(FLASH, said.into())
            .map_err(|error| Error::Internal(format!("the session did not take a message: {error}")))?;
        Ok(see_other(location))
    }
}

impl FromRequest for Go {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(request.get_session())))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{Engine, URL_SAFE_NO_PAD, random_token};

    #[test]
    fn ten_thousand_keys_of_256_bits_are_all_different() {
        let keys: HashSet<String> = (0..10_000).map(|_| random_token()).collect();
        assert_eq!(keys.len(), 10_000);
        assert!(keys.iter().all(|key| URL_SAFE_NO_PAD.decode(key).unwrap().len() == 32));
    }
}
