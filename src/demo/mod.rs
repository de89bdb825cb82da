//! Demonstration data: invented companies, customers and a year of usage, of realistic size and season.
//!
//! Everything is loaded through the stores that the pages use, with acts dated in the past, so that the demonstration
//! shows nothing that the portal itself would not allow. The same day gives the same data.

mod catalog;
mod companies;
mod load;
mod partners;
mod sales;
mod season;
mod settlement;
mod usage;

pub use load::{is_empty, load};
