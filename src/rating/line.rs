//! A charge line: what one charge of a subscription costs in a month, or in the part of it with one price.

use crate::catalog::ChargeKind;
use crate::values::{
    Amount, BundleId, ChargeId, Cost, Currency, CustomerId, Days, Exact, Percent, PriceVersionId, ProductId,
    Quantity, SubscriptionId, UnitPrice,
};

/// When the charge fell due.
pub type LineKind = ChargeKind;

/// A charge line before it is shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub customer: CustomerId,
    pub subscription: SubscriptionId,
    pub bundle: BundleId,
    pub product: Option<ProductId>,
    pub charge: ChargeId,
    pub kind: LineKind,
    pub days: Days,
    pub currency: Currency,
    /// Units of the subscription, or what was used.
    pub quantity: Quantity,
    /// What of it was included, an exact fraction.
    pub included: Exact,
    /// What is charged for, an exact fraction; packages where the price is for one.
    pub billable: Exact,
    /// From 1: the tier of graduated or volume prices.
    pub tier: Option<u32>,
    pub unit_price: Option<UnitPrice>,
    /// Cost-plus: what is added to the list cost.
    pub percent: Option<Percent>,
    /// Cost-plus: the list cost.
    pub cost: Option<Cost>,
    pub price_version: PriceVersionId,
    /// Rounded once.
    pub gross: Amount,
    /// The same at the reference price of the same days, rounded once.
    pub reference: Amount,
}
