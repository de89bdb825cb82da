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
