//! What is the same for every visitor.

use super::Proxies;
use crate::clock::SharedClock;
use crate::keyring::Keyring;

/// The portal as a whole: its name, address, keys and clock.
#[derive(Clone)]
pub struct Site {
    pub name: String,
    /// The address people use, without a slash at the end.
    pub public_url: String,
    /// Whether people reach it by TLS.
    pub https: bool,
    /// Demonstration data is loaded: every page says so.
    pub demo: bool,
    pub keys: Keyring,
    /// Whom to tell of a weakness: an address or a page.
    pub security_contact: Option<String>,
    /// Whose word about a client's address is believed.
    pub proxies: Proxies,
    /// Full days of silence after which a statement counts as agreed.
    pub agree_after_days: u32,
    /// Re-sellers' people need a second factor as root's do.
    pub everyone_needs_factor: bool,
    pub clock: SharedClock,
}

impl Site {
    /// The name of a portal that nobody has named.
    pub const UNNAMED: &str = "Reseller Portal";
}
