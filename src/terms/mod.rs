//! Profit-share terms as data: versions that are numbered and never edited. The agreed version is the very rule that
//! the split of revenue runs; no rate is stored anywhere else.

mod model;

pub use model::*;
