//! Passwords: which are taken, and how they are kept (argon2id).

use std::sync::LazyLock;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString, rand_core::OsRng};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

/// The shortest password beside a second factor.
const SHORTEST_WITH_FACTOR: usize = 12;
/// The shortest password that stands alone.
const SHORTEST_ALONE: usize = 15;
/// Longer ones would only cost time to hash.
const LONGEST: usize = 256;
/// How many passwords are hashed at a time: each takes its memory.
const AT_A_TIME: usize = 4;
/// 46 MiB, one pass, one lane: above the minimum that OWASP gives for argon2id.
const MEMORY_KIB: u32 = 47_104;

/// Why a new password is refused; `Display` is the message beside the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    #[error("Enter {0} characters or more; a sentence is easy to remember")]
    TooShort(usize),
    #[error("Enter {LONGEST} characters or fewer")]
    TooLong,
    #[error("Enter the same password in both fields")]
    Differs,
    #[error("This is among the passwords that are tried first; choose one that nobody else has")]
    Common,
    #[error("This is made of your name or address; choose one that nobody guesses from them")]
    Personal,
}

/// The passwords that attackers try first, of those that are long enough; in lower case and in order.
static COMMON: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// How many characters a new password needs.
pub fn shortest(has_factor: bool) -> usize {
    if has_factor { SHORTEST_WITH_FACTOR } else { SHORTEST_ALONE }
}

/// Checks a new password and its repetition. `own` is what anybody knows of the account: its names and address.
pub fn check_new(password: &str, again: &str, has_factor: bool, own: &[&str]) -> Result<(), PasswordFault> {
    let shortest = shortest(has_factor);
    if password.chars().count() < shortest {
        return Err(PasswordFault::TooShort(shortest));
    }
    if password.len() > LONGEST {
        return Err(PasswordFault::TooLong);
    }
    if password != again {
        return Err(PasswordFault::Differs);
    }
    let folded = password.to_lowercase();
    if COMMON.binary_search(&folded.as_str()).is_ok() || is_repetition(&folded) {
        return Err(PasswordFault::Common);
    }
    if is_made_of(&folded, own) { Err(PasswordFault::Personal) } else { Ok(()) }
}

/// Whether it is one short piece over and over: `abcabcabcabcabc`.
fn is_repetition(password: &str) -> bool {
    let letters: Vec<char> = password.chars().collect();
    (1..=4)
        .any(|period| letters.iter().zip(letters.iter().skip(period)).all(|(letter, later)| letter == later))
}

/// Whether little is left when what is known of the account is taken out.
fn is_made_of(password: &str, own: &[&str]) -> bool {
    let words = own.iter().flat_map(|text| text.split(|letter: char| !letter.is_alphanumeric()));
    let words = words.map(str::to_lowercase).filter(|word| word.chars().count() >= 3);
    let left = words.fold(password.to_owned(), |left, word| left.replace(&word, ""));
    left != password && left.chars().filter(|letter| letter.is_alphanumeric()).count() < 8
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

/// Whether a stored hash is weaker than new ones are, so that it is to be made again.
pub(super) fn is_outdated(stored: &str) -> bool {
    let params = PasswordHash::new(stored).ok().and_then(|hash| Params::try_from(&hash).ok());
    params.is_none_or(|params| params.m_cost() < MEMORY_KIB || !stored.starts_with("$argon2id$v=19$"))
}

static TURNS: Semaphore = Semaphore::const_new(AT_A_TIME);

/// Hashes or verifies off the async threads, few at a time.
pub(super) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> anyhow::Result<T> {
    let _turn = TURNS.acquire().await?;
    Ok(tokio::task::spawn_blocking(work).await?)
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
        let twice = |password: &str, has_factor| check_new(password, password, has_factor, &[]);
        assert_eq!(twice("fourteen chars", false), Err(PasswordFault::TooShort(15)));
        assert_eq!(twice("fourteen chars", true), Ok(()));
        assert_eq!(twice("elevenchars", true), Err(PasswordFault::TooShort(12)));
        assert_eq!(twice("ärgerlich äöü", true), Ok(()), "letters count, not bytes");
        let differs = check_new("a long enough sentence", "a long enough sentense", false, &[]);
        assert_eq!(differs, Err(PasswordFault::Differs));
        assert_eq!(twice(&"long sentence ".repeat(30), false), Err(PasswordFault::TooLong));
        assert_eq!(twice("a long enough sentence", false), Ok(()));
    }

    #[test]
    fn a_password_of_any_characters_and_of_64_of_the_longest_ones_is_taken() {
        let longest: String = (0..64).filter_map(|at| char::from_u32(0x1f300 + at)).collect();
        assert_eq!((longest.chars().count(), longest.len()), (64, 256));
        for password in
            ["831497206583921", "ENTIRELY CAPITALS", "öäüßøå ñçžéèêïîô", "!\"#$%&'()*+,-./:;", &longest]
        {
            assert_eq!(check_new(password, password, false, &[]), Ok(()), "{password}");
        }
    }

    #[test]
    fn a_password_is_verified_as_it_was_typed_to_the_last_character() {
        let long = "x".repeat(LONGEST - 1);
        let kept = hash(&format!("{long}y")).unwrap();
        assert!(verify(&format!("{long}y"), Some(&kept)));
        assert!(!verify(&format!("{long}z"), Some(&kept)) && !verify(&long, Some(&kept)));
        let kept = hash(" Blanks around It ").unwrap();
        assert!(!verify("Blanks around It", Some(&kept)) && !verify(" blanks around it ", Some(&kept)));
    }

    #[test]
    fn what_everybody_tries_first_is_refused_in_any_case() {
        assert!(COMMON.len() > 3000 && COMMON.is_sorted());
        for common in ["qazwsxedcrfv", "QwertyQwerty", "aaaaaaaaaaaaaaa", "abcabcabcabcabc"] {
            assert_eq!(check_new(common, common, true, &[]), Err(PasswordFault::Common), "{common}");
        }
    }

    #[test]
    fn what_the_account_tells_is_no_password() {
        let own = ["Ingrid Solberg", "ingrid@halden.example", "Northgate Cloud"];
        for personal in ["ingrid.solberg1", "Northgate-cloud-1"] {
            assert_eq!(
                check_new(personal, personal, false, &own),
                Err(PasswordFault::Personal),
                "{personal}"
            );
        }
        assert_eq!(check_new("ingrid likes tall trees", "ingrid likes tall trees", false, &own), Ok(()));
    }

    #[test]
    fn a_weaker_hash_is_to_be_made_again() {
        assert!(!is_outdated(&hash("a long enough sentence").unwrap()));
        assert!(is_outdated("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$cGFzc3dvcmRwYXNzd29yZHBhc3N3b3Jk"));
        assert!(is_outdated("$argon2i$v=19$m=47104,t=1,p=1$c2FsdHNhbHQ$cGFzc3dvcmRwYXNzd29yZHBhc3N3b3Jk"));
        assert!(is_outdated("nothing"));
    }
}
