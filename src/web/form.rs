//! Forms: what was typed, checked for its token, and the messages that go beside the fields.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::http::Method;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::again::{Again, Why};
use super::filters::group_digits;
use super::{Error, Visitor, csrf, pace, proof};

/// The largest form that is read, in bytes.
const LIMIT: usize = 512 * 1024;
const TOO_LARGE: &str = "The form is too large to be read.";

/// A form as it was typed, whose token was this visitor's. Every POST handler takes one, if only `Form<NoFields>`.
pub struct Form<T>(pub T);

/// A form that has nothing to fill in: a button.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct NoFields {}

/// A form whose field names are not known beforehand, or repeat; in the order sent.
#[derive(Debug, Clone, Default)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// The field's value as typed; empty when it was not sent.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
    }

    /// Every value sent under that name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// What travels on to the next step of a form: everything but the token and the buttons.
    pub fn carried(&self) -> impl Iterator<Item = &(String, String)> {
        self.0.iter().filter(|(name, _)| {
            !matches!(name.as_str(), csrf::FIELD | "change" | "back" | "confirmed" | "ask")
                && !proof::is_own_field(name)
        })
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(field, _)| field == name)
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> serde::de::Visitor<'de> for Pairs {
            type Value = Fields;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("form fields")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Fields(pairs))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let body = web::Bytes::from_request(&request, payload);
        Box::pin(async move {
            let body = body.await.map_err(|error| unread(&error))?;
            if body.len() > LIMIT {
                return Err(Error::BadRequest(TOO_LARGE.into()));
            }
            let fields: Fields = decode(&body)?;
            if let Err(error) = csrf::verify(&request, fields.get(csrf::FIELD), &body) {
                return Err(waiting(error, &request, fields));
            }
            request.extensions_mut().insert(Sent(body.clone()));
            if proof::is_asked_of(&request) {
                return Err(Error::Unproved(proof::Carried::of(&request, &fields)));
            }
            if fields.0.iter().any(|(name, value)| name.contains('\0') || value.contains('\0')) {
                return Err(Error::unkept());
            }
            Ok(Self(decode(&body)?))
        })
    }
}

/// A form's body as it came.
struct Sent(web::Bytes);

/// The request's form, to be asked about; `None` when it had none or one with a file.
pub fn sent(request: &HttpRequest) -> Option<Again> {
    let body = request.extensions().get::<Sent>().map(|sent| sent.0.clone())?;
    Some(Again::of(Why::SentBefore, request, decode(&body).ok()?))
}

/// A form of another session waits until its sender says that it is meant, if it surely comes from the portal's page.
fn waiting(error: Error, request: &HttpRequest, fields: Fields) -> Error {
    let is_asked = csrf::is_own(request) && !csrf::identity(&Visitor::of(request)).is_empty();
    match error {
        Error::StaleForm(None) if is_asked => {
            Error::StaleForm(Some(Again::of(Why::OtherSession, request, fields)))
        }
        error => error,
    }
}

/// The form that came after its session had ended, so that it can be sent after signing in; `None` for one that is too
/// large, has a file, or does not surely come from the portal's page.
pub async fn of_ended_session(request: &mut ServiceRequest) -> Option<Again> {
    if *request.method() != Method::POST || !csrf::is_own(request.request()) {
        return None;
    }
    let body = request.extract::<web::Bytes>().await.ok().filter(|body| body.len() <= LIMIT)?;
    Some(Again::of(Why::SignedOut, request.request(), decode(&body).ok()?))
}

/// Why the body did not come.
fn unread(error: &actix_web::Error) -> Error {
    match error.as_error::<PayloadError>() {
        Some(error) if pace::is_too_slow(error) => Error::TooSlow,
        Some(PayloadError::Overflow) | None => Error::BadRequest(TOO_LARGE.into()),
        Some(_) => Error::BadRequest("The form broke off on its way.".into()),
    }
}

/// What a form's body holds.
pub fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    serde_urlencoded::from_bytes(body)
        .map_err(|error| Error::BadRequest(format!("A field of the form is missing or misspelt: {error}.")))
}

/// The messages of a form, by field.
#[derive(Debug, Clone, Default)]
pub struct Errors(BTreeMap<String, String>);

impl Errors {
    /// Adds a message; the first one for a field stays.
    pub fn add(&mut self, field: impl Into<String>, message: impl Display) {
        self.0.entry(field.into()).or_insert_with(|| message.to_string());
    }

    /// The value, or its error beside that field.
    pub fn take<T, E: Display>(&mut self, field: &str, parsed: Result<T, E>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(error) => {
                self.add(field, error);
                None
            }
        }
    }

    /// Forgets the messages of fields that are not to be kept.
    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.0.retain(|field, _| keep(field));
    }

    /// The message beside a field; empty when there is none.
    pub fn of(&self, field: &str) -> &str {
        self.0.get(field).map_or("", String::as_str)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Field and message, for the summary on top of the form.
    pub fn list(&self) -> Vec<(&str, &str)> {
        self.0.iter().map(|(field, message)| (field.as_str(), message.as_str())).collect()
    }
}

/// A text that is kept and that others read; `None` with `message` beside the field when it is empty or too long.
pub fn kept_text(
    typed: &str,
    most: usize,
    field: &str,
    message: &str,
    errors: &mut Errors,
) -> Option<String> {
    let text = typed.trim();
    let is_fit = !text.is_empty() && text.chars().count() <= most;
    errors.take(field, if is_fit { Ok(text.to_owned()) } else { Err(message) })
}

/// A text that is kept and may be left out; `None` with a message beside the field when it is too long.
pub fn optional_text(typed: &str, most: usize, field: &str, errors: &mut Errors) -> Option<String> {
    let text = typed.trim();
    let is_fit = text.chars().count() <= most;
    let message = || format!("Enter at most {} characters", group_digits(&most.to_string()));
    errors.take(field, if is_fit { Ok(text.to_owned()) } else { Err(message()) })
}

impl From<validator::ValidationErrors> for Errors {
    fn from(errors: validator::ValidationErrors) -> Self {
        let mut found = Self::default();
        for (field, faults) in errors.field_errors() {
            for fault in faults {
                let message = fault.message.as_deref().unwrap_or("Check this field");
                found.add(field.to_string(), message);
            }
        }
        found
    }
}
