//! CloudEvents 1.0 that tell of usage, as JSON lines or as a list.
//!
//! Source and id together are the key. Customer and product are the event's subject and type, unless its data name
//! them; the quantity is `data.quantity`, or `data.value`, or `data.duration`, as a number or as text. An event has to
//! say when it was.

use super::ReadRow;
use super::cells::{self, CellReader, TextRow};
use super::times::moment;
use crate::usage::RawRecord;

/// What is read of an event.
pub(super) const NAMES: [&str; 17] = [
    "specversion",
    "id",
    "source",
    "type",
    "subject",
    "time",
    "data.quantity",
    "data.value",
    "data.duration",
    "data.unit",
    "data.customer",
    "data.product",
    "data.subscription",
    "data.start",
    "data.end",
    "data.list_cost",
    "data.currency",
];

const VERSION: usize = 0;
const ID: usize = 1;
const SOURCE: usize = 2;
const TYPE: usize = 3;
const SUBJECT: usize = 4;
const TIME: usize = 5;
const QUANTITY: [usize; 3] = [6, 7, 8];
const UNIT: usize = 9;
const CUSTOMER: usize = 10;
const PRODUCT: usize = 11;
const SUBSCRIPTION: usize = 12;
const START: usize = 13;
const END: usize = 14;
const COST: usize = 15;
const CURRENCY: usize = 16;

/// The values stand in the order of [`NAMES`].
pub(super) fn record(row: &TextRow<'_>) -> ReadRow {
    let mut cells = CellReader::new(row, false);
    if cells.text(Some(VERSION)) != Some("1.0") {
        cells.fault(Some(VERSION), "Not version 1.0 of CloudEvents");
    }
    let (key, source) = (cells.required_name(ID), cells.required_name(SOURCE));
    let kind = cells.required_name(TYPE);
    let customer = match cells.name(Some(CUSTOMER)) {
        Some(customer) => Some(customer),
        None => cells.required_name(SUBJECT),
    };
    let product = cells.name(Some(PRODUCT)).or(kind);
    let named = QUANTITY.into_iter().find(|column| cells.text(Some(*column)).is_some());
    let quantity = cells.required(named.unwrap_or(QUANTITY[0]), cells::quantity);
    let unit = cells.name(Some(UNIT)).unwrap_or_default();
    let subscription = cells.name(Some(SUBSCRIPTION)).unwrap_or_default();
    let list_cost = cells.value(Some(COST), cells::cost);
    let currency = cells.value(Some(CURRENCY), cells::currency);
    if list_cost.is_some() && cells.text(Some(CURRENCY)).is_none() {
        cells.fault(Some(COST), "A list cost needs its currency");
    }
    let start = if cells.text(Some(START)).is_some() { START } else { TIME };
    let end = if cells.text(Some(END)).is_some() { END } else { start };
    let (start, end) = cells.period(start, end, moment);
    let faults = cells.faults;
    let (
        Some(key),
        Some(source),
        Some(customer),
        Some(product),
        Some(quantity),
        Some(start),
        Some(end),
        true,
    ) = (key, source, customer, product, quantity, start, end, faults.is_empty())
    else {
        return Err(faults);
    };
    Ok(RawRecord {
        line: row.line,
        source: source.to_owned(),
        key: key.to_owned(),
        customer: customer.to_owned(),
        customer_label: String::new(),
        product: product.to_owned(),
        product_group: kind.filter(|kind| *kind != product).unwrap_or_default().to_owned(),
        subscription: subscription.to_owned(),
        quantity,
        unit: unit.to_owned(),
        list_cost,
        currency,
        start,
        end,
    })
}

#[cfg(test)]
mod tests {
    use crate::usage::Format;
    use crate::usage::formats::tests::{file, records, rows};

    #[test]
    fn a_published_event_is_read() {
        let event = file("cloudevents/openmeter_event.json");
        let record = records(Format::CloudEvents, &event).remove(0);
        assert_eq!((record.source.as_str(), record.key.as_str()), ("service-0", "00001"));
        assert_eq!((record.customer.as_str(), record.product.as_str()), ("customer-1", "api-calls"));
        assert_eq!(record.quantity.to_string(), "12");
        assert_eq!(record.start.to_string(), "2023-01-01T00:00:00.001Z");
        assert_eq!(record.start, record.end);
        let list = [b"[", event.as_slice(), b"]"].concat();
        assert_eq!(records(Format::CloudEvents, &list), [record]);
    }

    #[test]
    fn data_can_name_everything_itself() {
        let record = records(
            Format::CloudEvents,
            br#"{"specversion":"1.0","id":"a","source":"meter","type":"usage","data":{"quantity":5.2E-9,"unit":"GB",
            "customer":"NORD","product":"DISK","subscription":"S-1","start":"2026-10-01T00:00:00Z",
            "end":"2026-10-02T00:00:00Z","list_cost":"0.1","currency":"EUR"}}"#,
        )
        .remove(0);
        assert_eq!((record.customer.as_str(), record.product.as_str()), ("NORD", "DISK"));
        assert_eq!((record.product_group.as_str(), record.unit.as_str()), ("usage", "GB"));
        assert_eq!(record.quantity.to_string(), "0.0000000052");
        assert_eq!(record.list_cost.unwrap().to_string(), "0.1");
        assert!(record.start < record.end);
    }

    #[test]
    fn an_event_that_lacks_something_is_refused_alone_with_what_it_lacks() {
        let content = br#"{"specversion":"1.0","id":"a","source":"s","type":"t","subject":"c","data":{"quantity":1}}
            {"specversion":"0.3","id":"b","source":"s","type":"t","time":"2026-10-01","data":{}}
            {"specversion":"1.0","id":"c","source":"s","type":"t","subject":"c","time":"2026-10-01","data":{"quantity":1}}"#;
        let rows = rows(Format::CloudEvents, content).unwrap();
        let columns = |row: &crate::usage::formats::ReadRow| -> Vec<String> {
            row.as_ref().unwrap_err().iter().map(|fault| fault.column.clone()).collect()
        };
        assert_eq!(columns(&rows[0]), ["time"]);
        assert_eq!(columns(&rows[1]), ["specversion", "subject", "data.quantity"]);
        assert_eq!(rows[2].as_ref().unwrap().line, 3);
    }
}
