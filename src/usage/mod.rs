//! Usage records: imported from files, checked row by row, never counted twice and never dropped. What cannot be
//! rated yet stands in a list with its cause.

pub mod background;
mod cause;
pub mod check;
pub mod formats;
pub mod intake;
mod model;
pub mod pages;
pub mod resolve;
pub mod rollup;
pub mod store;

pub use cause::UnratedCause;
pub use model::*;
