//! The append-only log: each change of data says who, when, from where and what, in the change's own transaction; a
//! chain of seals over it shows any entry that was changed, removed or moved behind the portal.

pub mod chain;
pub mod listed;
mod model;
pub mod pages;
mod store;

pub use model::{Entry, Event};
pub use store::{newest, of_object, record};
