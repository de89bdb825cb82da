//! The page of a simulation; all that is asked stands in its address, so that it can be shared.

mod asked;
pub mod result;
pub mod show;
