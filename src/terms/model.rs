//! A version of the terms.

use std::collections::BTreeMap;

use crate::text_enum;
use crate::values::{BundleId, Month, Percent, RequestId, TermsId, Timestamp};

text_enum! {
    /// What the share is a part of.
    pub enum ShareBasis {
        /// Net revenue.
        Revenue => "revenue",
        /// Channel price minus reference price for the same quantities and day, at least zero for each line.
        Margin => "margin",
    }
}

text_enum! {
    /// Who collects from the customers; only the direction of the balance differs.
    pub enum Collector { Provider => "provider", Reseller => "reseller" }
}

text_enum! {
    /// The two sides of the table.
    pub enum Side { Provider => "provider", Reseller => "reseller" }
}

text_enum! {
    pub enum TermsState { Proposed => "proposed", Countered => "countered", Agreed => "agreed", Declined => "declined" }
}

impl TermsState {
    pub fn words(self) -> &'static str {
        match self {
            Self::Proposed => "Waits for an answer",
            Self::Countered => "Countered",
            Self::Agreed => "Agreed",
            Self::Declined => "Declined",
        }
    }

    /// The tone of its badge.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Proposed => "warn",
            Self::Countered => "plain",
            Self::Agreed => "ok",
            Self::Declined => "bad",
        }
    }
}

/// The rates: the most specific wins, bundle before category before general.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareRule {
    pub basis: ShareBasis,
    /// The re-seller's share where nothing more specific is agreed.
    pub general: Percent,
    pub by_category: BTreeMap<String, Percent>,
    pub by_bundle: BTreeMap<BundleId, Percent>,
}

/// What is offered or agreed, apart from who did it and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub rule: ShareRule,
    pub collects: Collector,
    pub payment_days: u32,
    pub valid_from: Month,
    /// The last month; terms go on after it until they are replaced.
    pub valid_until: Option<Month>,
    pub note: String,
}

/// A numbered version of the terms of a request and, once accepted, of its re-seller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermsVersion {
    pub id: TermsId,
    pub request: RequestId,
    pub number: i64,
    pub state: TermsState,
    pub proposed_by: Side,
    pub offer: Offer,
    pub created_at: Timestamp,
    pub created_by: String,
    pub answered_at: Option<Timestamp>,
    pub answered_by: Option<String>,
}
