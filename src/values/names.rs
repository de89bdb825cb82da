//! Names with a form: codes, user names, host names, countries.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize, Serializer};

use super::text::{TextError, text_type};

text_type!(
    /// A code people refer to, in capitals: `NORTH-01`.
    Code,
    |text| {
        let code = text.to_ascii_uppercase();
        let is_valid = (2..=32).contains(&code.len())
            && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-')
            && !code.starts_with('-')
            && !code.ends_with('-');
        if is_valid { Ok(code) } else { Err(TextError("Enter 2 to 32 letters, digits and hyphens, such as NORTH-01")) }
    }
);

text_type!(
    /// The name an account signs in under.
    UserName,
    |text| {
        let name = text.to_ascii_lowercase();
        let is_valid = (3..=40).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
        if is_valid { Ok(name) } else { Err(TextError("Enter 3 to 40 letters, digits, dots, hyphens or underscores")) }
    }
);

text_type!(
    /// A fully qualified host name: `shop.halden.example`.
    HostName,
    |text| {
        let host = text.to_ascii_lowercase();
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if host.len() <= 253 && host.contains('.') && host.split('.').all(is_label) {
            Ok(host)
        } else {
            Err(TextError("Enter a full host name, such as cloud.halden.example"))
        }
    }
);

/// ISO 3166-1 alpha-2 codes and English names.
const COUNTRIES: &str = include_str!("countries.txt");

/// A country of ISO 3166-1, by its two letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(&'static str);

impl Country {
    /// Every country, by name.
    pub fn all() -> impl Iterator<Item = Self> {
        COUNTRIES.lines().map(Self)
    }

    /// The two letters.
    pub fn code(self) -> &'static str {
        self.0.get(..2).unwrap_or_default()
    }

    pub fn name(self) -> &'static str {
        self.0.get(3..).unwrap_or_default()
    }
}

impl FromStr for Country {
    type Err = TextError;
    fn from_str(text: &str) -> Result<Self, TextError> {
        static BY_CODE: LazyLock<HashMap<&str, Country>> =
            LazyLock::new(|| Country::all().map(|country| (country.code(), country)).collect());
        let code = text.trim().to_ascii_uppercase();
        BY_CODE.get(code.as_str()).copied().ok_or(TextError("Choose a country"))
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl Serialize for Country {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_have_a_code_and_a_name() {
        let norway: Country = "no".parse().unwrap();
        assert_eq!((norway.code(), norway.name()), ("NO", "Norway"));
        assert!("XX".parse::<Country>().is_err());
        assert_eq!(Country::all().count(), 249);
    }

    #[test]
    fn names_have_one_form() {
        assert_eq!("north-01".parse::<Code>().unwrap().as_str(), "NORTH-01");
        assert!("-north".parse::<Code>().is_err() && "n".parse::<Code>().is_err());
        assert_eq!("Shop.Halden.example".parse::<HostName>().unwrap().as_str(), "shop.halden.example");
        assert!("localhost".parse::<HostName>().is_err() && "a..b".parse::<HostName>().is_err());
        assert!("in grid".parse::<UserName>().is_err());
    }
}
