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

#[cfg(test)]
mod tests {
    use super::*;

    fn content(lines: &[ChargeLine]) -> Content<'_> {
        Content {
            number: "ST-2026-000001",
            channel: ChannelId::derived("channel"),
            currency: "USD".parse().unwrap(),
            month: "2026-10".parse().unwrap(),
            terms: None,
            collects: "provider",
            posted_at: Timestamp::from_micros(0).unwrap(),
            due_on: "2026-11-30".parse().unwrap(),
            totals: Totals::default(),
            balance: Balance::default(),
            payments: Vec::new(),
            previous_seal: None,
            lines,
        }
    }

    #[test]
    fn what_was_sealed_once_is_verified_by_every_later_release() {
        assert_eq!(
            seal(&content(&[])).unwrap(),
            "44eeca6ca7d47fbe501f837dc33b55298f190e014ce23fd5fffe8dc2449b141c"
        );
    }

    #[test]
    fn whatever_changes_shows_in_the_seal() {
        let whole = content(&[]);
        let changes = [
            Content { number: "ST-2026-000002", ..whole.clone() },
            Content { month: "2026-11".parse().unwrap(), ..whole.clone() },
            Content { due_on: "2026-12-01".parse().unwrap(), ..whole.clone() },
            Content { previous_seal: Some("ab"), ..whole.clone() },
            Content {
                totals: Totals { gross: "0.01".parse().unwrap(), ..Totals::default() },
                ..whole.clone()
            },
            Content {
                balance: Balance { opening: "1".parse().unwrap(), ..Balance::default() },
                ..whole.clone()
            },
            whole,
        ];
        let seals: std::collections::BTreeSet<_> =
            changes.iter().map(|content| seal(content).unwrap()).collect();
        assert_eq!(seals.len(), changes.len());
    }
}
