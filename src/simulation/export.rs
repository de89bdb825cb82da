//! A simulation as CSV: month by month and bundle by bundle, settled beside simulated.

use std::collections::BTreeMap;

use super::{Compared, SimulatedMonth, Topic};
use crate::values::{Amount, BundleId, Currency};
use crate::web::csv::guarded;

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

/// The whole table; amounts with the decimals of the currency.
pub fn csv(
    months: &[SimulatedMonth],
    bundles: &BTreeMap<BundleId, String>,
    currency: Currency,
) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for month in months {
        for (topic, part) in &month.parts {
            let Compared { settled, simulated } = part;
            let difference = part.difference().unwrap_or_default().reseller;
            let amounts = [
                settled.net,
                settled.reseller,
                settled.provider,
                simulated.net,
                simulated.reseller,
                simulated.provider,
                difference,
            ];
            let head = [month.month.to_string(), guarded(&topic_name(topic, bundles)), currency.to_string()];
            let amounts = amounts.map(|amount: Amount| amount.plain(currency));
            writer.write_record(head.iter().chain(&amounts))?;
        }
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}
