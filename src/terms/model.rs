//! A version of the terms.

use std::collections::BTreeMap;

use crate::text_enum;
use crate::values::{Amount, BundleId, Currency, Month, Percent, RequestId, TermsId, Timestamp};

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

/// From which amount of a month's basis another share holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tier {
    /// Above zero.
    pub from: Amount,
    pub share: Percent,
}

/// A part of a month's basis with its own share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    pub from: Amount,
    /// `None` for the last one.
    pub up_to: Option<Amount>,
    pub share: Percent,
}

/// The rates: the most specific wins, bundle before category before general. What has its own rate neither uses nor
/// advances the tiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareRule {
    pub basis: ShareBasis,
    /// The re-seller's share where nothing more specific is agreed; with tiers, that of the first slice.
    pub general: Percent,
    /// Marginal: each slice of the month's basis has its own share. Ascending, each amount once.
    pub tiers: BTreeMap<Currency, Vec<Tier>>,
    pub by_category: BTreeMap<String, Percent>,
    pub by_bundle: BTreeMap<BundleId, Percent>,
    /// What the provider's share of a full month is at least.
    pub commitments: BTreeMap<Currency, Amount>,
    /// What the re-seller's share of a full month is at most.
    pub caps: BTreeMap<Currency, Amount>,
}

impl ShareRule {
    /// One rate for everything, without limits.
    pub fn flat(basis: ShareBasis, general: Percent) -> Self {
        Self {
            basis,
            general,
            tiers: BTreeMap::new(),
            by_category: BTreeMap::new(),
            by_bundle: BTreeMap::new(),
            commitments: BTreeMap::new(),
            caps: BTreeMap::new(),
        }
    }

    /// The slices of a month's basis in a currency, the general share first.
    pub fn slices(&self, currency: Currency) -> Vec<Slice> {
        let tiers = self.tiers.get(&currency).map(Vec::as_slice).unwrap_or_default();
        let starts: Vec<Tier> = std::iter::once(Tier { from: Amount::ZERO, share: self.general })
            .chain(tiers.iter().copied())
            .collect();
        let ends = starts.iter().skip(1).map(|tier| Some(tier.from)).chain([None]);
        starts
            .iter()
            .zip(ends)
            .map(|(tier, up_to)| Slice { from: tier.from, up_to, share: tier.share })
            .collect()
    }
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
