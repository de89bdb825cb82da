//! Everything that a channel's month is rated from. Rating it is a pure function: the same inputs give the same lines.

use std::collections::{BTreeMap, HashMap};

use super::{Daily, Input, Line, Prices, rate};
use crate::catalog::Bundle;
use crate::catalog::prices::ByBundle;
use crate::customers::Subscription;
use crate::terms::ShareRule;
use crate::terms::split::{LineShare, SplitLine, split};
use crate::values::{Amount, BundleId, Currency, Month, OutOfRange, ProductId, Quantity, SubscriptionId};

/// The inputs of a channel's month.
#[derive(Debug, Clone)]
pub struct MonthInputs {
    pub month: Month,
    /// In the order of their lines.
    pub subscriptions: Vec<Subscription>,
    pub bundles: HashMap<BundleId, Bundle>,
    /// What one unit of a bundle includes in a full month.
    pub included: HashMap<BundleId, BTreeMap<ProductId, Quantity>>,
    pub channel_prices: ByBundle,
    pub reference_prices: ByBundle,
    /// In order of days.
    pub usage: HashMap<SubscriptionId, Vec<Daily>>,
    /// Each product's category, which may have a rate of its own.
    pub categories: HashMap<ProductId, String>,
}

/// A line with both sides' shares of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedLine {
    pub line: Line,
    pub category: Option<String>,
    pub share: LineShare,
}

impl MonthInputs {
    /// The month's lines, subscription by subscription.
    pub fn lines(&self) -> Result<Vec<Line>, OutOfRange> {
        let nothing = BTreeMap::new();
        let mut lines = Vec::new();
        for subscription in &self.subscriptions {
            let Some(bundle) = self.bundles.get(&subscription.bundle) else { continue };
            let key = (subscription.bundle, subscription.currency);
            let prices = Prices {
                channel: self.channel_prices.get(&key).cloned().unwrap_or_default(),
                reference: self.reference_prices.get(&key).cloned().unwrap_or_default(),
            };
            lines.extend(rate(&Input {
                subscription,
                charges: &bundle.charges,
                included: self.included.get(&bundle.id).unwrap_or(&nothing),
                prices: &prices,
                usage: self.usage.get(&subscription.id).map_or(&[], Vec::as_slice),
                month: self.month,
            })?);
        }
        Ok(lines)
    }

    /// Lines as the split sees them, with the categories of now.
    pub fn split_line(&self, line: &Line) -> SplitLine {
        SplitLine {
            bundle: line.bundle,
            category: line.product.and_then(|product| self.categories.get(&product).cloned()),
            net: line.gross,
            reference: line.reference,
        }
    }

    /// The lines of one currency, shared by a rule; without one everything is the provider's.
    pub fn shared(
        &self,
        lines: &[Line],
        currency: Currency,
        rule: Option<&ShareRule>,
    ) -> Result<Vec<SharedLine>, OutOfRange> {
        let lines: Vec<&Line> = lines.iter().filter(|line| line.currency == currency).collect();
        let parts: Vec<SplitLine> = lines.iter().map(|line| self.split_line(line)).collect();
        let shares = match rule {
            Some(rule) => split(rule, &parts, currency)?,
            None => {
                lines.iter().map(|line| LineShare { reseller: Amount::ZERO, provider: line.gross }).collect()
            }
        };
        let shared = lines.into_iter().zip(parts).zip(shares);
        Ok(shared
            .map(|((line, part), share)| SharedLine { line: line.clone(), category: part.category, share })
            .collect())
    }
}
