//! A re-seller's customers and their subscriptions. A customer belongs to one channel; a subscription has dated
//! quantities and either follows price changes or keeps the prices of its first day.

mod model;
pub mod sales;
pub mod store;

pub use model::*;
