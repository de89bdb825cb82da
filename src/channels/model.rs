//! A channel and what it sells.

use crate::text_enum;
use crate::values::{BundleId, ChannelId, Code, Currency, HostName, Percent, ResellerId, Timestamp};

text_enum! {
    /// What the re-seller may do with a bundle's channel price.
    pub enum PricePolicy {
        /// Not change it. A channel that is not price editable locks every bundle.
        Locked => "locked",
        /// Change it between floor and ceiling and above the minimum margin.
        Band => "band",
        /// Change it at will.
        Free => "free",
    }
}

/// A re-seller's one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    pub id: ChannelId,
    pub reseller: ResellerId,
    pub reseller_name: String,
    pub code: Code,
    pub name: String,
    pub host: Option<HostName>,
    /// Whether the re-seller may change channel prices at all.
    pub price_editable: bool,
    /// Whether the re-seller sees the reference price.
    pub shows_reference: bool,
    /// Whether the re-seller may import usage.
    pub may_import: bool,
    /// By code.
    pub currencies: Vec<Currency>,
    /// Counts each change of the channel, so that a save from an old view is noticed.
    pub revision: i64,
    pub created_at: Timestamp,
}

/// The limits of a `band` policy; each may be absent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Band {
    /// Percent of the reference price.
    pub floor: Option<Percent>,
    /// Percent of the reference price.
    pub ceiling: Option<Percent>,
    /// Percent of the channel price.
    pub min_margin: Option<Percent>,
}

/// A bundle that a channel sells, and on what conditions the re-seller prices it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelBundle {
    pub bundle: BundleId,
    /// Off: kept with its prices, but not sold.
    pub enabled: bool,
    pub policy: PricePolicy,
    pub band: Band,
}
