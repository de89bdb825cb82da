//! OCI cost reports: columns such as `cost/myCost`, others ignored. The reference number of a line is its key; a
//! correction has its own and counts as the difference that it is.

use super::cells::{self, CellReader, Header, TextRow};
use super::times::moment;
use super::{FileFault, ReadRow};
use crate::usage::RawRecord;

const SOURCE: &str = "oci";

const REQUIRED: [&str; 10] = [
    "lineItem/referenceNo",
    "lineItem/tenantId",
    "lineItem/intervalUsageStart",
    "lineItem/intervalUsageEnd",
    "product/service",
    "product/compartmentId",
    "usage/billedQuantity",
    "cost/productSku",
    "cost/myCost",
    "cost/currencyCode",
];

/// Whether a header is one of this format.
pub(super) fn fits(header: &Header) -> bool {
    header.find("lineItem/referenceNo").is_some()
}

/// Where the columns stand.
#[derive(Debug)]
pub(super) struct Columns {
    key: usize,
    tenant: usize,
    start: usize,
    end: usize,
    service: usize,
    compartment: usize,
    compartment_name: Option<usize>,
    quantity: usize,
    sku: usize,
    cost: usize,
    currency: usize,
    unit: Option<usize>,
}

impl Columns {
    pub fn find(header: &Header) -> Result<Self, FileFault> {
        header.require(&REQUIRED)?;
        let column = |name| header.find(name).unwrap_or_default();
        Ok(Self {
            key: column("lineItem/referenceNo"),
            tenant: column("lineItem/tenantId"),
            start: column("lineItem/intervalUsageStart"),
            end: column("lineItem/intervalUsageEnd"),
            service: column("product/service"),
            compartment: column("product/compartmentId"),
            compartment_name: header.find("product/compartmentName"),
            quantity: column("usage/billedQuantity"),
            sku: column("cost/productSku"),
            cost: column("cost/myCost"),
            currency: column("cost/currencyCode"),
            unit: header.find("cost/billingUnitReadable"),
        })
    }

    pub fn record(&self, row: &TextRow<'_>) -> ReadRow {
        let mut cells = CellReader::new(row, false);
        let key = cells.required_name(self.key);
        let compartment = cells.name(Some(self.compartment));
        let customer = match compartment {
            Some(compartment) => Some(compartment),
            None => cells.required_name(self.tenant),
        };
        let label = cells.name(self.compartment_name.filter(|_| compartment.is_some())).unwrap_or_default();
        let service = cells.required_name(self.service).unwrap_or_default();
        let product = cells.name(Some(self.sku)).unwrap_or(service);
        let quantity = cells.required(self.quantity, cells::quantity);
        let unit = cells.name(self.unit).unwrap_or_default();
        let list_cost = cells.required(self.cost, cells::cost);
        let currency = cells.required(self.currency, cells::currency);
        let (start, end) = cells.period(self.start, self.end, moment);
        let faults = cells.faults;
        let (Some(key), Some(customer), Some(quantity), Some(start), Some(end), true) =
            (key, customer, quantity, start, end, faults.is_empty())
        else {
            return Err(faults);
        };
        Ok(RawRecord {
            line: row.line,
            source: SOURCE.to_owned(),
            key: key.to_owned(),
            customer: customer.to_owned(),
            customer_label: label.to_owned(),
            product: product.to_owned(),
            product_group: service.to_owned(),
            subscription: String::new(),
            quantity,
            unit: unit.to_owned(),
            list_cost,
            currency,
            start,
            end,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use crate::usage::Format;
    use crate::usage::formats::tests::{costs, file, quantities, records};

    #[test]
    fn a_real_report_is_read_to_the_last_row_and_digit() {
        let records = records(Format::Oci, &file("oci/oci_cost_2023_11_13.csv"));
        assert_eq!(records.len(), 317);
        assert_eq!(costs(&records), "1.544251360734384074");
        assert_eq!(quantities(&records), "74.784328216837");
        let keys: HashSet<_> = records.iter().map(|record| &record.key).collect();
        assert_eq!(keys.len(), 317);
        let first = &records[0];
        assert_eq!((first.customer_label.as_str(), first.product.as_str()), ("platformpm2022", "B90926"));
        assert_eq!(first.list_cost.unwrap().to_string(), "0.00000000232376");
        assert_eq!(first.start.to_string(), "2023-11-13T07:00:00Z");
    }
}
