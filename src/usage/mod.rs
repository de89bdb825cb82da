//! Usage records: imported from files, checked row by row, never counted twice and never dropped. What cannot be
//! rated yet stands in a list with its cause.

pub mod background;
mod cause;
pub mod check;
mod content;
pub mod formats;
pub mod importing;
pub mod intake;
mod model;
pub mod pages;
pub mod reading;
mod repeats;
pub mod resolve;
pub mod rollup;
pub mod store;

pub use cause::UnratedCause;
pub use content::{Content, digest};
pub use model::*;
