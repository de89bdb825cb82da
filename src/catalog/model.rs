//! Products, bundles, charges and price versions.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::NaiveDate;

use super::PriceValue;
use super::pricing::ValueFault;
use crate::text_enum;
use crate::values::{
    BundleId, ChannelId, ChargeId, Code, Currency, Month, PriceVersionId, ProductId, Quantity, Timestamp,
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
        /// Each unit above what is included, at the price of the tier that its position in the month lies in.
        Graduated => "graduated",
        /// All units above what is included, at the price of the tier that the month's total lies in.
        Volume => "volume",
        /// Packages of a number of units, rounded up once a month.
        Package => "package",
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

impl Bundle {
    /// Everything that has a price: each charge, tier by tier; see [`Charge::tiers`].
    pub fn places(&self) -> impl Iterator<Item = (&Charge, u32)> {
        self.charges.iter().flat_map(|charge| charge.tiers().map(move |tier| (charge, tier)))
    }

    /// The products that it includes or charges for.
    pub fn products(&self) -> impl Iterator<Item = ProductId> {
        let included = self.components.iter().filter_map(|component| match component {
            Component::Product { product, .. } => Some(*product),
            Component::Bundle(_) => None,
        });
        included.chain(self.charges.iter().filter_map(|charge| charge.product))
    }
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
    /// Graduated and volume: the upper edges of all tiers but the last, ascending; an edge belongs to the tier below it.
    pub edges: Vec<Quantity>,
    /// Package: the units that one price buys.
    pub package: Option<Quantity>,
}

impl Charge {
    /// The tiers that have a price each, from 1; just 0 where one price is for all units.
    pub fn tiers(&self) -> RangeInclusive<u32> {
        match self.model {
            ChargeModel::Graduated | ChargeModel::Volume => {
                1..=u32::try_from(self.edges.len()).unwrap_or(u32::MAX).saturating_add(1)
            }
            _ => 0..=0,
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

/// A price version to be saved in the reference price book or a channel's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPriceVersion {
    /// `None` in the reference price book.
    pub channel: Option<ChannelId>,
    pub bundle: BundleId,
    pub currency: Currency,
    pub effective_from: NaiveDate,
    pub concerns: PriceConcern,
    pub reason: String,
    /// One for each charge of the bundle.
    pub values: BTreeMap<ChargeId, PriceValue>,
}

/// Why a price version is not saved or dropped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PriceRefusal {
    #[error("A price of that day is in effect already; give the new one a later day")]
    InEffect,
    #[error("Choose {} or later: {} has a statement, which keeps its prices", .0.end(), .0)]
    Closed(Month),
    #[error(
        "Somebody else changed these prices since you opened this page; look at all of them, then send yours again"
    )]
    Changed,
    #[error("A price names a charge that the bundle does not have")]
    OtherCharge,
    #[error("A charge has no price, or one that it cannot have")]
    Values(Vec<(ChargeId, ValueFault)>),
}

/// A product to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProduct {
    pub sku: Code,
    pub name: String,
    pub category: String,
    /// The unit of measure, such as `GB`.
    pub unit: String,
    /// Whether use of it is measured.
    pub metered: bool,
}

/// Why a product is not made or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProductRefusal {
    #[error("Another product has this SKU")]
    SkuTaken,
    /// Usage was priced in this unit.
    #[error("Unit and metering are fixed once a bundle charges or includes the product")]
    InUse,
}

/// A bundle or package to be made, as a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBundle {
    pub code: Code,
    pub name: String,
    pub description: String,
    pub kind: BundleKind,
}

/// A charge to be added to a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCharge {
    pub kind: ChargeKind,
    pub model: ChargeModel,
    /// The metered product of a usage charge.
    pub product: Option<ProductId>,
    /// Graduated and volume: the upper edges of all tiers but the last.
    pub edges: Vec<Quantity>,
    /// Package: the units that one price buys.
    pub package: Option<Quantity>,
}

/// Why a bundle is not made or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BundleRefusal {
    #[error("Another bundle has this code")]
    CodeTaken,
    #[error("Components and charges are fixed once the bundle is active")]
    NotDraft,
    #[error("The bundle has a charge of this kind already")]
    ChargeTaken,
    #[error("Choose a metered product for a usage charge")]
    NotMetered,
    #[error("Enter 1 to 20 edges above zero, each higher than the one before it")]
    Edges,
    #[error("Enter how many units a package has, more than zero")]
    PackageSize,
    #[error("A package is made of bundles, and a bundle of products")]
    WrongPart,
    #[error("Choose a bundle that is active")]
    MemberNotActive,
    #[error("A bundle needs a charge before it is active")]
    NoCharge,
    #[error("A package needs a bundle before it is active")]
    NoMember,
    #[error("A bundle needs a price for each charge in at least one currency before it is active")]
    NoPrice,
    #[error("Each currency needs a price for each charge, from its first day on")]
    PriceIncomplete,
    #[error("Only an active bundle can be retired")]
    NotActive,
}
