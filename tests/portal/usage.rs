//! Usage: from a file to daily sums, and what waits in between.

mod batches;
mod command;
mod feeds;
mod files;
mod formats;
mod imports;
mod large;
mod mapping;
mod months;
pub mod setting;
mod totals;
mod unrated;
mod uploads;
