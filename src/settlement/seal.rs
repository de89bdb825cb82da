//! The seal of a posted statement: SHA-256 over its whole content and the seal before it, so that no line, total or
//! order of statements of a channel and currency can change unnoticed.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Balance, Payment, Totals};
use crate::rating::ChargeLine;
use crate::values::{ChannelId, Currency, Month, TermsId, Timestamp};

/// Everything that a statement says, in a fixed order.
#[derive(Debug, Clone, Serialize)]
pub struct Content<'a> {
    pub number: &'a str,
    pub channel: ChannelId,
    pub currency: Currency,
    pub month: Month,
    pub terms: Option<TermsId>,
    pub collects: &'a str,
    pub posted_at: Timestamp,
    pub due_on: chrono::NaiveDate,
    pub totals: Totals,
    pub balance: Balance,
    pub payments: Vec<PaymentContent<'a>>,
    pub previous_seal: Option<&'a str>,
    pub lines: &'a [ChargeLine],
}

/// A payment that the balance counts.
#[derive(Debug, Clone, Serialize)]
pub struct PaymentContent<'a> {
    number: i64,
    amount: crate::values::Amount,
    paid_on: chrono::NaiveDate,
    reference: &'a str,
}

impl<'a> From<&'a Payment> for PaymentContent<'a> {
    fn from(payment: &'a Payment) -> Self {
        let Payment { number, amount, paid_on, reference, .. } = payment;
        Self { number: *number, amount: *amount, paid_on: *paid_on, reference }
    }
}

/// The seal in hexadecimal.
pub fn seal(content: &Content<'_>) -> serde_json::Result<String> {
    let text = serde_json::to_string(content)?;
    Ok(Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect())
}
