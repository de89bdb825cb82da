//! Simulation: closed months once more under other terms or other prices, beside what was settled. It writes nothing.
//!
//! It begins from the charge lines that the statements hold, not from usage: their quantities do not depend on prices
//! or terms, and so months under the terms in force and at unchanged prices come out exactly as they were settled,
//! whatever usage came in later. A line is priced again by what was charged of it, exactly, and rounded once; the
//! lines of a month are shared again by the same split, and commitment and cap follow as when a month is rated.
//! Corrections and credits stay as they were settled, on both sides.

pub mod export;
pub mod pages;
pub mod store;

use std::collections::BTreeMap;

use crate::catalog::PriceValue;
use crate::rating::{ChargeLine, LineRole};
use crate::terms::ShareRule;
use crate::terms::limits::{Part, Shares, adjust};
use crate::terms::split::{LineShare, SplitLine, split};
use crate::values::{Amount, BundleId, ChargeId, Currency, Exact, Month, OutOfRange, Percent, round};

/// A closed month of a channel in a currency, as its statement holds it.
#[derive(Debug, Clone)]
pub struct SettledMonth {
    pub month: Month,
    pub currency: Currency,
    /// In the order in which they were shared.
    pub lines: Vec<ChargeLine>,
    /// The terms that it was settled by.
    pub rule: Option<ShareRule>,
    /// The days on which the channel ran, by which commitment and cap count.
    pub part: Part,
}

/// Other prices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Prices {
    #[default]
    AsTheyWere,
    /// Every price changed by so many percent.
    Changed(Percent),
    /// Some prices of one bundle, by charge and tier.
    OfBundle(BundleId, BTreeMap<(ChargeId, u32), PriceValue>),
}

/// What is tried.
#[derive(Debug, Clone, Default)]
pub struct WhatIf {
    /// `None`: each month by its own terms.
    pub rule: Option<ShareRule>,
    pub prices: Prices,
}

/// What an amount brings both sides; the shares add up to the net.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sides {
    pub net: Amount,
    pub reseller: Amount,
    pub provider: Amount,
}

impl Sides {
    pub fn plus(self, other: Self) -> Result<Self, OutOfRange> {
        Ok(Self {
            net: self.net.checked_add(other.net)?,
            reseller: self.reseller.checked_add(other.reseller)?,
            provider: self.provider.checked_add(other.provider)?,
        })
    }

    fn of(line: &ChargeLine) -> Result<Self, OutOfRange> {
        Ok(Self { net: line.net()?, reseller: line.reseller_share, provider: line.provider_share })
    }
}

/// Both results beside each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compared {
    pub settled: Sides,
    pub simulated: Sides,
}

impl Compared {
    pub fn plus(self, other: Self) -> Result<Self, OutOfRange> {
        Ok(Self {
            settled: self.settled.plus(other.settled)?,
            simulated: self.simulated.plus(other.simulated)?,
        })
    }

    /// Simulated less settled.
    pub fn difference(self) -> Result<Sides, OutOfRange> {
        let (new, old) = (self.simulated, self.settled);
        Ok(Sides {
            net: new.net.checked_sub(old.net)?,
            reseller: new.reseller.checked_sub(old.reseller)?,
            provider: new.provider.checked_sub(old.provider)?,
        })
    }
}

/// What a part of a month is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    Bundle(BundleId),
    /// Commitment and cap.
    Limits,
    /// Corrections and credits, which stay as they were settled.
    Settled,
}

/// A month under both, topic by topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulatedMonth {
    pub month: Month,
    pub parts: BTreeMap<Topic, Compared>,
}

impl SimulatedMonth {
    pub fn total(&self) -> Result<Compared, OutOfRange> {
        self.parts.values().try_fold(Compared::default(), |sum, part| sum.plus(*part))
    }
}

/// A month under other terms and prices.
pub fn simulate(month: &SettledMonth, what_if: &WhatIf) -> Result<SimulatedMonth, OutOfRange> {
    let rule = what_if.rule.as_ref().or(month.rule.as_ref());
    let is_charge = |line: &&ChargeLine| line.role == LineRole::Charge;
    let charges: Vec<&ChargeLine> = month.lines.iter().filter(is_charge).collect();
    let lines = charges.iter().map(|line| priced(line, &what_if.prices)).collect::<Result<Vec<_>, _>>()?;
    let shares = match rule {
        Some(rule) => split(rule, &lines, month.currency)?,
        None => lines.iter().map(|line| LineShare { reseller: Amount::ZERO, provider: line.net }).collect(),
    };
    let mut parts: BTreeMap<Topic, Compared> = BTreeMap::new();
    let mut add = |topic, settled, simulated| -> Result<(), OutOfRange> {
        let part = parts.entry(topic).or_default();
        *part = part.plus(Compared { settled, simulated })?;
        Ok(())
    };
    let mut sums = Shares { reseller: Amount::ZERO, provider: Amount::ZERO };
    for ((line, priced), share) in charges.iter().zip(&lines).zip(&shares) {
        sums.reseller = sums.reseller.checked_add(share.reseller)?;
        sums.provider = sums.provider.checked_add(share.provider)?;
        let simulated = Sides { net: priced.net, reseller: share.reseller, provider: share.provider };
        add(Topic::Bundle(priced.bundle), Sides::of(line)?, simulated)?;
    }
    let moved = moved(rule, sums, month)?;
    if moved != Sides::default() {
        add(Topic::Limits, Sides::default(), moved)?;
    }
    for line in &month.lines {
        match line.role {
            LineRole::Charge => {}
            LineRole::Commitment | LineRole::Cap => {
                add(Topic::Limits, Sides::of(line)?, Sides::default())?;
            }
            LineRole::Correction | LineRole::Credit => {
                add(Topic::Settled, Sides::of(line)?, Sides::of(line)?)?;
            }
        }
    }
    Ok(SimulatedMonth { month: month.month, parts })
}

/// What commitment and cap move from the re-seller to the provider.
fn moved(rule: Option<&ShareRule>, shares: Shares, month: &SettledMonth) -> Result<Sides, OutOfRange> {
    let limit = |limits: fn(&ShareRule) -> &BTreeMap<Currency, Amount>| {
        rule.and_then(|rule| limits(rule).get(&month.currency).copied())
    };
    let (commitment, cap) = (limit(|rule| &rule.commitments), limit(|rule| &rule.caps));
    let found = adjust(commitment, cap, shares, month.part, month.currency)?;
    let provider = found.commitment.checked_add(found.cap)?;
    Ok(Sides { net: Amount::ZERO, reseller: Amount::from_micros(-provider.micros()), provider })
}

/// A line at other prices, as the split sees it.
fn priced(line: &ChargeLine, prices: &Prices) -> Result<SplitLine, OutOfRange> {
    let bundle = line.bundle_id.ok_or(OutOfRange)?;
    let factor = match prices {
        Prices::AsTheyWere => None,
        Prices::Changed(percent) => {
            own_factor(line).map(|own| own * (percent.ratio() + Exact::from_integer(1.into())))
        }
        Prices::OfBundle(changed, values) => {
            let tier = line.tier.and_then(|tier| u32::try_from(tier).ok()).unwrap_or(0);
            let value = line.charge_id.and_then(|charge| values.get(&(charge, tier)));
            value.filter(|_| *changed == bundle).map(|value| value.factor(0))
        }
    };
    let net = match factor {
        Some(factor) => round(&(counted(line) * factor), line.currency)?,
        None => line.gross,
    };
    Ok(SplitLine { bundle, category: line.category.clone(), net, reference: line.reference })
}

/// What a price is multiplied with: units, packages, or the list cost.
fn counted(line: &ChargeLine) -> Exact {
    match (line.percent, line.cost) {
        (Some(_), Some(cost)) => cost.exact(),
        _ => line.billable(),
    }
}

/// The price that was charged, or 1 + percent.
fn own_factor(line: &ChargeLine) -> Option<Exact> {
    match (line.unit_price, line.percent) {
        (Some(price), _) => Some(price.exact()),
        (None, Some(percent)) => Some(percent.ratio() + Exact::from_integer(1.into())),
        (None, None) => None,
    }
}
