//! AWS cost and usage reports, version 1: columns such as `lineItem/UsageAmount`, others ignored.
//!
//! A line item's id repeats from hour to hour, so that id and interval together are the key. The list cost of usage is
//! its public on-demand cost. What is no usage, such as tax, a credit or a fee, has no SKU and no list price: it is kept
//! at its unblended cost as a product of its own, `Tax AWSCloudTrail` of the service `Tax`, and waits among the unrated
//! rows until somebody says what it is.

use std::borrow::Cow;

use super::cells::{self, CellReader, Header, TextRow};
use super::times::moment;
use super::{FileFault, ReadRow};
use crate::usage::RawRecord;

const SOURCE: &str = "aws-cur";

/// Line items that were used; any other type is named as its product.
const USAGE: [&str; 3] = ["Usage", "DiscountedUsage", "SavingsPlanCoveredUsage"];

const REQUIRED: [&str; 10] = [
    "identity/LineItemId",
    "identity/TimeInterval",
    "lineItem/UsageAccountId",
    "lineItem/LineItemType",
    "lineItem/UsageStartDate",
    "lineItem/UsageEndDate",
    "lineItem/ProductCode",
    "lineItem/UsageAmount",
    "lineItem/CurrencyCode",
    "lineItem/UnblendedCost",
];

/// Whether a header is one of this format.
pub(super) fn fits(header: &Header) -> bool {
    header.find("lineItem/UsageAccountId").is_some()
}

/// Where the columns stand.
#[derive(Debug)]
pub(super) struct Columns {
    id: usize,
    interval: usize,
    account: usize,
    kind: usize,
    start: usize,
    end: usize,
    product: usize,
    quantity: usize,
    currency: usize,
    cost: usize,
    sku: Option<usize>,
    unit: Option<usize>,
    list_cost: Option<usize>,
}

impl Columns {
    pub fn find(header: &Header) -> Result<Self, FileFault> {
        header.require(&REQUIRED)?;
        let column = |name| header.find(name).unwrap_or_default();
        Ok(Self {
            id: column("identity/LineItemId"),
            interval: column("identity/TimeInterval"),
            account: column("lineItem/UsageAccountId"),
            kind: column("lineItem/LineItemType"),
            start: column("lineItem/UsageStartDate"),
            end: column("lineItem/UsageEndDate"),
            product: column("lineItem/ProductCode"),
            quantity: column("lineItem/UsageAmount"),
            currency: column("lineItem/CurrencyCode"),
            cost: column("lineItem/UnblendedCost"),
            sku: header.find("product/sku"),
            unit: header.find("pricing/unit"),
            list_cost: header.find("pricing/publicOnDemandCost"),
        })
    }

    pub fn record(&self, row: &TextRow<'_>) -> ReadRow {
        let mut cells = CellReader::new(row, false);
        let (id, interval) = (cells.required_name(self.id), cells.required_name(self.interval));
        let customer = cells.required_name(self.account);
        let kind = cells.required_name(self.kind).unwrap_or_default();
        let code = cells.required_name(self.product).unwrap_or_default();
        let is_usage = USAGE.contains(&kind);
        let (product, group) = if is_usage {
            (Cow::Borrowed(cells.name(self.sku).unwrap_or(code)), code)
        } else {
            (Cow::Owned(format!("{kind} {code}")), kind)
        };
        let quantity = cells.required(self.quantity, cells::quantity);
        let unit = cells.name(self.unit).unwrap_or_default();
        let list_cost = cells.value(self.list_cost.filter(|_| is_usage), cells::cost);
        let cost = cells.required(self.cost, cells::cost);
        let currency = cells.required(self.currency, cells::currency);
        let (start, end) = cells.period(self.start, self.end, moment);
        let faults = cells.faults;
        let (Some(id), Some(interval), Some(customer), Some(quantity), Some(start), Some(end), true) =
            (id, interval, customer, quantity, start, end, faults.is_empty())
        else {
            return Err(faults);
        };
        Ok(RawRecord {
            line: row.line,
            source: SOURCE.to_owned(),
            key: format!("{id} {interval}"),
            customer: customer.to_owned(),
            customer_label: String::new(),
            product: product.into_owned(),
            product_group: group.to_owned(),
            subscription: String::new(),
            quantity,
            unit: unit.to_owned(),
            list_cost: list_cost.or(cost),
            currency,
            start,
            end,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashSet};

    use crate::usage::Format;
    use crate::usage::formats::tests::{costs, file, quantities, records, rows};

    #[test]
    fn a_real_report_is_read_to_the_last_row_and_digit() {
        let records = records(Format::AwsCur, &file("aws/cur_2023_11_canada.csv"));
        assert_eq!(records.len(), 554);
        // The public on-demand cost of 542 rows, 1.4462521571, and the unblended cost of 12 tax rows, 0.08.
        assert_eq!(costs(&records), "1.5262521571");
        assert_eq!(quantities(&records), "45196.9921556136");
        let keys: HashSet<_> = records.iter().map(|record| &record.key).collect();
        assert_eq!(keys.len(), 554);
        let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
        records.iter().for_each(|record| *groups.entry(&record.product_group).or_default() += 1);
        assert_eq!(groups["Tax"], 12);
        assert!(records.iter().any(|record| record.product == "Tax AWSCloudTrail"));
    }

    #[test]
    fn a_file_without_the_needed_columns_names_them() {
        let content = "identity/LineItemId,lineItem/UsageAccountId\n";
        let fault = rows(Format::AwsCur, content.as_bytes()).unwrap_err().to_string();
        assert!(
            fault.starts_with("These columns are missing: identity/TimeInterval, lineItem/LineItemType"),
            "{fault}"
        );
    }
}
