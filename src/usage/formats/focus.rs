//! FOCUS 1.x cost and usage: columns by their name in the specification, others ignored; empty cells and the word
//! `NULL` are absent.
//!
//! The specification has no id for a row, so that its key is a hash over its cells. A supplier's cost is taken as it
//! stands, never computed from quantity and price. A row without a sub-account belongs to its billing account.

use super::cells::{self, CellReader, Header, TextRow};
use super::times::moment;
use super::{FileFault, ReadRow};
use crate::usage::RawRecord;
use crate::values::Quantity;

/// The source of every record of this format.
const SOURCE: &str = "focus";

const REQUIRED: [&str; 5] =
    ["ChargePeriodStart", "ChargePeriodEnd", "ServiceName", "ListCost", "BillingCurrency"];

/// Whether a header is one of this format.
pub(super) fn fits(header: &Header) -> bool {
    header.find("ChargePeriodStart").is_some()
}

/// Where the columns stand that the portal reads.
#[derive(Debug)]
pub(super) struct Columns {
    start: usize,
    end: usize,
    service: usize,
    list_cost: usize,
    currency: usize,
    sku: Option<usize>,
    account: [Option<usize>; 2],
    account_name: [Option<usize>; 2],
    quantity: [Option<usize>; 2],
    unit: [Option<usize>; 2],
    /// Every column by name, for the key.
    by_name: Vec<(String, usize)>,
}

impl Columns {
    pub fn find(header: &Header) -> Result<Self, FileFault> {
        let mut missing: Vec<_> = REQUIRED.into_iter().filter(|name| header.find(name).is_none()).collect();
        let account = [header.find("SubAccountId"), header.find("BillingAccountId")];
        if account == [None, None] {
            missing.push("SubAccountId");
        }
        if !missing.is_empty() {
            return Err(FileFault::of_file(format!("These columns are missing: {}", missing.join(", "))));
        }
        let column = |name| header.find(name).unwrap_or_default();
        let mut by_name: Vec<_> = header.names().iter().cloned().zip(0..).collect();
        by_name.sort();
        Ok(Self {
            start: column("ChargePeriodStart"),
            end: column("ChargePeriodEnd"),
            service: column("ServiceName"),
            list_cost: column("ListCost"),
            currency: column("BillingCurrency"),
            sku: header.find("SkuId"),
            account,
            account_name: [header.find("SubAccountName"), header.find("BillingAccountName")],
            quantity: [header.find("ConsumedQuantity"), header.find("PricingQuantity")],
            unit: [header.find("ConsumedUnit"), header.find("PricingUnit")],
            by_name,
        })
    }

    pub fn record(&self, row: &TextRow<'_>) -> ReadRow {
        let mut cells = CellReader::new(row, true);
        let [sub_account, billing_account] = self.account;
        let is_sub_account = cells.text(sub_account).is_some();
        let customer =
            cells.name(if is_sub_account { sub_account } else { billing_account }).unwrap_or_default();
        let [sub_name, billing_name] = self.account_name;
        let label = cells.name(if is_sub_account { sub_name } else { billing_name }).unwrap_or_default();
        let service = cells.name(Some(self.service)).unwrap_or_default();
        let product = cells.name(self.sku).unwrap_or(service);
        if product.is_empty() {
            cells.fault(Some(self.service), "The row names neither a service nor a SKU");
        }
        let quantity = self.quantity.map(|column| cells.value(column, cells::quantity));
        let unit = self.unit.map(|column| cells.name(column));
        let list_cost = cells.value(Some(self.list_cost), cells::cost);
        let currency = cells.value(Some(self.currency), cells::currency);
        if list_cost.is_some() && cells.text(Some(self.currency)).is_none() {
            cells.fault(Some(self.currency), "A list cost needs its currency");
        }
        let start = cells.required(self.start, moment);
        let end = cells.required(self.end, moment);
        if let (Some(start), Some(end)) = (start, end)
            && end < start
        {
            cells.fault(Some(self.end), "The end is before the start");
        }
        let faults = cells.faults;
        let (Some(start), Some(end), true) = (start, end, faults.is_empty()) else { return Err(faults) };
        Ok(RawRecord {
            line: row.line,
            source: SOURCE.to_owned(),
            key: cells::row_key(row, &self.by_name, |cell| cell == "NULL"),
            customer: customer.to_owned(),
            customer_label: label.to_owned(),
            product: product.to_owned(),
            product_group: service.to_owned(),
            subscription: String::new(),
            quantity: first(quantity).unwrap_or(Quantity::ZERO),
            unit: first(unit).unwrap_or_default().to_owned(),
            list_cost,
            currency,
            start,
            end,
        })
    }
}

fn first<T>([one, other]: [Option<T>; 2]) -> Option<T> {
    one.or(other)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use crate::usage::formats::tests::{costs, file};
    use crate::usage::formats::{Limits, ReadError, ReadRow, count_rows, tests};
    use crate::usage::{Format, RawRecord};
    use crate::values::Quantity;

    fn rows(content: &[u8]) -> Result<Vec<ReadRow>, ReadError> {
        tests::rows(Format::Focus, content)
    }

    fn records(content: &[u8]) -> Vec<RawRecord> {
        rows(content).unwrap().into_iter().map(|row| row.unwrap()).collect()
    }

    const HEADER: &str = "ChargePeriodStart,ChargePeriodEnd,SubAccountId,ServiceName,SkuId,ListCost,BillingCurrency,\
                          ConsumedQuantity,ConsumedUnit,PricingQuantity,PricingUnit";

    fn one(row: &str) -> ReadRow {
        rows(format!("{HEADER}\n{row}\n").as_bytes()).unwrap().remove(0)
    }

    #[test]
    fn a_real_file_is_read_to_the_last_row_and_digit() {
        let records = records(&file("focus/focus_1_0_sample.csv"));
        assert_eq!(records.len(), 580);
        assert_eq!(costs(&records), "13.21726888309");
        let keys: HashSet<_> = records.iter().map(|record| &record.key).collect();
        assert_eq!(keys.len(), 580);
        assert!(records.iter().all(|record| record.start < record.end));
    }

    #[test]
    fn a_file_of_version_1_2_is_read_as_well() {
        let records = records(&file("focus/synthetic_focus_1_2_gcp.csv"));
        assert_eq!((records.len(), costs(&records).as_str()), (100, "921.53514741259345"));
        let first = &records[0];
        assert_eq!(
            (first.customer.as_str(), first.customer_label.as_str()),
            ("examplecorp-staging-552831", "staging-platform")
        );
        assert_eq!(
            (first.product.as_str(), first.product_group.as_str()),
            ("6D7E-805D-A846", "Compute Engine")
        );
    }

    #[test]
    fn the_short_dates_of_the_specifications_examples_are_refused_row_by_row() {
        for (name, count) in
            [("saas_spend_agreements_b2.csv", 14), ("virtual_currency_pricing_model_b2.csv", 3)]
        {
            let rows = rows(&file(&format!("focus_spec/{name}"))).unwrap();
            assert_eq!(rows.len(), count);
            for row in rows {
                let faults = row.unwrap_err();
                assert!(faults.iter().any(|fault| fault.column == "ChargePeriodStart" && fault.reason.contains("two ways")));
            }
        }
    }

    #[test]
    fn a_file_without_the_needed_columns_is_refused_with_one_reason() {
        let content = file("focus_spec/commitment_discount_purchase_scenario_3.csv");
        let fault = rows(&content).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "These columns are missing: ServiceName, ListCost, BillingCurrency, SubAccountId"
        );
        assert_eq!(count_rows(Format::Focus, &content[..], Limits::UPLOAD), 4);
    }

    #[test]
    fn quantity_and_unit_fall_back_to_those_of_the_price() {
        let record =
            one("2024-09-18 22:00:00,2024-09-18 23:00:00,1,S3,NULL,0.5,USD,NULL,NULL,2,Requests").unwrap();
        assert_eq!((record.quantity, record.unit.as_str()), (Quantity::whole(2), "Requests"));
        assert_eq!((record.product.as_str(), record.product_group.as_str()), ("S3", "S3"));
        let record = one("2024-09-18,2024-09-19,1,S3,K,-0.5,USD,,,,").unwrap();
        assert_eq!((record.quantity, record.unit.as_str()), (Quantity::ZERO, ""));
        assert_eq!(record.list_cost.unwrap().to_string(), "-0.5");
    }

    #[test]
    fn the_key_of_a_row_does_not_depend_on_the_order_of_the_columns_nor_on_empty_cells() {
        let keys: HashSet<_> = [
            "SubAccountId,ServiceName,ChargePeriodStart,ChargePeriodEnd,ListCost,BillingCurrency\n1,S3,2024-09-18,2024-09-19,1,USD\n",
            "Tags,ServiceName,SubAccountId,BillingCurrency,ListCost,ChargePeriodEnd,ChargePeriodStart\nNULL,S3,1,USD,1,2024-09-19,2024-09-18\n",
        ]
        .map(|content| records(content.as_bytes()).remove(0).key)
        .into();
        assert_eq!(keys.len(), 1);
        let other = one("2024-09-18,2024-09-19,1,S3,,2,USD,,,,").unwrap();
        assert!(!keys.contains(&other.key));
    }

    #[test]
    fn a_row_without_a_sub_account_belongs_to_its_billing_account() {
        let content = "BillingAccountId,ServiceName,ChargePeriodStart,ChargePeriodEnd,ListCost,BillingCurrency\n77,S3,2024-09-18,2024-09-19,1,USD\n";
        assert_eq!(records(content.as_bytes()).remove(0).customer, "77");
    }

    #[test]
    fn a_cost_without_currency_or_a_row_without_product_is_refused() {
        assert_eq!(
            one("2024-09-18,2024-09-19,1,S3,,1,NULL,,,,").unwrap_err().remove(0).column,
            "BillingCurrency"
        );
        assert_eq!(one("2024-09-18,2024-09-19,1,,,1,USD,,,,").unwrap_err().remove(0).column, "ServiceName");
    }
}
