//! What must not happen by a stolen session asks again who somebody is: the form waits, complete, on a page that asks
//! for the second factor or the password, and goes on to where it was sent once the answer is right.

use actix_web::{HttpMessage, HttpRequest};
use askama::Template;

use super::form::Fields;
use super::{Shell, Visitor, csrf};

/// The field with the code or password.
pub const FIELD: &str = "proof";
/// The field with the address that the form was sent to.
pub const FOR: &str = "proof_for";

/// Put on a request by the gate when its route asks for a proof and the last one is too old.
pub struct Asked;

pub(super) fn is_asked_of(request: &HttpRequest) -> bool {
    request.extensions().get::<Asked>().is_some()
}

pub(super) fn is_own_field(name: &str) -> bool {
    matches!(name, FIELD | FOR)
}

/// A form that waits for the proof.
#[derive(Debug, Clone)]
pub struct Carried {
    /// Where it was sent.
    pub path: String,
    pub fields: Vec<(String, String)>,
    /// Whether a code is asked for, else the password.
    pub by_code: bool,
}

impl Carried {
    pub(super) fn of(request: &HttpRequest, fields: &Fields) -> Self {
        let path = request.uri().path().to_owned();
        Self { path, fields: without_own(fields), by_code: Visitor::of(request).has_factor }
    }

    /// The same form when it came with a wrong proof.
    pub fn again(fields: &Fields, by_code: bool) -> Self {
        Self { path: fields.get(FOR).to_owned(), fields: without_own(fields), by_code }
    }
}

fn without_own(fields: &Fields) -> Vec<(String, String)> {
    let kept = fields.0.iter().filter(|(name, _)| name != csrf::FIELD && !is_own_field(name));
    kept.cloned().collect()
}

#[derive(Template)]
#[template(path = "access/proof.html")]
struct ProofPage {
    shell: Shell,
    carried: Carried,
    error: String,
}

/// The page that asks; `error` is the message beside the field, empty at first.
pub fn page(shell: Shell, carried: Carried, error: String) -> askama::Result<String> {
    ProofPage { shell, carried, error }.render()
}
