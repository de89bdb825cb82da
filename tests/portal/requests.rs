//! From the sign-up to the decision.

mod application;
mod decisions;
mod list;
mod negotiation;
