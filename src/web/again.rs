//! A form that was not done although nothing is wrong with it: it waits, complete but for its passwords, on a page that
//! says why and sends it on one press.

use actix_web::HttpRequest;
use askama::Template;

use super::form::Fields;
use super::{Shell, csrf, proof};

/// A form that waits for the answer.
#[derive(Debug, Clone)]
pub struct Again {
    pub why: Why,
    /// Where it was sent.
    pub path: String,
    pub fields: Vec<(String, String)>,
}

/// Why it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Its page did its work before, with other content.
    SentBefore,
    /// Its page was opened by somebody else, or before signing in.
    OtherSession,
    /// The session ended while it was filled in.
    SignedOut,
}

impl Again {
    /// The token stays with who comes back to their own session: it is theirs again once they have signed in.
    pub(super) fn of(why: Why, request: &HttpRequest, fields: Fields) -> Self {
        let is_kept = |name: &str| match name {
            csrf::FIELD => why == Why::SignedOut,
            name => !name.contains("password") && !proof::is_own_field(name),
        };
        let fields = fields.0.into_iter().filter(|(name, _)| is_kept(name)).collect();
        Self { why, path: request.path().to_owned(), fields }
    }
}

impl Why {
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::SentBefore => "Sent before with other content",
            Self::OtherSession => "This form is out of date",
            Self::SignedOut => "Your session is over",
        }
    }

    fn explanation(self) -> &'static str {
        match self {
            Self::SentBefore => {
                "This page’s form was sent before and did its work then. What you entered now differs, and is kept \
                 here: nothing is done with it until you say so."
            }
            Self::OtherSession => {
                "You signed in or out since it was opened. What you entered is kept here: nothing is done with it \
                 until you say so."
            }
            Self::SignedOut => {
                "Nothing was changed, and what you entered is kept on this page. Sign in again in a new tab, come \
                 back to this one, and send it."
            }
        }
    }

    /// The words of the button that sends the form.
    fn button(self) -> &'static str {
        match self {
            Self::SentBefore => "Send this as well",
            Self::OtherSession => "Send it now",
            Self::SignedOut => "Send what I entered",
        }
    }
}

#[derive(Template)]
#[template(path = "again.html")]
struct AgainPage {
    shell: Shell,
    again: Again,
}

/// The same for somebody who is not signed in.
#[derive(Template)]
#[template(path = "again_bare.html")]
struct SignedOutPage {
    shell: Shell,
    again: Again,
}

/// The page that asks.
pub(super) fn page(shell: Shell, again: Again) -> askama::Result<String> {
    match again.why {
        Why::SignedOut => SignedOutPage { shell, again }.render(),
        Why::SentBefore | Why::OtherSession => AgainPage { shell, again }.render(),
    }
}
