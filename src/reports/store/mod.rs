//! What the reports are made of, from roll-ups and charge lines, bound to the scope.
//!
//! A report of one re-seller reads that one's rows. One of all re-sellers shows some channels at a time; its totals,
//! its course and its ranking come from sums that are kept beside the lines, so that it costs the same however many
//! re-sellers there are.

mod lines;
mod names;
mod ranking;
mod revenue;
mod usage;
mod within;

pub use lines::{Behind, RowName, behind};
pub use names::{Choices, Names};
pub use ranking::{Ranked, ranking};
pub use revenue::{by_month, rated_at, revenue};
pub use usage::{over_time, usage};
pub use within::{Figures, Within, some_channels, within};

use crate::values::OutOfRange;

/// A sum that no column keeps, as a store's failure.
pub fn out_of_range(error: OutOfRange) -> diesel::result::Error {
    diesel::result::Error::DeserializationError(error.into())
}
