//! Customers and subscriptions.

use chrono::NaiveDate;

use crate::text_enum;
use crate::values::{BundleId, ChannelId, Country, Currency, CustomerId, Days, SubscriptionId};

text_enum! {
    /// Which prices a subscription pays.
    pub enum PriceRule {
        /// Those in effect on each day.
        Follow => "follow",
        /// Those in effect on its first day, for good.
        Frozen => "frozen",
    }
}

/// A customer of a re-seller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    pub id: CustomerId,
    pub channel: ChannelId,
    /// The re-seller's own name for it; unique in the channel.
    pub external_id: String,
    pub name: String,
    pub country: Country,
    /// The billing currency.
    pub currency: Currency,
}

/// A bundle that a customer has, from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    pub id: SubscriptionId,
    /// People's name for it: `S-000042`.
    pub reference: String,
    pub channel: ChannelId,
    pub customer: CustomerId,
    pub bundle: BundleId,
    /// The customer's billing currency.
    pub currency: Currency,
    pub start: NaiveDate,
    /// The first day without it.
    pub end: Option<NaiveDate>,
    pub price_rule: PriceRule,
    /// From which day how many; the first on the start, by day.
    pub quantities: Vec<(NaiveDate, u32)>,
}

impl Subscription {
    /// Its days within a range; `None` when it has none there.
    pub fn days_within(&self, range: Days) -> Option<Days> {
        Days::new(self.start, self.end.unwrap_or(NaiveDate::MAX))?.intersect(range)
    }

    /// Whether it runs on a day.
    pub fn runs_on(&self, day: NaiveDate) -> bool {
        self.start <= day && self.end.is_none_or(|end| day < end)
    }

    /// How many units it has on a day; zero before its start.
    pub fn quantity_on(&self, day: NaiveDate) -> u32 {
        self.quantities.iter().rev().find(|(from, _)| *from <= day).map_or(0, |(_, quantity)| *quantity)
    }
}

/// A customer to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCustomer {
    pub channel: ChannelId,
    pub external_id: String,
    pub name: String,
    pub country: Country,
    /// One of the channel's.
    pub currency: Currency,
}

/// A subscription to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSubscription {
    pub customer: CustomerId,
    pub bundle: BundleId,
    pub quantity: u32,
    pub start: NaiveDate,
    pub price_rule: PriceRule,
}

/// Why a customer or a subscription is not made or changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SaleRefusal {
    #[error("Another customer of this channel has this id")]
    ExternalIdTaken,
    #[error("Choose a currency that the channel sells in")]
    NotACurrency,
    #[error("The currency is fixed once the customer has a subscription")]
    CurrencyFixed,
    #[error("The re-seller is {0}, so nothing new is sold through this channel; what was sold stays visible")]
    NotSelling(&'static str),
    #[error("Choose a bundle that the channel sells")]
    NotSold,
    #[error("The bundle has no price in {currency} on {}; choose a later start or another bundle", start.format("%-d %B %Y"))]
    NoPrice { currency: Currency, start: NaiveDate },
    #[error("The statement of {} is posted; choose a later start", start.format("%B %Y"))]
    Posted { start: NaiveDate },
    #[error("Choose a day on which the subscription runs")]
    NotRunning,
    #[error("The subscription has this quantity on that day already")]
    SameQuantity,
    #[error("The subscription has ended; start a new one instead")]
    Ended,
    #[error("The end has come, so it stays")]
    EndStays,
}
