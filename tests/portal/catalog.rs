//! Products, bundles and the reference price book.

mod bundles;
mod packages;
mod prices;
mod products;
