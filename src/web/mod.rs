//! What every page needs and what knows no capability.

pub mod assets;
pub mod design;
pub mod shell;
