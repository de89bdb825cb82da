//! Profit-share terms as data: versions that are numbered and never edited. The agreed version is the very rule that
//! the split of revenue runs; no rate is stored anywhere else.
//!
//! One offer is open at a time. The other side agrees to it, counters it with a newer version, or declines it. Terms
//! apply from a month until agreed ones replace them.

pub mod difference;
pub mod limits;
mod model;
pub mod offer_form;
pub mod split;
pub mod store;

pub use model::*;
