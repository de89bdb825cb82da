//! Usage records: imported from files, checked row by row, never counted twice and never dropped. What cannot be
//! rated yet stands in a list with its cause.

mod cause;
pub mod formats;
mod model;

pub use cause::UnratedCause;
pub use model::*;
