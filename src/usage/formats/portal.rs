//! The portal's own CSV: `id,customer,product,quantity,unit,start,end` and, where wanted, `source`, `subscription`,
//! `list_cost` and `currency`, in any order. An unknown column is a fault, so that a misspelt one is noticed.

use super::cells::{self, CellReader, Header, TextRow, shown};
use super::times::moment;
use super::{FileFault, ReadRow};
use crate::usage::RawRecord;

/// The source of records that name none.
const SOURCE: &str = "portal";

const REQUIRED: [&str; 7] = ["id", "customer", "product", "quantity", "unit", "start", "end"];
const OPTIONAL: [&str; 4] = ["source", "subscription", "list_cost", "currency"];

/// Whether a header is one of this format.
pub(super) fn fits(header: &Header) -> bool {
    ["customer", "product", "quantity"].iter().all(|name| header.find(name).is_some())
}

/// Where the columns stand.
#[derive(Debug)]
pub(super) struct Columns {
    id: usize,
    customer: usize,
    product: usize,
    quantity: usize,
    unit: usize,
    start: usize,
    end: usize,
    source: Option<usize>,
    subscription: Option<usize>,
    list_cost: Option<usize>,
    currency: Option<usize>,
}

impl Columns {
    pub fn find(header: &Header) -> Result<Self, FileFault> {
        let missing: Vec<_> = REQUIRED.into_iter().filter(|name| header.find(name).is_none()).collect();
        if !missing.is_empty() {
            return Err(FileFault::of_file(format!("These columns are missing: {}", missing.join(", "))));
        }
        let known = |name: &String| REQUIRED.contains(&name.as_str()) || OPTIONAL.contains(&name.as_str());
        if let Some(name) = header.names().iter().find(|name| !known(name)) {
            let reason = format!("The column {} is not one of this format", shown(name));
            return Err(FileFault::of_file(reason));
        }
        let column = |name| header.find(name).unwrap_or_default();
        Ok(Self {
            id: column("id"),
            customer: column("customer"),
            product: column("product"),
            quantity: column("quantity"),
            unit: column("unit"),
            start: column("start"),
            end: column("end"),
            source: header.find("source"),
            subscription: header.find("subscription"),
            list_cost: header.find("list_cost"),
            currency: header.find("currency"),
        })
    }

    pub fn record(&self, row: &TextRow<'_>) -> ReadRow {
        let mut cells = CellReader::new(row, false);
        let key = cells.required_name(self.id);
        let customer = cells.required_name(self.customer);
        let product = cells.required_name(self.product);
        let quantity = cells.required(self.quantity, cells::quantity);
        let unit = cells.required_name(self.unit);
        let start = cells.required(self.start, moment);
        let end = cells.required(self.end, moment);
        let source = cells.name(self.source).unwrap_or(SOURCE);
        let subscription = cells.name(self.subscription).unwrap_or_default();
        let list_cost = cells.value(self.list_cost, cells::cost);
        let currency = cells.value(self.currency, cells::currency);
        if list_cost.is_some() && cells.text(self.currency).is_none() {
            cells.fault(self.list_cost, "A list cost needs its currency");
        }
        if let (Some(start), Some(end)) = (start, end)
            && end <= start
        {
            cells.fault(Some(self.end), "The end is not after the start");
        }
        let faults = cells.faults;
        let (Some(key), Some(customer), Some(product), Some(quantity), Some(unit), Some(start), Some(end)) =
            (key, customer, product, quantity, unit, start, end)
        else {
            return Err(faults);
        };
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(RawRecord {
            line: row.line,
            source: source.to_owned(),
            key: key.to_owned(),
            customer: customer.to_owned(),
            customer_label: String::new(),
            product: product.to_owned(),
            product_group: String::new(),
            subscription: subscription.to_owned(),
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
    use crate::usage::formats::{ReadError, ReadRow, tests};
    use crate::usage::{Format, RawRecord, RowFault};

    const HEADER: &str = "id,customer,product,quantity,unit,start,end";

    fn rows(content: &str) -> Result<Vec<ReadRow>, ReadError> {
        tests::rows(Format::Portal, content.as_bytes())
    }

    fn record(content: &str) -> RawRecord {
        rows(content).unwrap().remove(0).unwrap()
    }

    fn faults(row: &str) -> Vec<RowFault> {
        rows(&format!("{HEADER}\n{row}\n")).unwrap().remove(0).unwrap_err()
    }

    #[test]
    fn columns_stand_in_any_order_and_some_may_be_left_out() {
        let record = record(
            "end,start,unit,quantity,product,customer,id,currency,list_cost,source\n\
             2026-11-03,2026-11-01T23:00:00-02:00,GB,5.2E-9,VM-1,NORD-1,a-1,USD,-0.000000000000000001,meter",
        );
        assert_eq!(
            (record.source.as_str(), record.key.as_str(), record.customer.as_str()),
            ("meter", "a-1", "NORD-1")
        );
        assert_eq!(record.quantity.to_string(), "0.0000000052");
        assert_eq!(record.list_cost.unwrap().to_string(), "-0.000000000000000001");
        assert_eq!(record.day().to_string(), "2026-11-02");
    }

    #[test]
    fn a_row_tells_everything_that_is_wrong_with_it() {
        let faults = faults("a-1,,VM-1,\"1,5\",GB,5/1/25,2026-11-02");
        let told: Vec<_> =
            faults.iter().map(|fault| (fault.line, fault.column.as_str(), fault.value.as_str())).collect();
        assert_eq!(told, [(2, "customer", ""), (2, "quantity", "1,5"), (2, "start", "5/1/25")]);
    }

    #[test]
    fn a_row_with_missing_or_additional_cells_is_refused_alone() {
        assert!(faults("a-1,NORD-1,VM-1").remove(0).reason.contains("3 cells where the header has 7"));
        let rows = rows(&format!("{HEADER}\na,b\n1,c,p,2,GB,2026-11-01,2026-11-02\n")).unwrap();
        assert!(rows[0].is_err() && rows[1].is_ok());
    }

    #[test]
    fn a_period_has_to_have_a_length() {
        assert_eq!(faults("a,c,p,1,GB,2026-11-02,2026-11-02").remove(0).column, "end");
    }

    #[test]
    fn a_list_cost_needs_its_currency() {
        let faults = rows(&format!("{HEADER},list_cost,currency\n1,c,p,2,GB,2026-11-01,2026-11-02,3,\n"));
        assert_eq!(faults.unwrap().remove(0).unwrap_err().remove(0).column, "list_cost");
    }

    #[test]
    fn the_columns_of_another_format_are_a_fault_of_the_file() {
        for (content, said) in [
            ("", "empty"),
            ("id,customer\n", "product, quantity, unit, start, end"),
            ("id,customer,product,quantity,unit,start,end,prize\n", "“prize”"),
            ("id,customer,product,quantity,unit,start,end,id\n", "twice"),
            ("id;customer;product;quantity;unit;start;end\n", "missing"),
            ("id,cust\0omer\n", "NUL"),
        ] {
            let fault = rows(content).unwrap_err().to_string();
            assert!(fault.contains(said), "{fault}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_refused_by_row_and_column() {
        let content =
            [HEADER.as_bytes(), b"\n1,c,p\xff,2,GB,2026-11-01,2026-11-02\n1,c\0,p,2,GB,x,y\n"].concat();
        let rows = tests::rows(Format::Portal, &content).unwrap();
        let columns: Vec<_> = rows.into_iter().map(|row| row.unwrap_err().remove(0).column).collect();
        assert_eq!(columns, ["product", "customer"]);
    }
}
