//! Rows as they are after the pages have done their work, made directly; each builder has sensible defaults.
//!
//! ```ignore
//! let bundle = a_bundle("CLOUD-S").recurring("100").build(&world);
//! let kestrel = a_reseller("Kestrel").share("20").build(&world);
//! let channel = a_channel(kestrel.id).sells(&bundle).build(&world);
//! let customer = a_customer(channel, "Aldous").build(&world);
//! let subscription = a_subscription(customer, &bundle).from("2026-10-01").quantity(3).build(&world);
//! ```

mod access;
mod catalog;
mod channels;
mod customers;
mod prices;
mod resellers;
mod settlement;
mod usage;

pub use access::{Account, an_account, an_applicant};
pub use catalog::{Bundle, Prices, Product, a_bundle, a_price, a_product};
pub use channels::{Channel, a_channel};
pub use customers::{Customer, Subscription, a_customer, a_subscription};
pub use prices::a_price_request;
pub use resellers::{NewTerms, Reseller, Terms, a_request, a_reseller, some_terms};
pub use settlement::{SentStatement, a_disputed_statement};
pub use usage::{Record, UsageFile, a_record, a_usage_file};

use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::NaiveDate;

/// The value, or the text that cannot be read.
#[track_caller]
pub fn parsed<T: FromStr<Err: std::fmt::Display>>(text: &str) -> T {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[track_caller]
pub fn day(text: &str) -> NaiveDate {
    parsed(text)
}

/// A number that no other row of this process has.
fn next_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
