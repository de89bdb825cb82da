//! A charge line as it is kept: what was rated, shared, corrected or credited.

use chrono::NaiveDate;
use diesel::prelude::{Insertable, Queryable};
use serde::Serialize;

use super::{Line, SharedLine};
use crate::db::schema::charge_lines;
use crate::text_enum;
use crate::values::{
    Amount, BundleId, ChannelId, ChargeId, ChargeLineId, Cost, Currency, CustomerId, Exact, Month,
    OutOfRange, Percent, PriceVersionId, ProductId, Quantity, SubscriptionId, TermsId, UnitPrice,
};

text_enum! {
    /// What a line does in its statement.
    pub enum LineRole {
        /// What a subscription's month costs.
        Charge => "charge",
        /// What an earlier month costs more or less than its statement said.
        Correction => "correction",
        /// What root gave back of a line.
        Credit => "credit",
        /// What the provider's share lacked to the agreed minimum.
        Commitment => "commitment",
        /// What the re-seller's share had above the agreed maximum.
        Cap => "cap",
    }
}

crate::text_columns!(LineRole);

impl LineRole {
    /// In which order a statement tells them.
    pub fn order(self) -> u8 {
        match self {
            Self::Charge => 0,
            Self::Correction => 1,
            Self::Commitment => 2,
            Self::Cap => 3,
            Self::Credit => 4,
        }
    }
}

/// A row of `charge_lines`. The shares add up to gross less credited, on every line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Insertable)]
#[diesel(table_name = charge_lines, treat_none_as_default_value = false)]
pub struct ChargeLine {
    pub id: ChargeLineId,
    pub channel_id: ChannelId,
    pub role: LineRole,
    pub customer_id: Option<CustomerId>,
    pub subscription_id: Option<SubscriptionId>,
    pub bundle_id: Option<BundleId>,
    pub product_id: Option<ProductId>,
    pub category: Option<String>,
    pub charge_id: Option<ChargeId>,
    /// The charge's kind; the role's name for commitment and cap.
    pub kind: String,
    /// The month of the statement.
    pub month: Month,
    /// The month in which it was served.
    pub origin_month: Month,
    pub corrects_id: Option<ChargeLineId>,
    pub position: i64,
    pub day_from: NaiveDate,
    /// Exclusive.
    pub day_until: NaiveDate,
    pub currency: Currency,
    pub quantity: Quantity,
    /// An exact fraction, such as `1700/31`.
    pub included: String,
    /// An exact fraction.
    pub billable: String,
    pub tier: Option<i64>,
    pub unit_price: Option<UnitPrice>,
    pub percent: Option<Percent>,
    pub cost: Option<Cost>,
    pub price_version_id: Option<PriceVersionId>,
    pub gross: Amount,
    pub credited: Amount,
    pub reference: Amount,
    pub terms_id: Option<TermsId>,
    pub reseller_share: Amount,
    pub provider_share: Amount,
}

impl ChargeLine {
    /// A rated and shared line at its place in its own month.
    pub fn rated(
        channel: ChannelId,
        month: Month,
        position: i64,
        shared: &SharedLine,
        terms: Option<TermsId>,
    ) -> Self {
        let SharedLine { line, category, share } = shared;
        let key = format!("{channel} {month} {position} {} {}", line.subscription, line.charge);
        Self {
            id: ChargeLineId::derived(&key),
            channel_id: channel,
            role: LineRole::Charge,
            customer_id: Some(line.customer),
            subscription_id: Some(line.subscription),
            bundle_id: Some(line.bundle),
            product_id: line.product,
            category: category.clone(),
            charge_id: Some(line.charge),
            kind: line.kind.to_string(),
            month,
            origin_month: month,
            corrects_id: None,
            position,
            day_from: line.days.from,
            day_until: line.days.until,
            currency: line.currency,
            quantity: line.quantity,
            included: line.included.to_string(),
            billable: line.billable.to_string(),
            tier: line.tier.map(i64::from),
            unit_price: line.unit_price,
            percent: line.percent,
            cost: line.cost,
            price_version_id: Some(line.price_version),
            gross: line.gross,
            credited: Amount::ZERO,
            reference: line.reference,
            terms_id: terms,
            reseller_share: share.reseller,
            provider_share: share.provider,
        }
    }

    /// What commitment or cap moves from the re-seller to the provider.
    pub fn moved(
        (channel, month, currency, terms): (ChannelId, Month, Currency, Option<TermsId>),
        role: LineRole,
        amount: Amount,
    ) -> Self {
        Self {
            id: ChargeLineId::derived(&format!("{channel} {month} {role} {currency}")),
            channel_id: channel,
            role,
            customer_id: None,
            subscription_id: None,
            bundle_id: None,
            product_id: None,
            category: None,
            charge_id: None,
            kind: role.to_string(),
            month,
            origin_month: month,
            corrects_id: None,
            position: 1,
            day_from: month.first_day(),
            day_until: month.end(),
            currency,
            quantity: Quantity::ZERO,
            included: "0".into(),
            billable: "0".into(),
            tier: None,
            unit_price: None,
            percent: None,
            cost: None,
            price_version_id: None,
            gross: Amount::ZERO,
            credited: Amount::ZERO,
            reference: Amount::ZERO,
            terms_id: terms,
            reseller_share: Amount::from_micros(-amount.micros()),
            provider_share: amount,
        }
    }

    /// Gross less credited.
    pub fn net(&self) -> Result<Amount, OutOfRange> {
        self.gross.checked_sub(self.credited)
    }

    /// What is charged for, exactly.
    pub fn billable(&self) -> Exact {
        self.billable.parse().unwrap_or_default()
    }

    /// What of it was included, exactly.
    pub fn included(&self) -> Exact {
        self.included.parse().unwrap_or_default()
    }
}

/// What makes lines of two ratings of one month the same: all but how much of it there was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineKey {
    pub subscription: SubscriptionId,
    pub charge: ChargeId,
    pub price_version: PriceVersionId,
    pub tier: Option<i64>,
}

impl ChargeLine {
    /// `None` for commitment and cap.
    pub fn key(&self) -> Option<LineKey> {
        Some(LineKey {
            subscription: self.subscription_id?,
            charge: self.charge_id?,
            price_version: self.price_version_id?,
            tier: self.tier,
        })
    }
}

impl Line {
    pub fn key(&self) -> LineKey {
        LineKey {
            subscription: self.subscription,
            charge: self.charge,
            price_version: self.price_version,
            tier: self.tier.map(i64::from),
        }
    }
}
