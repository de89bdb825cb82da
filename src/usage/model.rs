//! Usage records and files.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use crate::text_enum;
use crate::values::{
    ChannelId, ContentHash, Cost, Currency, Month, ProductId, Quantity, SubscriptionId, Timestamp,
    UsageFileId,
};

text_enum! {
    /// How a usage file is written.
    pub enum Format {
        /// The portal's own CSV.
        Portal => "portal",
        /// FOCUS 1.x cost and usage.
        Focus => "focus",
        /// AWS cost and usage report, version 1.
        AwsCur => "aws-cur",
        /// Azure cost export.
        Azure => "azure",
        /// OCI cost report.
        Oci => "oci",
        /// CloudStack's `listUsageRecords`, JSON or XML.
        CloudStack => "cloudstack",
        /// CloudEvents 1.0, JSON lines or a list.
        CloudEvents => "cloudevents",
    }
}

impl Format {
    /// Whether its places are lines; else they are numbers of records.
    pub fn is_table(self) -> bool {
        !matches!(self, Self::CloudStack | Self::CloudEvents)
    }
}

text_enum! {
    /// Where a usage file stands.
    pub enum FileState {
        /// Waits for its check.
        Uploaded => "uploaded",
        /// Its rows are known; somebody decides.
        Checked => "checked",
        /// Some of its records are stored, and the others follow; or the import was broken off and goes on.
        Importing => "importing",
        /// Its records are stored.
        Accepted => "accepted",
        /// Nothing of it is stored.
        Rejected => "rejected",
    }
}

text_enum! {
    /// What a mapping leads to.
    pub enum MappingKind { Customer => "customer", Product => "product" }
}

/// A usage record as its file names things. Channel, source and key together are counted once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRecord {
    /// The line of the file, from 1; of a file that is no table, the number of the record. It ascends.
    pub line: u64,
    pub source: String,
    pub key: String,
    pub customer: String,
    /// The source's name for the customer, for people; may be empty.
    pub customer_label: String,
    pub product: String,
    /// The service the product belongs to; may be empty.
    pub product_group: String,
    /// The subscription's reference; empty when the file does not name it.
    pub subscription: String,
    /// In `unit`; negative for a correction.
    pub quantity: Quantity,
    pub unit: String,
    /// The supplier's own, in `currency`; never computed.
    pub list_cost: Option<Cost>,
    pub currency: Option<Currency>,
    /// Inclusive.
    pub start: Timestamp,
    /// Exclusive.
    pub end: Timestamp,
}

impl RawRecord {
    /// The UTC day it belongs to: that of its start.
    pub fn day(&self) -> NaiveDate {
        self.start.day()
    }

    /// Equal for records with the same content; the line does not count.
    pub fn content_hash(&self) -> ContentHash {
        let numbers = [
            self.quantity.to_string(),
            self.list_cost.map(|cost| cost.to_string()).unwrap_or_default(),
            self.currency.map(|currency| currency.to_string()).unwrap_or_default(),
            self.start.micros().to_string(),
            self.end.micros().to_string(),
        ];
        let names = [
            &self.customer,
            &self.customer_label,
            &self.product,
            &self.product_group,
            &self.subscription,
            &self.unit,
        ];
        let mut hash = Sha256::new();
        for part in names.into_iter().chain(&numbers) {
            hash.update(part);
            hash.update([0]);
        }
        hash.into()
    }
}

/// One thing that is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// The line of the file on which the row begins, or the number of the record in a file that is no table, from 1.
    pub line: u64,
    /// The column's name; empty when the row as a whole is meant.
    pub column: String,
    /// What stands there, or its start.
    pub value: String,
    pub reason: String,
}

/// What a file's rows come to. `rows` is the sum of accepted, duplicate and rejected ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    pub accepted: i64,
    pub duplicate: i64,
    pub rejected: i64,
    /// Of the accepted: not resolved yet.
    pub unrated: i64,
    /// The first and last day of the accepted.
    pub days: Option<(NaiveDate, NaiveDate)>,
    /// The accepted quantities by unit.
    pub quantities: BTreeMap<String, Quantity>,
    /// The accepted list costs by currency.
    pub costs: BTreeMap<Currency, Cost>,
}

impl Tally {
    pub fn rows(&self) -> i64 {
        self.accepted + self.duplicate + self.rejected
    }
}

/// A file that was uploaded or imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageFile {
    pub id: UsageFileId,
    pub channel: ChannelId,
    pub channel_name: String,
    pub name: String,
    pub format: Format,
    pub state: FileState,
    pub tally: Tally,
    /// Accepted without its rejected rows.
    pub skips_rejected: bool,
    /// Why the file as a whole was rejected; empty otherwise.
    pub message: String,
    pub created_at: Timestamp,
    pub created_by: String,
    pub decided_at: Option<Timestamp>,
}

/// What was used on a day: the exact sum of the records of a subscription and product in a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailyUsage {
    pub subscription: SubscriptionId,
    pub product: ProductId,
    pub day: NaiveDate,
    pub unit: String,
    /// Of `cost`; `None` when the records carry no cost.
    pub currency: Option<Currency>,
    pub quantity: Quantity,
    pub cost: Cost,
    /// How many records it sums.
    pub records: i64,
}

impl DailyUsage {
    pub fn month(&self) -> Month {
        Month::of(self.day)
    }
}
