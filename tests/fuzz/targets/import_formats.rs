//! Usage files in each format: any bytes are read or refused, and each row gives its record or says what is wrong.

#![no_main]

use libfuzzer_sys::fuzz_target;
use reseller_portal::usage::formats::{Limits, ReadError, ReadRow, count_rows, read_content, recognise};
use reseller_portal::usage::{Format, RawRecord};

const PORTAL: &[u8] = b"id,customer,product,quantity,unit,start,end,source,subscription,list_cost,currency\n";
const FOCUS: &[u8] =
    b"ChargePeriodStart,ChargePeriodEnd,SubAccountId,SubAccountName,ServiceName,SkuId,ListCost,\
    BillingCurrency,ConsumedQuantity,ConsumedUnit,PricingQuantity,PricingUnit\n";
const AWS: &[u8] =
    b"identity/LineItemId,identity/TimeInterval,lineItem/UsageAccountId,lineItem/LineItemType,\
    lineItem/UsageStartDate,lineItem/UsageEndDate,lineItem/ProductCode,lineItem/UsageAmount,\
    lineItem/CurrencyCode,lineItem/UnblendedCost,product/sku,pricing/publicOnDemandCost,pricing/unit\n";
const AZURE: &[u8] =
    b"SubscriptionId,Date,MeterCategory,MeterId,Quantity,UnitOfMeasure,Cost,BillingCurrency,ChargeType,ReservationId\n";
const OCI: &[u8] =
    b"lineItem/referenceNo,lineItem/tenantId,lineItem/intervalUsageStart,lineItem/intervalUsageEnd,\
    product/service,product/compartmentId,usage/billedQuantity,cost/productSku,cost/myCost,cost/currencyCode\n";
const CLOUDSTACK: &[u8] = b"{\"listusagerecordsresponse\":{\"usagerecord\":[";
const CLOUDSTACK_XML: &[u8] = b"<listusagerecordsresponse><usagerecord>";
const CLOUDEVENTS: &[u8] = b"[";
/// In bytes; longer names could not be kept.
const LONGEST_NAME: usize = 1_000;

fuzz_target!(|content: &[u8]| {
    for (format, start) in [
        (Format::Portal, PORTAL),
        (Format::Focus, FOCUS),
        (Format::AwsCur, AWS),
        (Format::Azure, AZURE),
        (Format::Oci, OCI),
        (Format::CloudStack, CLOUDSTACK),
        (Format::CloudStack, CLOUDSTACK_XML),
        (Format::CloudEvents, CLOUDEVENTS),
    ] {
        check(format, content);
        check(format, &[start, content].concat());
    }
    if let Ok(format) = recognise(&content) {
        check(format, content);
    }
});

fn check(format: Format, content: &[u8]) {
    let rows = count_rows(format, content, Limits::UPLOAD);
    let Ok(records) = read_content(format, &content) else { return };
    let mut read = 0;
    for row in records {
        match row {
            Ok(row) => is_sound(format, row),
            Err(ReadError::Fault(fault)) => return assert!(!fault.reason.is_empty()),
            Err(ReadError::Broken(error)) => unreachable!("memory never breaks off: {error}"),
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
            assert_eq!(record.content_hash(), record.clone().content_hash());
        }
        Err(faults) => {
            assert!(!faults.is_empty());
            let first = if format.is_table() { 2 } else { 1 };
            assert!(faults.iter().all(|fault| fault.line >= first && !fault.reason.is_empty()));
            assert!(faults.iter().all(|fault| !fault.value.contains('\0') && !fault.column.contains('\0')));
        }
    }
}

fn is_in_order(format: Format, record: &RawRecord) -> bool {
    match format {
        Format::Portal => record.start < record.end,
        _ => record.start <= record.end,
    }
}
