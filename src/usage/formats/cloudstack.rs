//! CloudStack's `listUsageRecords`, as JSON or XML. It has no id for a record and no costs: usage type, thing, period and
//! account together are the key, and prices are the portal's own.
//!
//! A running machine is counted twice by design, as running and as allocated: each usage type is a service of its own,
//! so that only the ones that are sold get a mapping. The end of a period is its last second. A project uses for itself,
//! else an account does, which is named together with its domain.

use std::borrow::Cow;

use super::ReadRow;
use super::cells::{self, CellReader, TextRow};
use super::times::moment;
use crate::usage::RawRecord;
use crate::values::Timestamp;

const SOURCE: &str = "cloudstack";

/// What is read of a record.
pub(super) const NAMES: [&str; 12] = [
    "usagetype",
    "usageid",
    "account",
    "domainid",
    "domainpath",
    "domain",
    "projectid",
    "project",
    "rawusage",
    "offeringid",
    "startdate",
    "enddate",
];

const TYPE: usize = 0;
const ID: usize = 1;
const ACCOUNT: usize = 2;
const DOMAIN_ID: usize = 3;
const DOMAIN: [usize; 2] = [4, 5];
const PROJECT_ID: usize = 6;
const PROJECT: usize = 7;
const QUANTITY: usize = 8;
const OFFERING: usize = 9;
const START: usize = 10;
const END: usize = 11;

/// Name and unit of a usage type.
fn usage_type(number: &str) -> Result<(&'static str, &'static str), &'static str> {
    Ok(match number {
        "1" => ("Running VM", "Hours"),
        "2" => ("Allocated VM", "Hours"),
        "3" => ("IP address", "Hours"),
        "4" => ("Network bytes sent", "Bytes"),
        "5" => ("Network bytes received", "Bytes"),
        "6" => ("Volume", "Hours"),
        "7" => ("Template", "Hours"),
        "8" => ("ISO", "Hours"),
        "9" => ("Snapshot", "Hours"),
        "10" => ("Security group", "Hours"),
        "11" => ("Load balancer policy", "Hours"),
        "12" => ("Port forwarding rule", "Hours"),
        "13" => ("Network offering", "Hours"),
        "14" => ("VPN users", "Hours"),
        "21" => ("Disk reads", "Operations"),
        "22" => ("Disk writes", "Operations"),
        "23" => ("Disk bytes read", "Bytes"),
        "24" => ("Disk bytes written", "Bytes"),
        "25" => ("VM snapshot", "Hours"),
        "26" => ("Volume on secondary storage", "Hours"),
        "27" => ("VM snapshot on primary storage", "Hours"),
        "28" => ("Backup", "Hours"),
        "29" => ("Bucket", "Hours"),
        _ => return Err("A usage type that the portal does not know"),
    })
}

/// Some versions write `2011-12-15'T'23:59:59+00:00`.
fn date(text: &str) -> Result<Timestamp, &'static str> {
    if text.contains('\'') { moment(&text.replace('\'', "")) } else { moment(text) }
}

/// The values stand in the order of [`NAMES`].
pub(super) fn record(row: &TextRow<'_>) -> ReadRow {
    let mut cells = CellReader::new(row, false);
    let kind = cells.required(TYPE, usage_type);
    let id = cells.required_name(ID).unwrap_or_default();
    let project = cells.name(Some(PROJECT_ID));
    let account = if project.is_some() { cells.name(Some(ACCOUNT)) } else { cells.required_name(ACCOUNT) };
    let domain = cells.name(Some(DOMAIN_ID));
    let customer = match (project, domain) {
        (Some(project), _) => Cow::Borrowed(project),
        (None, Some(domain)) => Cow::Owned(format!("{domain}/{}", account.unwrap_or_default())),
        (None, None) => Cow::Borrowed(account.unwrap_or_default()),
    };
    let label = if project.is_some() {
        Some(PROJECT)
    } else {
        DOMAIN.into_iter().find(|at| cells.text(Some(*at)).is_some())
    };
    let label = cells.name(label).unwrap_or_default();
    let offering = cells.name(Some(OFFERING));
    let quantity = cells.required(QUANTITY, cells::quantity);
    let (start, end) = cells.period(START, END, date);
    let faults = cells.faults;
    let (Some((name, unit)), Some(quantity), Some(start), Some(end), true) =
        (kind, quantity, start, end, faults.is_empty())
    else {
        return Err(faults);
    };
    let number = row.cell(TYPE).trim();
    Ok(RawRecord {
        line: row.line,
        source: SOURCE.to_owned(),
        key: format!(
            "{number} {id} {start} {end} {} {}",
            account.unwrap_or_default(),
            project.or(domain).unwrap_or_default()
        ),
        customer: customer.into_owned(),
        customer_label: label.to_owned(),
        product: offering.map_or_else(|| name.to_owned(), |offering| format!("{name} {offering}")),
        product_group: name.to_owned(),
        subscription: String::new(),
        quantity,
        unit: unit.to_owned(),
        list_cost: None,
        currency: None,
        start,
        end: end.plus(chrono::Duration::seconds(1)),
    })
}

#[cfg(test)]
mod tests {
    use crate::usage::Format;
    use crate::usage::formats::tests::{file, records, rows};

    const JSON: &str = r#"{"listusagerecordsresponse":{"count":3,"usagerecord":[
        {"account":"nord","domainid":"d-1","domainpath":"ROOT/nord","usagetype":1,"usageid":"vm-1","rawusage":"24",
         "offeringid":"small","startdate":"2026-10-01'T'00:00:00+00:00","enddate":"2026-10-01'T'23:59:59+00:00","tags":[{"key":"a]"}]},
        {"account":"nord","domainid":"d-1","usagetype":99,"usageid":"vm-1","rawusage":"24","startdate":"2026-10-01","enddate":"2026-10-01"},
        {"account":"nord","usagetype":4,"usageid":"net-1","rawusage":1024,"projectid":"p-1","project":"Web",
         "startdate":"2026-10-01T00:00:00+0000","enddate":"2026-10-01T23:59:59+0000"}]}}"#;

    #[test]
    fn records_of_json_are_read_and_an_unknown_type_is_refused_alone() {
        let rows = rows(Format::CloudStack, JSON.as_bytes()).unwrap();
        let vm = rows[0].as_ref().unwrap();
        assert_eq!((vm.customer.as_str(), vm.customer_label.as_str()), ("d-1/nord", "ROOT/nord"));
        assert_eq!((vm.product.as_str(), vm.product_group.as_str()), ("Running VM small", "Running VM"));
        assert_eq!((vm.quantity.to_string().as_str(), vm.unit.as_str()), ("24", "Hours"));
        assert_eq!(vm.end.to_string(), "2026-10-02T00:00:00Z");
        let faults = rows[1].as_ref().unwrap_err();
        assert_eq!(
            (faults[0].line, faults[0].column.as_str(), faults[0].value.as_str()),
            (2, "usagetype", "99")
        );
        let traffic = rows[2].as_ref().unwrap();
        assert_eq!((traffic.customer.as_str(), traffic.customer_label.as_str()), ("p-1", "Web"));
        assert_eq!((traffic.product.as_str(), traffic.unit.as_str()), ("Network bytes sent", "Bytes"));
    }

    #[test]
    fn the_manuals_xml_is_read() {
        let record = records(Format::CloudStack, &file("cloudstack/usage_rst_example.xml")).remove(0);
        assert_eq!((record.customer.as_str(), record.product.as_str()), ("1/user5", "Running VM 1"));
        assert_eq!(record.quantity.to_string(), "2.95288");
        assert_eq!(record.start.to_string(), "2009-09-15T07:00:00Z");
        assert_eq!(record.end.to_string(), "2009-09-18T23:14:27Z");
    }

    #[test]
    fn a_record_that_is_no_json_is_refused_alone_and_says_where() {
        let content = file("cloudstack/jclouds_listusagerecordsresponse.json");
        let faults = rows(Format::CloudStack, &content).unwrap().remove(0).unwrap_err();
        assert!(faults[0].reason.starts_with("Not valid JSON: key must be a string at"), "{faults:?}");
        let mended = String::from_utf8(content).unwrap().replace("tags:", "\"tags\":");
        let record = records(Format::CloudStack, mended.as_bytes()).remove(0);
        assert_eq!((record.customer.as_str(), record.product_group.as_str()), ("1", "Template"));
        assert_eq!(record.end.to_string(), "2011-12-16T00:00:00Z");
    }

    #[test]
    fn another_xml_is_refused_with_what_it_is() {
        let fault =
            rows(Format::CloudStack, &file("cloudstack/cloud_usage_fixture.xml")).unwrap_err().to_string();
        assert_eq!(fault, "The file is no answer of listUsageRecords: it begins with <dataset>");
        for (content, said) in [
            ("<listusagerecordsresponse><usagerecord><account>a</account>", "cannot be read as XML"),
            ("<listusagerecordsresponse><count>1</x>", "cannot be read as XML"),
            ("{}", "no list “usagerecord”"),
        ] {
            let fault = rows(Format::CloudStack, content.as_bytes()).unwrap_err().to_string();
            assert!(fault.contains(said), "{fault}");
        }
    }

    #[test]
    fn text_of_xml_is_read_with_its_references_and_without_those_that_nobody_declared() {
        let of = |account: &str| {
            format!(
                "<listusagerecordsresponse><usagerecord><account>{account}</account><usagetype>6</usagetype>\
                     <usageid>7</usageid><rawusage>1</rawusage><startdate>2026-10-01</startdate>\
                     <enddate>2026-10-01</enddate><tags><key>x</key></tags></usagerecord></listusagerecordsresponse>"
            )
        };
        let read = |account: &str| rows(Format::CloudStack, of(account).as_bytes()).unwrap().remove(0);
        assert_eq!(read("a &amp; b&#228;<![CDATA[ <c>]]>").unwrap().customer, "a & bä <c>");
        assert!(read("&secret;").unwrap_err()[0].reason.contains("&secret;"));
    }
    #[test]
    fn an_entity_that_a_file_declares_is_never_looked_up() {
        for declared in ["SYSTEM \"file:///etc/passwd\"", "\"boom\""] {
            let content = format!(
                "<!DOCTYPE r [<!ENTITY other {declared}>]><listusagerecordsresponse><usagerecord>\
                     <account>&other;</account><usagetype>6</usagetype><usageid>7</usageid><rawusage>1</rawusage>\
                     <startdate>2026-10-01</startdate><enddate>2026-10-01</enddate></usagerecord>\
                     </listusagerecordsresponse>"
            );
            let read = rows(Format::CloudStack, content.as_bytes()).unwrap().remove(0);
            assert_eq!(read.unwrap_err()[0].reason, "&other; stands for nothing");
        }
    }
}
