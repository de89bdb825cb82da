//! What must not happen by a stolen session asks again who somebody is: the form waits, complete, on a page that asks
//! for the second factor or the password, and goes on to where it was sent once the answer is right. What opens an
//! account, its password and its second factor, asks for both where there are both.

use actix_web::{HttpMessage, HttpRequest};
use askama::Template;

use super::form::Fields;
use super::{Shell, Visitor, csrf};

/// The field with the code or password.
pub const FIELD: &str = "proof";
/// The field with the address that the form was sent to.
pub const FOR: &str = "proof_for";

/// The field with the password, where it is asked for beside the code.
pub const PASSWORD: &str = "proof_password";

/// What a route asks for again of who is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    None,
    /// The second factor, or the password where there is none.
    Recent,
    /// Everything that signing in asks for.
    Full,
}

/// Put on a request by the gate when its route asks for a proof and the last one is too old.
pub struct Asked(pub Proof);

pub(super) fn is_asked_of(request: &HttpRequest) -> bool {
    request.extensions().get::<Asked>().is_some()
}

pub(super) fn is_own_field(name: &str) -> bool {
    matches!(name, FIELD | FOR | PASSWORD)
}

/// A form that waits for the proof.
#[derive(Debug, Clone)]
pub struct Carried {
    /// Where it was sent.
    pub path: String,
    pub fields: Vec<(String, String)>,
    /// Whether a code is asked for, else the password.
    pub by_code: bool,
    /// Whether the password is asked for beside the code.
    pub and_password: bool,
}

impl Carried {
    pub(super) fn of(request: &HttpRequest, fields: &Fields) -> Self {
        let path = request.uri().path().to_owned();
        let by_code = Visitor::of(request).has_factor;
        let is_full = request.extensions().get::<Asked>().is_some_and(|asked| asked.0 == Proof::Full);
        Self { path, fields: without_own(fields), by_code, and_password: by_code && is_full }
    }

    /// The same form when it came with a wrong proof.
    pub fn again(fields: &Fields, by_code: bool) -> Self {
        let and_password = by_code && fields.has(PASSWORD);
        Self { path: fields.get(FOR).to_owned(), fields: without_own(fields), by_code, and_password }
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
