//! Reports as CSV and JSON: the same rows as the page.

use chrono::NaiveDate;
use serde::Serialize;

use super::{revenue, usage};
use crate::values::Currency;
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
        cells.push(row.currency.to_string());
        cells.extend(amounts(row));
        cells.extend([row.from.to_string(), row.to.to_string()]);
        writer.write_record(cells)?;
    }
    finished(writer)
}

/// Gross, credits, net, the re-seller's share and the provider's.
fn amounts(row: &revenue::Row) -> [String; 5] {
    let revenue::Money { gross, credits, net, reseller_share, provider_share } = row.money;
    [gross, credits, net, reseller_share, provider_share].map(|amount| amount.plain(row.currency))
}

fn finished(writer: csv::Writer<Vec<u8>>) -> Result<Vec<u8>, csv::Error> {
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

/// The Product Usage Report as a JSON array.
pub fn usage_json(rows: &[usage::Row]) -> serde_json::Result<String> {
    serde_json::to_string_pretty(rows)
}

/// The Revenue Report as a JSON array.
pub fn revenue_json(rows: &[revenue::Row]) -> serde_json::Result<String> {
    let records: Vec<RevenueRecord<'_>> = rows.iter().map(RevenueRecord::from).collect();
    serde_json::to_string_pretty(&records)
}

/// A row of the Revenue Report; amounts are texts, since numbers of JSON are floats to many.
#[derive(Serialize)]
struct RevenueRecord<'a> {
    reseller: &'a str,
    channel_name: &'a str,
    channel_code: &'a str,
    group: &'a str,
    name: &'a str,
    code: &'a str,
    currency: Currency,
    gross: String,
    credits: String,
    net: String,
    reseller_share: String,
    provider_share: String,
    from: NaiveDate,
    to: NaiveDate,
}

impl<'a> From<&'a revenue::Row> for RevenueRecord<'a> {
    fn from(row: &'a revenue::Row) -> Self {
        let [gross, credits, net, reseller_share, provider_share] = amounts(row);
        let revenue::Row {
            reseller, channel_name, channel_code, group, name, code, currency, from, to, ..
        } = row;
        Self {
            reseller,
            channel_name,
            channel_code,
            group,
            name,
            code,
            currency: *currency,
            gross,
            credits,
            net,
            reseller_share,
            provider_share,
            from: *from,
            to: *to,
        }
    }
}
