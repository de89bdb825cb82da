//! Statements in the database.

mod rate;

pub use rate::{Rated, rate_month};

use super::StatementState;
use crate::db::Failure;
use crate::values::OutOfRange;

crate::text_columns!(StatementState);

fn out_of_range<R>(error: OutOfRange) -> Failure<R> {
    Failure::Query(diesel::result::Error::SerializationError(error.into()))
}
