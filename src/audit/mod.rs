//! The append-only log: each change of data says who, when, from where and what, in the change's own transaction.

mod model;
pub mod pages;
mod store;

pub use model::{Entry, Event};
pub use store::{Filter, list, of_object, record};
