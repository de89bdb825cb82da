//! A simulation as a file: month by month and bundle by bundle, settled beside simulated.

use std::collections::BTreeMap;

use super::{Compared, SimulatedMonth, Topic};
use crate::values::{BundleId, Currency, Month, Timestamp};
use crate::web::Error;
use crate::web::sheet::{FileKind, Value};

const COLUMNS: [&str; 10] = [
    "month",
    "part",
    "currency",
    "settled_net",
    "settled_reseller_share",
    "settled_provider_share",
    "simulated_net",
    "simulated_reseller_share",
    "simulated_provider_share",
    "reseller_difference",
];

/// The name of a part, for people.
pub fn topic_name(topic: &Topic, bundles: &BTreeMap<BundleId, String>) -> String {
    match topic {
        Topic::Bundle(id) => bundles.get(id).cloned().unwrap_or_else(|| "Bundle".to_owned()),
        Topic::Limits => "Commitment and cap".to_owned(),
        Topic::Settled => "Corrections and credits, as settled".to_owned(),
    }
}

/// The whole table as a file, made at a moment.
pub fn file(
    kind: FileKind,
    months: &[SimulatedMonth],
    bundles: &BTreeMap<BundleId, String>,
    currency: Currency,
    made: Timestamp,
) -> Result<Vec<u8>, Error> {
    let rows = months.iter().flat_map(|month| {
        month.parts.iter().map(|(topic, part)| row(month.month, &topic_name(topic, bundles), part, currency))
    });
    kind.table("simulation", &COLUMNS, rows, made)
}

fn row(month: Month, part: &str, compared: &Compared, currency: Currency) -> Vec<Value> {
    let Compared { settled, simulated } = compared;
    let amounts = [
        settled.net,
        settled.reseller,
        settled.provider,
        simulated.net,
        simulated.reseller,
        simulated.provider,
        compared.difference().unwrap_or_default().reseller,
    ];
    let head = [Value::text(month), Value::text(part), Value::text(currency)];
    head.into_iter().chain(amounts.map(|amount| Value::Money(amount, currency))).collect()
}
