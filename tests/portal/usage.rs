//! Usage: from a file to daily sums, and what waits in between.

mod command;
mod files;
mod imports;
mod large;
mod mapping;
pub mod setting;
mod unrated;
mod uploads;
