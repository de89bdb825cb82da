//! One search over everything that people look for by name or number: requests, re-sellers, channels, customers,
//! subscriptions, bundles and statements.
//!
//! Root finds all of them; a re-seller finds what is its own: customers, subscriptions, statements, and the bundles that
//! its channel sells.

pub mod pages;
pub mod store;

/// What is found, in the order of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Requests,
    Resellers,
    Channels,
    Customers,
    Subscriptions,
    Bundles,
    Statements,
}

impl Kind {
    pub fn words(self) -> &'static str {
        match self {
            Self::Requests => "Requests",
            Self::Resellers => "Re-sellers",
            Self::Channels => "Channels",
            Self::Customers => "Customers",
            Self::Subscriptions => "Subscriptions",
            Self::Bundles => "Bundles",
            Self::Statements => "Statements",
        }
    }

    /// Name of a symbol in `icons.svg`, the same as in the menu.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Requests => "inbox",
            Self::Resellers => "handshake",
            Self::Channels => "store",
            Self::Customers => "users",
            Self::Subscriptions => "repeat",
            Self::Bundles => "package",
            Self::Statements => "receipt-text",
        }
    }
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    pub name: String,
    /// What tells it from others of the same name: its reference, its channel, its state.
    pub detail: String,
    pub address: String,
}

/// What was found of one kind: the first few, by name or the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub kind: Kind,
    pub hits: Vec<Hit>,
}
