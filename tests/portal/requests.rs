//! From the sign-up to the decision.

mod acceptance;
mod applicant;
mod application;
mod counts;
mod decisions;
mod duplicates;
mod list;
mod log;
mod mails;
mod negotiation;
mod races;
pub mod setting;
mod steps;
