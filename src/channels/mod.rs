//! The channel: exactly one for each re-seller account. It says what the re-seller sells, in which currencies, at
//! which channel price, and whether the re-seller may change it.
//!
//! The channel price is what the re-seller's customers pay. While a channel has no price of its own for a bundle and
//! currency, the reference price applies. A re-seller may change a price as the bundle's policy says: locked, within
//! a band, or free; the provider is not bound by it. A price outside the band can be asked for ([`price_requests`]). Many
//! prices change at once by percent or from a table ([`bulk`]), and root sees where reference prices moved away from
//! channel prices ([`drift`]).

pub mod bulk;
pub mod choice;
pub mod drift;
pub mod listed;
pub mod logo;
mod model;
mod notices;
pub mod pages;
pub mod policy;
pub mod price_requests;
pub mod pricing;
pub mod store;

pub use model::*;
