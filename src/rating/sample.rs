//! One subscription with one charge, for the tests of the rules.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Daily, Input, Line, Prices, rate};
use crate::catalog::{Charge, ChargeKind, ChargeModel, PriceConcern, PriceValue, PriceVersion};
use crate::customers::{PriceRule, Subscription};
use crate::values::{
    BundleId, ChannelId, ChargeId, Cost, CustomerId, PriceVersionId, ProductId, Quantity, SubscriptionId,
    Timestamp,
};

pub struct Case {
    pub subscription: Subscription,
    pub charges: Vec<Charge>,
    pub included: BTreeMap<ProductId, Quantity>,
    pub prices: Prices,
    pub usage: Vec<Daily>,
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn product() -> ProductId {
    ProductId::derived("cpu")
}

pub fn charge(kind: ChargeKind, model: ChargeModel) -> Charge {
    let product = (kind == ChargeKind::Usage).then(product);
    let (edges, package) = (Vec::new(), None);
    Charge { id: ChargeId::derived(kind.as_str()), kind, model, product, position: 1, edges, package }
}

pub fn version(from: &str, values: &[(ChargeKind, PriceValue)]) -> PriceVersion {
    PriceVersion {
        id: PriceVersionId::derived(from),
        channel: None,
        bundle: BundleId::derived("b"),
        currency: "USD".parse().unwrap(),
        effective_from: day(from),
        concerns: PriceConcern::Existing,
        reason: String::new(),
        values: values
            .iter()
            .map(|(kind, value)| (ChargeId::derived(kind.as_str()), value.clone()))
            .collect(),
        created_at: Timestamp::from_micros(0).unwrap(),
        created_by: String::new(),
    }
}

pub fn unit(text: &str) -> PriceValue {
    PriceValue::Unit(text.parse().unwrap())
}

pub fn tiers(prices: &[&str]) -> PriceValue {
    PriceValue::Tiers(prices.iter().map(|price| price.parse().unwrap()).collect())
}

/// Three units from 11 November 2026 on, at the reference prices.
pub fn case(charge: Charge, versions: Vec<PriceVersion>) -> Case {
    let start = day("2026-11-11");
    Case {
        subscription: Subscription {
            id: SubscriptionId::derived("s"),
            reference: "S-000001".into(),
            channel: ChannelId::derived("c"),
            customer: CustomerId::derived("k"),
            bundle: BundleId::derived("b"),
            currency: "USD".parse().unwrap(),
            start,
            end: None,
            price_rule: PriceRule::Follow,
            quantities: vec![(start, 3)],
        },
        charges: vec![charge],
        included: BTreeMap::new(),
        prices: Prices { channel: Vec::new(), reference: versions },
        usage: Vec::new(),
    }
}

/// One unit from 1 January 2026 on, with a usage charge whose prices begin on days.
pub fn metered(charge: Charge, prices: &[(&str, PriceValue)]) -> Case {
    let of_day = |(from, value): &(&str, PriceValue)| version(from, &[(ChargeKind::Usage, value.clone())]);
    let mut case = case(charge, prices.iter().map(of_day).collect());
    case.subscription.start = day("2026-01-01");
    case.subscription.quantities = vec![(day("2026-01-01"), 1)];
    case
}

/// A usage charge with the edges of its tiers.
pub fn tiered(model: ChargeModel, edges: &[&str]) -> Charge {
    let edges = edges.iter().map(|edge| edge.parse().unwrap()).collect();
    Charge { edges, ..charge(ChargeKind::Usage, model) }
}

impl Case {
    pub fn rated(&self, month: &str) -> Vec<Line> {
        let input = Input {
            subscription: &self.subscription,
            charges: &self.charges,
            included: &self.included,
            prices: &self.prices,
            usage: &self.usage,
            month: month.parse().unwrap(),
        };
        rate(&input).unwrap()
    }

    pub fn gross(&self, month: &str) -> Vec<String> {
        self.rated(month).iter().map(|line| line.gross.to_string()).collect()
    }

    /// November's usage by day, then its lines: tier, included, billable, gross.
    pub fn november(&mut self, used: &[(u32, &str)]) -> Vec<String> {
        self.usage =
            used.iter().map(|(on, units)| self::used(&format!("2026-11-{on:02}"), units, "0")).collect();
        let told = |line: &Line| {
            let tier = line.tier.map(|tier| format!("{tier}: ")).unwrap_or_default();
            format!("{tier}{} + {} = {}", line.included, line.billable, line.gross)
        };
        self.rated("2026-11").iter().map(told).collect()
    }
}

pub fn used(on: &str, quantity: &str, cost: &str) -> Daily {
    Daily {
        product: product(),
        day: day(on),
        currency: None,
        quantity: quantity.parse().unwrap(),
        cost: cost.parse::<Cost>().unwrap(),
    }
}
