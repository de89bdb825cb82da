//! Reports as CSV, workbook and JSON: the same rows as the page.

use chrono::NaiveDate;
use serde::Serialize;

use super::{revenue, usage};
use crate::values::{Amount, Currency, Timestamp};
use crate::web::Error;
use crate::web::sheet::{FileKind, Value};

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

/// The Product Usage Report as a file, made at a moment.
pub fn usage(kind: FileKind, rows: &[usage::Row], made: Timestamp) -> Result<Vec<u8>, Error> {
    kind.table("usage", &USAGE_COLUMNS, rows.iter().map(usage_row), made)
}

fn usage_row(row: &usage::Row) -> Vec<Value> {
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
    let figures = [Value::Quantity(row.quantity), Value::Day(row.from), Value::Day(row.to)];
    texts.into_iter().map(Value::text).chain(figures).collect()
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

/// The Revenue Report as a file, made at a moment.
pub fn revenue(kind: FileKind, rows: &[revenue::Row], made: Timestamp) -> Result<Vec<u8>, Error> {
    kind.table("revenue", &REVENUE_COLUMNS, rows.iter().map(revenue_row), made)
}

fn revenue_row(row: &revenue::Row) -> Vec<Value> {
    let texts: [&str; 7] = [
        &row.reseller,
        &row.channel_name,
        &row.channel_code,
        row.group,
        &row.name,
        &row.code,
        row.currency.code(),
    ];
    let amounts = amounts(row).map(|amount| Value::Money(amount, row.currency));
    let days = [Value::Day(row.from), Value::Day(row.to)];
    texts.into_iter().map(Value::text).chain(amounts).chain(days).collect()
}

/// Gross, credits, net, the re-seller's share and the provider's.
fn amounts(row: &revenue::Row) -> [Amount; 5] {
    let revenue::Money { gross, credits, net, reseller_share, provider_share } = row.money;
    [gross, credits, net, reseller_share, provider_share]
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
        let [gross, credits, net, reseller_share, provider_share] =
            amounts(row).map(|amount| amount.plain(row.currency));
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
