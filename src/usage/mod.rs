//! Usage records: imported from files, checked row by row, never counted twice and never dropped. What cannot be
//! rated yet stands in a list with its cause.

mod cause;
pub mod formats;
pub mod intake;
mod model;
pub mod resolve;
pub mod rollup;

pub use cause::UnratedCause;
pub use model::*;
