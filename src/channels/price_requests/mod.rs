//! Price requests: a re-seller asks for a channel price outside its limits, with a reason; root approves or declines.
//!
//! A price outside the band is never saved as it is. Asking changes no price: approving sets the wished one, on the
//! wished day or a later one, in root's name. For each price at most one request is open. A month with an open
//! request is not sent to the re-seller before the request is decided or let pass.

pub mod listed;
mod notices;
pub mod store;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::pricing::{self, Wished};
use crate::catalog::{PriceConcern, PriceValue};
use crate::text_enum;
use crate::values::{BundleId, ChannelId, ChargeId, Currency, PriceRequestId, ResellerId, Timestamp};

text_enum! {
    /// Where a price request stands; only an open one can change.
    pub enum PriceRequestState {
        Open => "open",
        Approved => "approved",
        Declined => "declined",
        /// Taken back by the re-seller.
        Withdrawn => "withdrawn",
    }
}

impl PriceRequestState {
    /// Tone of its badge.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Open => "warn",
            Self::Approved => "ok",
            Self::Declined => "bad",
            Self::Withdrawn => "plain",
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Open => "Waits for an answer",
            Self::Approved => "Approved",
            Self::Declined => "Declined",
            Self::Withdrawn => "Withdrawn",
        }
    }
}

/// A re-seller's wish, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceRequest {
    pub id: PriceRequestId,
    /// Such as `PR-2026-00007`.
    pub reference: String,
    pub channel: ChannelId,
    pub reseller: ResellerId,
    pub reseller_name: String,
    pub bundle: BundleId,
    pub bundle_name: String,
    pub currency: Currency,
    pub effective_from: NaiveDate,
    pub concerns: PriceConcern,
    /// One for each charge of the bundle.
    pub values: BTreeMap<ChargeId, PriceValue>,
    pub reason: String,
    pub state: PriceRequestState,
    pub asked_at: Timestamp,
    pub asked_by: String,
    /// `None` while it is open.
    pub decision: Option<Decision>,
}

/// Who ended a price request, when, and with which words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub at: Timestamp,
    pub by: String,
    pub answer: String,
}

impl PriceRequest {
    pub fn is_open(&self) -> bool {
        self.state == PriceRequestState::Open
    }

    /// The price as the re-seller asked for it.
    pub fn wished(&self) -> Wished {
        Wished {
            channel: self.channel,
            bundle: self.bundle,
            currency: self.currency,
            effective_from: self.effective_from,
            concerns: self.concerns,
            reason: self.reason.clone(),
            values: self.values.clone(),
        }
    }
}

/// Why a price request is not made or decided.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("{} was asked for already and waits for its answer", .0)]
    AskedAlready(String),
    #[error("This price is within your limits; set it yourself")]
    Allowed,
    #[error("{} already", .0.words())]
    Decided(PriceRequestState),
    #[error("{0}")]
    Price(pricing::Refusal),
}
