//! The two reports, from a real file to the last digit.

mod command;
mod oracle;
mod pages;
mod scope;
pub mod setting;
pub mod sold;
