//! What every page needs and what knows no capability.

pub mod assets;
pub mod charts;
pub mod design;
pub mod filters;
pub mod shell;
