//! Lists of records: every page of each, in every order, as a file, and within one's own scope.

mod pieces;
mod plans;
mod setting;
mod walk;
