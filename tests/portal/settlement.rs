//! Statements from open to posted: what is frozen, what comes later, what is sealed.

mod closing;
mod corrections;
mod credits;
mod posting;
mod setting;
