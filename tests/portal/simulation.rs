//! Closed months under other terms and prices.

mod page;
mod posted;
