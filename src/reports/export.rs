//! Reports as CSV and JSON: the same rows as the page.

use serde::Serialize;

use super::{revenue, usage};
use crate::web::csv::guarded;

const USAGE_COLUMNS: [&str; 13] = [
    "reseller",
    "channel_name",
    "channel_code",
    "customer",
    "bundle",
    "product",
    "sku",
    "category",
    "unit",
    "period",
    "quantity",
    "from",
    "to",
];

/// The Product Usage Report as CSV.
pub fn usage_csv(rows: &[usage::Row]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(USAGE_COLUMNS)?;
    for row in rows {
        let labels = &row.labels;
        let texts = [
            &labels.reseller,
            &labels.channel_name,
            &labels.channel_code,
            &labels.customer,
            &labels.bundle,
            &labels.product,
            &labels.sku,
            &labels.category,
            &labels.unit,
            &row.period,
        ];
        let mut cells: Vec<String> = texts.into_iter().map(|text| guarded(text)).collect();
        cells.extend([row.quantity.to_string(), row.from.to_string(), row.to.to_string()]);
        writer.write_record(cells)?;
    }
    finished(writer)
}

const REVENUE_COLUMNS: [&str; 14] = [
    "reseller",
    "channel_name",
    "channel_code",
    "group",
    "name",
    "code",
    "currency",
    "gross",
    "credits",
    "net",
    "reseller_share",
    "provider_share",
    "from",
    "to",
];

/// The Revenue Report as CSV.
pub fn revenue_csv(rows: &[revenue::Row]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(REVENUE_COLUMNS)?;
    for row in rows {
        let texts: [&str; 6] =
            [&row.reseller, &row.channel_name, &row.channel_code, row.group, &row.name, &row.code];
        let mut cells: Vec<String> = texts.into_iter().map(guarded).collect();
        let revenue::Money { gross, credits, net, reseller_share, provider_share } = row.money;
        cells.push(row.currency.to_string());
        cells.extend([gross, credits, net, reseller_share, provider_share].map(|amount| amount.to_string()));
        cells.extend([row.from.to_string(), row.to.to_string()]);
        writer.write_record(cells)?;
    }
    finished(writer)
}

fn finished(writer: csv::Writer<Vec<u8>>) -> Result<Vec<u8>, csv::Error> {
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

/// Either report as a JSON array.
pub fn json(rows: &[impl Serialize]) -> serde_json::Result<String> {
    serde_json::to_string_pretty(rows)
}
