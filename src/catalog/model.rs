//! Products, bundles, charges and price versions.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::text_enum;
use crate::values::{
    BundleId, ChannelId, ChargeId, Currency, Exact, Percent, PriceVersionId, ProductId, Quantity, Timestamp,
    UnitPrice,
};

text_enum! {
    /// A package is a bundle whose components are bundles.
    pub enum BundleKind { Bundle => "bundle", Package => "package" }
}

text_enum! {
    /// Charges can change in a draft only; a retired bundle is not sold any more.
    pub enum BundleState { Draft => "draft", Active => "active", Retired => "retired" }
}

text_enum! {
    /// When a charge falls due.
    pub enum ChargeKind {
        /// Once, on the subscription's start.
        OneTime => "one_time",
        /// Each month, for each unit of the subscription's quantity.
        Recurring => "recurring",
        /// For what was used of a metered product.
        Usage => "usage",
    }
}

text_enum! {
    /// How a charge's amount is found.
    pub enum ChargeModel {
        /// The price as it is; one-time and recurring charges.
        Flat => "flat",
        /// Each unit above what is included.
        PerUnit => "per_unit",
        /// The usage record's own list cost times (1 + percent).
        CostPlus => "cost_plus",
    }
}

text_enum! {
    /// Whom a price version concerns.
    pub enum PriceConcern {
        /// Subscriptions that start on its day or later.
        New => "new",
        /// Following subscriptions that run already, too.
        Existing => "existing",
    }
}

text_enum! {
    /// Where a price version stands on a day; derived from dates, never stored.
    pub enum PriceState { Planned => "planned", Current => "current", Ended => "ended" }
}

/// The smallest thing that is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    pub id: ProductId,
    pub sku: String,
    pub name: String,
    pub category: String,
    pub unit: String,
    pub metered: bool,
}

/// What a customer subscribes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    pub id: BundleId,
    pub code: String,
    pub name: String,
    pub description: String,
    pub kind: BundleKind,
    pub state: BundleState,
    pub components: Vec<Component>,
    /// In the order of their position.
    pub charges: Vec<Charge>,
}

/// A part of a bundle: a product with its included quantity a month, or a bundle of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Component {
    Product { product: ProductId, included: Quantity },
    Bundle(BundleId),
}

/// One charge of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    pub id: ChargeId,
    pub kind: ChargeKind,
    pub model: ChargeModel,
    /// The metered product of a usage charge.
    pub product: Option<ProductId>,
    pub position: i64,
}

/// What a charge costs: a price for each unit, or for cost-plus the percent on top of the list cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceValue {
    Unit(UnitPrice),
    CostPlus(Percent),
}

impl PriceValue {
    /// What a quantity or a cost is multiplied with: the price, or 1 + percent.
    pub fn factor(self) -> Exact {
        match self {
            Self::Unit(price) => price.exact(),
            Self::CostPlus(percent) => percent.ratio() + Exact::from_integer(1.into()),
        }
    }
}

/// The prices of a bundle in a currency from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceVersion {
    pub id: PriceVersionId,
    /// `None` in the reference price book.
    pub channel: Option<ChannelId>,
    pub bundle: BundleId,
    pub currency: Currency,
    pub effective_from: NaiveDate,
    pub concerns: PriceConcern,
    pub reason: String,
    /// One for each charge of the bundle.
    pub values: BTreeMap<ChargeId, PriceValue>,
    pub created_at: Timestamp,
    pub created_by: String,
}
