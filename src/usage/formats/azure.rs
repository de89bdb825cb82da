//! Azure cost exports of enterprise agreements, cost management and partners, in the spelling of any of them; columns of
//! a German export are known by the English name in brackets, or by the German one.
//!
//! A row has no id, so that its key is a hash over its cells. Its cost is taken as it stands. Quantities are in blocks,
//! such as `10K`, and are counted in single units. A day such as `9/2/2023` is read as the whole file tells; see [`Days`].
//!
//! A reservation is billed once, in the export of actual costs as a purchase, and once more, spread over its use, in that
//! of amortised costs. Only actual costs are taken: rows of the other kind are refused, so that nothing doubles.

use super::cells::{self, CellReader, Header, TextRow};
use super::days::{Days, day};
use super::units::{block, singles};
use super::{FileFault, ReadRow};
use crate::usage::RawRecord;
use crate::values::{Cost, Timestamp};

const SOURCE: &str = "azure";

const AMORTISED: &str =
    "A reservation spread over its use: import the export of actual costs, which has its purchase";

/// The names of a column, the first as messages say it.
const TENANT: &[&str] = &["customerTenantId"];
const SUBSCRIPTION: &[&str] =
    &["SubscriptionId", "SubscriptionGuid", "SubscriptionGuidId", "Abonnement-GUID", "Abonnement-ID"];
const TENANT_NAME: &[&str] = &["customerName"];
const SUBSCRIPTION_NAME: &[&str] = &["SubscriptionName", "Abonnementname"];
const DAY: &[&str] = &["Date", "UsageDateTime", "UsageDate", "Datum"];
const METER: &[&str] = &["MeterId", "ID der Verbrauchseinheit"];
const CATEGORY: &[&str] = &["MeterCategory", "Kategorie der Verbrauchseinheit"];
const QUANTITY: &[&str] = &["Quantity", "UsageQuantity", "ConsumedQuantity", "Menge"];
const UNIT: &[&str] = &["UnitOfMeasure", "Maßeinheit"];
const COST: &[&str] = &["CostInBillingCurrency", "Cost", "PreTaxCost", "ExtendedCost", "Kosten"];
const CURRENCY: &[&str] = &["BillingCurrencyCode", "BillingCurrency", "Currency", "Währung"];
const CHARGE: &[&str] = &["ChargeType"];
const RESERVATION: &[&str] = &["ReservationId"];
/// Days of the billing period, which help to tell how days are written.
const PERIOD: [&[&str]; 2] = [&["BillingPeriodStartDate"], &["BillingPeriodEndDate"]];

/// A column by any of its names, without regard to case.
fn find(header: &Header, names: &[&str]) -> Option<usize> {
    names.iter().find_map(|name| header.names().iter().position(|column| is_called(column, name)))
}

/// `Maßeinheit (UnitOfMeasure)` has two names.
fn is_called(column: &str, name: &str) -> bool {
    let same = |column: &str| column.trim().to_lowercase() == name.to_lowercase();
    same(column)
        || column
            .strip_suffix(')')
            .and_then(|column| column.rsplit_once('('))
            .is_some_and(|(local, english)| same(english) || same(local))
}

/// Whether a header is one of this format.
pub(super) fn fits(header: &Header) -> bool {
    find(header, CATEGORY).is_some() && find(header, SUBSCRIPTION).or(find(header, TENANT)).is_some()
}

/// The columns that hold days.
pub(super) fn day_columns(header: &Header) -> Vec<usize> {
    [DAY, PERIOD[0], PERIOD[1]].into_iter().filter_map(|names| find(header, names)).collect()
}

/// Where the columns stand.
#[derive(Debug)]
pub(super) struct Columns {
    tenant: Option<usize>,
    tenant_name: Option<usize>,
    subscription: usize,
    subscription_name: Option<usize>,
    day: usize,
    meter: Option<usize>,
    category: usize,
    quantity: usize,
    unit: usize,
    cost: usize,
    currency: usize,
    charge: Option<usize>,
    reservation: Option<usize>,
    days: Days,
    /// Every column by name, for the key.
    by_name: Vec<(String, usize)>,
}

impl Columns {
    pub fn find(header: &Header, days: Days) -> Result<Self, FileFault> {
        let required = [SUBSCRIPTION, DAY, CATEGORY, QUANTITY, UNIT, COST, CURRENCY];
        let missing: Vec<_> = required
            .into_iter()
            .filter(|names| find(header, names).is_none())
            .filter_map(|names| names.first().copied())
            .collect();
        if !missing.is_empty() {
            return Err(FileFault::of_file(format!("These columns are missing: {}", missing.join(", "))));
        }
        let column = |names| find(header, names).unwrap_or_default();
        let mut by_name: Vec<_> = header.names().iter().cloned().zip(0..).collect();
        by_name.sort();
        Ok(Self {
            tenant: find(header, TENANT),
            tenant_name: find(header, TENANT_NAME),
            subscription: column(SUBSCRIPTION),
            subscription_name: find(header, SUBSCRIPTION_NAME),
            day: column(DAY),
            meter: find(header, METER),
            category: column(CATEGORY),
            quantity: column(QUANTITY),
            unit: column(UNIT),
            cost: column(COST),
            currency: column(CURRENCY),
            charge: find(header, CHARGE),
            reservation: find(header, RESERVATION),
            days,
            by_name,
        })
    }

    pub fn record(&self, row: &TextRow<'_>) -> ReadRow {
        let mut cells = CellReader::new(row, false);
        let tenant = cells.name(self.tenant);
        let customer = tenant.or_else(|| cells.required_name(self.subscription));
        let label = if tenant.is_some() { self.tenant_name } else { self.subscription_name };
        let label = cells.name(label).unwrap_or_default();
        let group = cells.required_name(self.category).unwrap_or_default();
        let product = cells.name(self.meter).unwrap_or(group);
        let (size, unit) = block(cells.name(Some(self.unit)).unwrap_or_default());
        let quantity = cells.required(self.quantity, |text| {
            singles(cells::quantity(text)?, size).ok_or("More than 18 decimals or 19 whole digits")
        });
        let list_cost = cells.required(self.cost, cells::cost);
        let currency = cells.required(self.currency, cells::currency);
        let day = cells.required(self.day, |text| day(text, self.days));
        if self.is_amortised(&cells, list_cost) {
            cells.fault(self.reservation, AMORTISED);
        }
        let faults = cells.faults;
        let (Some(customer), Some(quantity), Some(day), true) = (customer, quantity, day, faults.is_empty())
        else {
            return Err(faults);
        };
        let next = day.succ_opt().unwrap_or(day);
        Ok(RawRecord {
            line: row.line,
            source: SOURCE.to_owned(),
            key: cells::row_key(row, &self.by_name, |_| false),
            customer: customer.to_owned(),
            customer_label: label.to_owned(),
            product: product.to_owned(),
            product_group: group.to_owned(),
            subscription: String::new(),
            quantity,
            unit,
            list_cost,
            currency,
            start: Timestamp::start_of(day),
            end: Timestamp::start_of(next),
        })
    }

    /// In actual costs the use of a reservation costs nothing, and what of it is unused does not appear.
    fn is_amortised(&self, cells: &CellReader<'_>, cost: Option<Cost>) -> bool {
        let charge = cells.text(self.charge).unwrap_or_default();
        let is_used = charge.eq_ignore_ascii_case("Usage") && cost.is_some_and(|cost| cost != Cost::ZERO);
        cells.text(self.reservation).is_some()
            && (is_used || charge.eq_ignore_ascii_case("UnusedReservation"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use crate::usage::Format;
    use crate::usage::formats::tests::{costs, file, quantities, records, rows};

    fn reasons(content: &[u8]) -> Vec<String> {
        let rows = rows(Format::Azure, content).unwrap();
        rows.into_iter().filter_map(Result::err).flatten().map(|fault| fault.reason).collect()
    }

    #[test]
    fn real_exports_are_read_to_the_last_row_and_digit() {
        for (name, count, cost, quantity) in [
            ("ea_export_cad_2023_09.csv", 27, "1.26136926505726", "8858.567364336466"),
            ("EA_ActualCost_Small.csv", 11, "8.5450077867419368", "106.06559406"),
        ] {
            let records = records(Format::Azure, &file(&format!("azure/{name}")));
            assert_eq!((records.len(), costs(&records).as_str()), (count, cost));
            assert_eq!(quantities(&records), quantity);
            let keys: HashSet<_> = records.iter().map(|record| &record.key).collect();
            assert_eq!(keys.len(), count);
            assert!(records.iter().all(|record| record.start.day().to_string().starts_with("2023-09-")));
        }
        let first = &records(Format::Azure, &file("azure/ea_export_cad_2023_09.csv"))[1];
        assert_eq!((first.unit.as_str(), first.quantity.to_string().as_str()), ("Units", "129"));
    }

    #[test]
    fn a_german_header_is_read_by_either_name() {
        let content = file("azure/opencost_German.csv");
        let read = records(Format::Azure, &content);
        assert_eq!(costs(&read), "0.075");
        let without_english = String::from_utf8(content).unwrap().replace(" (UnitOfMeasure)", "");
        assert_eq!(records(Format::Azure, without_english.as_bytes())[0].unit, "Hours");
    }

    #[test]
    fn the_billing_period_tells_how_days_are_written() {
        let records = records(Format::Azure, &file("azure/opencost_Enterprise.csv"));
        assert!(records.iter().all(|record| record.start.day().to_string() == "2021-02-02"));
    }

    #[test]
    fn a_file_without_quantities_and_currency_is_refused_with_one_reason() {
        let fault = rows(Format::Azure, &file("azure/opencost_Template.csv")).unwrap_err().to_string();
        assert_eq!(fault, "These columns are missing: Quantity, UnitOfMeasure, BillingCurrencyCode");
    }

    #[test]
    fn a_nearly_empty_row_is_refused_with_each_thing_that_is_missing() {
        let reasons = reasons(&file("azure/opencost_BOM.csv"));
        assert!(
            reasons.len() >= 5 && reasons.iter().all(|reason| reason == "Nothing stands here"),
            "{reasons:?}"
        );
    }

    const HEADER: &str = "SubscriptionId,Date,MeterCategory,Quantity,UnitOfMeasure,Cost,BillingCurrency,ChargeType,ReservationId\n";

    #[test]
    fn amortised_costs_are_refused_so_that_a_reservation_is_not_counted_twice() {
        let content = format!(
            "{HEADER}s,2023-09-04,Compute,1,1 Hour,3,USD,Purchase,r\n\
             s,2023-09-04,Compute,1,1 Hour,0,USD,Usage,r\n\
             s,2023-09-04,Compute,1,1 Hour,0.1,USD,Usage,r\n\
             s,2023-09-04,Compute,1,1 Hour,0.1,USD,UnusedReservation,r\n\
             s,2023-09-04,Compute,1,1 Hour,0.1,USD,Usage,\n"
        );
        assert_eq!(reasons(content.as_bytes()), [super::AMORTISED; 2]);
    }

    #[test]
    fn days_that_nothing_tells_are_refused_with_what_to_do() {
        let content = format!("{HEADER}s,9/2/2023,Compute,1,1 Hour,3,USD,Usage,\n");
        let reasons = reasons(content.as_bytes());
        assert!(reasons[0].ends_with("write days as 2023-09-02"), "{reasons:?}");
    }
}
