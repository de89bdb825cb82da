//! Passwords: how long, and how they are kept (argon2id).

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString, rand_core::OsRng};
use argon2::{Algorithm, Argon2, Params, Version};

/// The shortest password while there is no second factor.
const SHORTEST: usize = 15;
/// Longer ones would only cost time to hash.
const LONGEST: usize = 256;
/// 46 MiB, one pass, one lane: above the minimum that OWASP gives for argon2id.
const MEMORY_KIB: u32 = 47_104;

/// Why a new password is refused; `Display` is the message beside the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    #[error("Enter {SHORTEST} characters or more; a sentence is easy to remember")]
    TooShort,
    #[error("Enter {LONGEST} characters or fewer")]
    TooLong,
    #[error("Enter the same password in both fields")]
    Differs,
}

/// Checks a new password and its repetition.
pub fn check_new(password: &str, again: &str) -> Result<(), PasswordFault> {
    match password.chars().count() {
        ..SHORTEST => Err(PasswordFault::TooShort),
        _ if password.len() > LONGEST => Err(PasswordFault::TooLong),
        _ if password != again => Err(PasswordFault::Differs),
        _ => Ok(()),
    }
}

fn hasher() -> Result<Argon2<'static>, argon2::Error> {
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(MEMORY_KIB, 1, 1, None)?))
}

/// The hash to store, with its own salt and parameters inside.
pub fn hash(password: &str) -> anyhow::Result<String> {
    let salt = SaltString::generate(&mut OsRng);
    let hasher = hasher().map_err(|error| anyhow::anyhow!("argon2 refused its parameters: {error}"))?;
    let hash = hasher.hash_password(password.as_bytes(), &salt);
    Ok(hash.map_err(|error| anyhow::anyhow!("the password could not be hashed: {error}"))?.to_string())
}

/// Whether the password is the stored one. Without a stored hash as much time is spent, so that an unknown account
/// cannot be told from a wrong password.
pub(super) fn verify(password: &str, stored: Option<&str>) -> bool {
    let Some(parsed) = stored.and_then(|hash| PasswordHash::new(hash).ok()) else {
        let _spent = hash(password);
        return false;
    };
    hasher().is_ok_and(|hasher| hasher.verify_password(password.as_bytes(), &parsed).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_kept_as_argon2id_at_the_floor_and_verifies() {
        let kept = hash("a long enough sentence").unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"));
        assert!(verify("a long enough sentence", Some(&kept)));
        assert!(!verify("another sentence here", Some(&kept)));
        assert!(!verify("a long enough sentence", None));
    }

    #[test]
    fn a_new_password_must_be_long_and_repeated() {
        assert_eq!(check_new("short", "short"), Err(PasswordFault::TooShort));
        assert_eq!(
            check_new("a long enough sentence", "a long enough sentense"),
            Err(PasswordFault::Differs)
        );
        assert_eq!(check_new(&"x".repeat(300), &"x".repeat(300)), Err(PasswordFault::TooLong));
        assert_eq!(check_new("a long enough sentence", "a long enough sentence"), Ok(()));
    }
}
