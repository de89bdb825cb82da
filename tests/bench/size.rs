//! How much a database holds.

use std::str::FromStr;

/// The three sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// 20 re-sellers, 100 thousand usage records.
    S,
    /// 1,000 re-sellers, 50 thousand bundle prices, 10 thousand requests, a million records.
    M,
    /// 5,000 re-sellers, 20 million records.
    L,
}

impl Size {
    pub fn resellers(self) -> u64 {
        match self {
            Self::S => 20,
            Self::M => 1_000,
            Self::L => 5_000,
        }
    }

    /// Requests beside those that the re-sellers came from.
    pub fn open_requests(self) -> u64 {
        match self {
            Self::S => 200,
            Self::M => 9_000,
            Self::L => 20_000,
        }
    }

    /// Usage records of each re-seller, over a year.
    pub fn records(self) -> u64 {
        match self {
            Self::S => 5_000,
            Self::M => 1_000,
            Self::L => 4_000,
        }
    }

    /// Rows of the file whose import is measured.
    pub fn file_rows(self) -> u64 {
        match self {
            Self::S => 100_000,
            Self::M | Self::L => 1_000_000,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::M => "M",
            Self::L => "L",
        }
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::S, Self::M, Self::L]
            .into_iter()
            .find(|size| size.word().eq_ignore_ascii_case(text))
            .ok_or_else(|| format!("{text} is no size; there are s, m and l"))
    }
}
