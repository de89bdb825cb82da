//! The channel: exactly one for each re-seller account. It says what the re-seller sells, in which currencies, at
//! which channel price, and whether the re-seller may change it.
//!
//! The channel price is what the re-seller's customers pay. While a channel has no price of its own for a bundle and
//! currency, the reference price applies. A re-seller may change a price as the bundle's policy says: locked, within
//! a band, or free; the provider is not bound by it.

pub mod bulk;
pub mod drift;
mod model;
pub mod pages;
pub mod policy;
pub mod price_requests;
pub mod pricing;
pub mod store;

pub use model::*;
