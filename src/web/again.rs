//! A form whose page did its work before, sent again with other content: it waits, complete, on a page that asks
//! whether it is to be done as well.

use actix_web::HttpRequest;
use askama::Template;

use super::form::Fields;
use super::{Shell, csrf};

/// A form that waits for the answer.
#[derive(Debug, Clone)]
pub struct Again {
    /// Where it was sent.
    pub path: String,
    pub fields: Vec<(String, String)>,
}

impl Again {
    pub(super) fn of(request: &HttpRequest, fields: Fields) -> Self {
        let kept = fields.0.into_iter().filter(|(name, _)| name != csrf::FIELD);
        Self { path: request.path().to_owned(), fields: kept.collect() }
    }
}

#[derive(Template)]
#[template(path = "again.html")]
struct AgainPage {
    shell: Shell,
    again: Again,
}

/// The page that asks.
pub(super) fn page(shell: Shell, again: Again) -> askama::Result<String> {
    AgainPage { shell, again }.render()
}
