//! A form on its way: which one it is and what it says, so that what it does happens once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use super::Timestamp;

/// A form as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentForm {
    /// Names one page's form, of one person, sent to one address; each page that is shown brings new ones.
    pub key: String,
    /// A digest of what was filled in.
    pub content: String,
    pub at: Timestamp,
}

/// What one request brings: nothing until a form's token was verified. Cheap to clone; all clones are one.
#[derive(Debug, Clone, Default)]
pub struct Sending(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    form: OnceLock<SentForm>,
    is_done: AtomicBool,
}

impl Sending {
    /// Notes the form that the request brought; the first one stays.
    pub fn note(&self, form: SentForm) {
        let _ = self.0.form.set(form);
    }

    pub fn form(&self) -> Option<&SentForm> {
        self.0.form.get()
    }

    /// Whether this request wrote what its form asked for.
    pub fn is_done(&self) -> bool {
        self.0.is_done.load(Ordering::Acquire)
    }

    pub fn done(&self) {
        self.0.is_done.store(true, Ordering::Release);
    }
}
