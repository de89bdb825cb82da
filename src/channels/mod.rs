//! The channel: exactly one for each re-seller account. It says what the re-seller sells, in which currencies, at
//! which channel price, and whether the re-seller may change it.

mod model;

pub use model::*;
