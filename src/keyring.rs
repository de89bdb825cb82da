//! The installation's secret and what is derived from it: a key for each purpose, so that none serves for two.
//!
//! While a secret is being replaced the earlier ones still open what they closed; everything new is closed with the
//! one in force.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Length of the nonce in front of a sealed text, in bytes.
const NONCE: usize = 24;

/// The secret in force, and those that it replaced, the newest first.
#[derive(Clone)]
pub struct Keyring {
    secrets: Vec<String>,
}

impl Keyring {
    pub fn new(current: String, previous: impl IntoIterator<Item = String>) -> Self {
        Self { secrets: std::iter::once(current).chain(previous).collect() }
    }

    /// The code that shows that a message was written with the secret in force.
    pub fn mac(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        self.secrets.first().map_or([0; 32], |secret| keyed(&derived(secret, purpose), message))
    }

    /// Whether a code was made for this message with any of the secrets.
    pub fn is_mac(&self, purpose: &str, message: &[u8], code: &[u8]) -> bool {
        self.secrets.iter().any(|secret| keyed(&derived(secret, purpose), message).ct_eq(code).into())
    }

    /// A text that only the holder of the secret reads.
    pub fn seal(&self, purpose: &str, text: &str) -> anyhow::Result<String> {
        let nonce = rand::random::<[u8; NONCE]>();
        let key = self.secrets.first().map(|secret| derived(secret, purpose)).unwrap_or_default();
        let closed = XChaCha20Poly1305::new(&key.into())
            .encrypt(&XNonce::from(nonce), text.as_bytes())
            .map_err(|_| anyhow::anyhow!("a text could not be sealed"))?;
        Ok(URL_SAFE_NO_PAD.encode([&nonce[..], &closed].concat()))
    }

    /// The text, when one of the secrets sealed it for this purpose.
    pub fn open(&self, purpose: &str, sealed: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, closed) = bytes.split_first_chunk::<NONCE>()?;
        let opened = self.secrets.iter().find_map(|secret| {
            let cipher = XChaCha20Poly1305::new(&derived(secret, purpose).into());
            cipher.decrypt(&XNonce::from(*nonce), closed).ok()
        })?;
        String::from_utf8(opened).ok()
    }

    /// The secrets as keys for cookies, the one in force first.
    pub fn cookie_keys(&self) -> Vec<actix_web::cookie::Key> {
        self.secrets.iter().map(|secret| actix_web::cookie::Key::derive_from(secret.as_bytes())).collect()
    }
}

fn derived(secret: &str, purpose: &str) -> [u8; 32] {
    keyed(secret.as_bytes(), format!("reseller-portal {purpose}").as_bytes())
}

fn keyed(key: &[u8], message: &[u8]) -> [u8; 32] {
    // HMAC takes a key of any length.
    Hmac::<Sha256>::new_from_slice(key).map_or([0; 32], |mut mac| {
        mac.update(message);
        mac.finalize().into_bytes().into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(current: &str, previous: &[&str]) -> Keyring {
        Keyring::new(current.into(), previous.iter().map(|secret| (*secret).to_owned()))
    }

    #[test]
    fn what_is_sealed_opens_for_its_purpose_only_and_never_twice_alike() {
        let keys = ring("first", &[]);
        let sealed = keys.seal("factor", "JBSWY3DP").unwrap();
        assert_eq!(keys.open("factor", &sealed).as_deref(), Some("JBSWY3DP"));
        assert_eq!(keys.open("other", &sealed), None);
        assert_ne!(keys.seal("factor", "JBSWY3DP").unwrap(), sealed);
        assert!(!sealed.contains("JBSWY3DP"));
    }

    #[test]
    fn a_changed_text_does_not_open() {
        let keys = ring("first", &[]);
        let mut bytes = URL_SAFE_NO_PAD.decode(keys.seal("factor", "JBSWY3DP").unwrap()).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        assert_eq!(keys.open("factor", &URL_SAFE_NO_PAD.encode(bytes)), None);
        assert_eq!(keys.open("factor", "short"), None);
    }

    #[test]
    fn the_secret_that_was_replaced_still_opens_and_verifies_but_no_longer_signs() {
        let (old, new) = (ring("first", &[]), ring("second", &["first"]));
        let sealed = old.seal("factor", "JBSWY3DP").unwrap();
        assert_eq!(new.open("factor", &sealed).as_deref(), Some("JBSWY3DP"));
        assert!(new.is_mac("log", b"entry", &old.mac("log", b"entry")));
        assert_ne!(new.mac("log", b"entry"), old.mac("log", b"entry"));
        assert!(!ring("second", &[]).is_mac("log", b"entry", &old.mac("log", b"entry")));
    }
}
