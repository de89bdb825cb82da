//! Products, bundles and the reference price book.

mod bundles;
mod charges;
mod packages;
mod prices;
mod products;
