//! A re-seller's customers and their subscriptions. A customer belongs to one channel; a subscription has dated
//! quantities and either follows price changes or keeps the prices of its first day.
//!
//! A subscription may start in any month. Cancelling sets its end, the first day without it. A suspended re-seller
//! sells nothing new; what it sold goes on and its history stays.

pub mod lists;
mod model;
pub mod pages;
pub mod sales;
pub mod store;

pub use model::*;
