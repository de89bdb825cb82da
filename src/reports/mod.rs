//! The Product Usage Report and the Revenue Report, for each re-seller and across all.
//!
//! They read roll-ups and charge lines, never raw usage. Different units and different currencies are never added.
//! What is shown, exported and printed comes from the same rows, so the totals are the same everywhere.

pub mod export;
mod filter;
pub mod pages;
pub mod revenue;
pub mod store;
pub mod usage;

pub use filter::{Filter, Group};
