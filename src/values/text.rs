//! Texts with a form: e-mail addresses, phone numbers; and the key by which names are searched.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use validator::ValidateEmail;

/// Why a text is refused; `Display` is the message beside the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TextError(pub &'static str);

/// Declares a text type whose parser returns the canonical text.
macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $canonical:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = TextError;
            fn from_str(text: &str) -> Result<Self, TextError> {
                let canonical: fn(&str) -> Result<String, TextError> = $canonical;
                canonical(text.trim()).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}
pub(super) use text_type;

text_type!(
    /// An e-mail address, in lower case.
    Email,
    |text| {
        let text = text.to_lowercase();
        if text.len() <= 254 && text.validate_email() {
            Ok(text)
        } else {
            Err(TextError("Enter an e-mail address, such as ingrid@halden.example"))
        }
    }
);

impl Email {
    /// What follows the @.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

text_type!(
    /// A phone number in E.164 form: `+4722123456`.
    Phone,
    |text| {
        let digits: String = text.chars().filter(|letter| !matches!(letter, ' ' | '-' | '(' | ')' | '.')).collect();
        let number = digits.strip_prefix('+').unwrap_or("");
        let is_valid = (7..=15).contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && !number.starts_with('0');
        if is_valid {
            Ok(digits)
        } else {
            Err(TextError("Enter a phone number with the country code, such as +47 22 12 34 56"))
        }
    }
);

/// A name as it is searched and compared: without accents and in lower case.
pub fn search_key(name: &str) -> String {
    let folded: String = name.nfkd().filter(|letter| !is_combining_mark(*letter)).collect();
    folded.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_numbers_have_one_form() {
        assert_eq!(" Ingrid@Halden.Example ".parse::<Email>().unwrap().as_str(), "ingrid@halden.example");
        assert_eq!("a@b.example".parse::<Email>().unwrap().domain(), "b.example");
        assert_eq!("+47 22 12-34 (56)".parse::<Phone>().unwrap().as_str(), "+4722123456");
        for wrong in ["", "22123456", "+", "+0123456789", "+47abc12345", "+1234567890123456"] {
            assert!(wrong.parse::<Phone>().is_err(), "{wrong}");
        }
        for wrong in ["", "a", "a@", "@b", "a b@c.d"] {
            assert!(wrong.parse::<Email>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_are_searched_without_accents_and_case() {
        assert_eq!(search_key("  Ängström  Ｂ "), "angstrom b");
    }
}
