//! What is sold: products, bundles with their charges, packages made of bundles, and the reference price book.
//!
//! A price version is dated and never edited once in effect; a planned one may change until its day. The reference
//! price is the provider's own; the channel price, kept in the same shape, is what a re-seller's customers pay.

pub mod bundle_store;
pub mod draft_store;
pub mod included;
pub mod lists;
mod model;
pub mod pages;
pub mod price_store;
pub mod prices;
pub mod pricing;
pub mod product_store;
pub mod store;
mod value;

pub use model::*;
pub use value::PriceValue;
