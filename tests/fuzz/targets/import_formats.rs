//! Usage files in each format: any bytes are read or refused, and each row gives its record or says what is wrong.

#![no_main]

use libfuzzer_sys::fuzz_target;
use reseller_portal::usage::formats::{self, ReadRow, count_rows};
use reseller_portal::usage::{Format, RawRecord};

const PORTAL: &[u8] = b"id,customer,product,quantity,unit,start,end,source,subscription,list_cost,currency\n";
const FOCUS: &[u8] =
    b"ChargePeriodStart,ChargePeriodEnd,SubAccountId,SubAccountName,ServiceName,SkuId,ListCost,\
    BillingCurrency,ConsumedQuantity,ConsumedUnit,PricingQuantity,PricingUnit\n";
/// In bytes; longer names could not be kept.
const LONGEST_NAME: usize = 1_000;

fuzz_target!(|content: &[u8]| {
    for (format, header) in [(Format::Portal, PORTAL), (Format::Focus, FOCUS)] {
        check(format, content);
        check(format, &[header, content].concat());
    }
});

fn check(format: Format, content: &[u8]) {
    let rows = count_rows(content);
    let Ok(records) = formats::read(format, content) else { return };
    let mut read = 0;
    for row in records {
        match row {
            Ok(row) => is_sound(format, row),
            Err(fault) => return assert!(!fault.reason.is_empty()),
        }
        read += 1;
    }
    assert_eq!(read, rows, "each row is read or faulty");
}

fn is_sound(format: Format, row: ReadRow) {
    match row {
        Ok(record) => {
            let named = [&record.source, &record.key, &record.customer, &record.product, &record.unit];
            assert!(named.iter().all(|name| name.len() <= LONGEST_NAME && !name.contains('\0')));
            assert!(!record.key.is_empty() && !record.product.is_empty() && !record.source.is_empty());
            assert!(record.list_cost.is_none() || record.currency.is_some(), "a cost has its currency");
            assert!(is_in_order(format, &record));
            assert_eq!(record.content_hash().len(), 64);
        }
        Err(faults) => {
            assert!(!faults.is_empty());
            assert!(faults.iter().all(|fault| fault.line > 1 && !fault.reason.is_empty()));
            assert!(faults.iter().all(|fault| !fault.value.contains('\0') && !fault.column.contains('\0')));
        }
    }
}

fn is_in_order(format: Format, record: &RawRecord) -> bool {
    match format {
        Format::Portal => record.start < record.end,
        Format::Focus => record.start <= record.end,
    }
}
