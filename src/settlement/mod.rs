//! Settles each month of a channel, currency by currency, in a statement.
//!
//! `open -> closing -> sent -> agreed | disputed -> posted`. While a statement is open, its month is rated again with
//! every change. Closing pins the terms and freezes the content; root sends it when the checklist is clear; the
//! re-seller agrees, disputes lines, or is silent for so many days, which is agreement. Posting gives the number,
//! carries the balance forward and seals the content. What comes later for a closed month is a correction in the next
//! open statement: the month rated again at its own prices and terms, less what was settled.

pub mod checklist;
pub mod compare;
pub mod corrections;
pub mod credit;
pub mod export;
mod model;
pub mod notices;
pub mod pages;
pub mod runs;
pub mod seal;
pub mod state;
pub mod store;
pub mod window;

pub use model::*;
