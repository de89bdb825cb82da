//! The catalog's pages; root only.

pub mod activation;
pub mod bundle;
pub mod bundle_form;
pub mod bundles;
pub mod charge;
pub mod component;
pub mod price_form;
pub mod prices;
pub mod product;
pub mod products;
pub mod retirement;
pub mod wording;
