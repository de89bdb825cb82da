//! From a company's sign-up to the decision: the request with its timeline, contact log and assessment, and the
//! re-seller account that acceptance makes.
//!
//! Each change of state says who, when and why. Accepting needs terms that both sides have agreed; it makes the
//! account and its first administrator, whose activation mail goes out only once the channel exists. Of two
//! administrators who decide at the same moment one succeeds and the other sees what happened.

pub mod accept;
pub mod duplicates;
pub mod funnel;
mod model;
pub mod negotiate;
pub mod notices;
pub mod pages;
pub mod resellers;
pub mod state;
pub mod store;

pub use model::*;
