//! The second factor: codes that change every 30 seconds (TOTP, RFC 6238), and recovery codes for the day the
//! device is lost.
//!
//! A code of the step before or after is taken as well, as clocks differ; a step serves once.

use anyhow::Context;
use qrcode::{Color, QrCode};
use sha2::{Digest, Sha256};
use totp_rs::{Builder, Secret, Totp};

use crate::values::Timestamp;

/// How many recovery codes an account has.
pub const RECOVERY_CODES: usize = 10;
/// Letters between the hyphens of a recovery code.
const GROUP: usize = 6;

/// A new secret of 160 bits, in base32.
pub fn new_secret() -> String {
    Secret::from(rand::random::<[u8; 20]>()).to_base32()
}

/// The step whose code this is, around the moment.
pub fn step_of(secret: &str, code: &str, now: Timestamp) -> Option<i64> {
    let digits: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    let step = totp(secret, "", "").ok()?.check(&digits, seconds(now))?;
    i64::try_from(step).ok()
}

/// The code of this moment; the demonstration shows it.
pub fn code(secret: &str, now: Timestamp) -> anyhow::Result<String> {
    Ok(totp(secret, "", "")?.generate(seconds(now)).to_string())
}

/// The address that an authenticator reads.
pub fn address(secret: &str, account: &str, portal: &str) -> anyhow::Result<String> {
    // A colon separates the two.
    Ok(totp(secret, &account.replace(':', " "), &portal.replace(':', " "))?.to_url()?)
}

fn totp(secret: &str, account: &str, portal: &str) -> anyhow::Result<Totp> {
    let secret =
        Secret::try_from_base32(secret).map_err(|_| anyhow::anyhow!("the factor's secret is not base32"))?;
    let portal = (!portal.is_empty()).then_some(portal);
    Builder::new()
        .with_secret(secret)
        .with_account_name(account)
        .with_issuer(portal)
        .build()
        .context("the factor's secret cannot be used")
}

fn seconds(now: Timestamp) -> u64 {
    u64::try_from(now.utc().timestamp()).unwrap_or_default()
}

/// A QR code as the modules of an SVG: its width, and the path of the dark ones.
#[derive(Debug, Clone)]
pub struct Qr {
    pub width: usize,
    pub path: String,
}

/// The text as a QR code.
pub fn qr(text: &str) -> anyhow::Result<Qr> {
    let code = QrCode::new(text)?;
    let width = code.width();
    let colors = code.to_colors();
    let dark = colors.iter().enumerate().filter(|(_, color)| **color == Color::Dark);
    let path = dark.map(|(at, _)| format!("M{} {}h1v1h-1z", at % width, at / width)).collect();
    Ok(Qr { width, path })
}

/// New recovery codes, each of 120 random bits: `ABCDEF-GHIJKL-MNOPQR-STUVWX`.
pub fn new_recovery_codes() -> Vec<String> {
    let code = || {
        let letters = Secret::from(rand::random::<[u8; 15]>()).to_base32();
        let groups: Vec<&str> =
            (0..letters.len()).step_by(GROUP).map(|at| &letters[at..at + GROUP]).collect();
        groups.join("-")
    };
    std::iter::repeat_with(code).take(RECOVERY_CODES).collect()
}

/// What is kept of a recovery code, however it was typed.
pub fn recovery_hash(code: &str) -> String {
    let letters: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let digest = Sha256::digest(letters.to_ascii_uppercase().as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B.
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        assert_eq!(code(SECRET, at(59)).unwrap(), "287082");
        assert_eq!(code(SECRET, at(1_111_111_109)).unwrap(), "081804");
        assert_eq!(step_of(SECRET, "081 804", at(1_111_111_109)), Some(37_037_036));
    }

    #[test]
    fn a_code_is_taken_one_step_early_or_late_and_no_more() {
        let told = code(SECRET, at(1_000_000_020)).unwrap();
        let taken = |later: i64| step_of(SECRET, &told, at(1_000_000_020 + later)).is_some();
        assert_eq!([-60, -30, 0, 30, 60].map(taken), [false, true, true, true, false]);
        assert_eq!(step_of(SECRET, "12345", at(59)), None);
        assert_eq!(step_of(SECRET, "", at(59)), None);
    }

    #[test]
    fn secrets_and_recovery_codes_never_repeat_and_are_long() {
        let codes = new_recovery_codes();
        let distinct: std::collections::HashSet<_> = codes.iter().collect();
        assert_eq!((codes.len(), distinct.len()), (10, 10));
        assert!(codes.iter().all(|code| code.len() == 27));
        assert_eq!(new_secret().len(), 32);
        assert_ne!(new_secret(), new_secret());
    }

    #[test]
    fn a_recovery_code_is_the_same_however_it_is_typed() {
        assert_eq!(recovery_hash("ABCDEF-GHIJKL"), recovery_hash(" abcdef ghijkl "));
        assert_ne!(recovery_hash("ABCDEF-GHIJKL"), recovery_hash("ABCDEF-GHIJKM"));
    }

    #[test]
    fn an_authenticator_reads_the_account_and_the_portal() {
        let told = address(SECRET, "ingrid@halden.example", "Northgate: Cloud").unwrap();
        assert!(told.starts_with("otpauth://totp/Northgate"), "{told}");
        assert!(told.contains(SECRET) && told.contains("ingrid"), "{told}");
        let picture = qr(&told).unwrap();
        assert!(picture.width > 20 && picture.path.starts_with("M0 0h1v1h-1z"));
    }
}
