//! Statements from open to posted: what is frozen, what comes later, what is sealed.

mod closing;
mod command;
mod compare;
mod corrections;
mod credits;
mod example;
mod limits;
mod mails;
mod months;
mod pages;
mod posting;
mod runs;
pub mod setting;
mod why;
