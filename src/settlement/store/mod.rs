//! Statements in the database.

mod archive;
pub mod checklist;
mod closing;
pub mod credits;
pub mod disputes;
mod line;
mod listed;
mod loaded;
pub mod payments;
mod posting;
mod rate;
mod read;
mod shares;
mod told;

pub use archive::{NotArchived, archive_usage};
pub use closing::{agree, agree_by_silence, close, reopen, send, silent_on};
pub use line::{Chain, UsedRecord, chain, line};
pub use listed::{StatementKey, Statements};
pub use loaded::{Loaded, load};
pub use posting::{Verified, post, verify};
pub use rate::{Rated, active_part, rate_month};
pub use read::{balance, find, lines, of_channel, of_month, payments_of, totals};
pub use shares::{SharesTold, shares};
pub use told::{Told, told};

use diesel::QueryResult;

use super::{DisputeState, Statement, StatementState};
use crate::audit::{self, Event};
use crate::db::{AnyConnection, Failure};
use crate::values::{Act, OutOfRange};

crate::text_columns!(StatementState, DisputeState);

fn out_of_range<R>(error: OutOfRange) -> Failure<R> {
    Failure::Query(diesel::result::Error::SerializationError(error.into()))
}

/// Records what happened to a statement.
fn note(
    connection: &mut AnyConnection,
    statement: &Statement,
    action: &'static str,
    summary: String,
    act: &Act,
) -> QueryResult<()> {
    let event = Event::on("statement", statement.id, action, summary).of_reseller(statement.reseller);
    audit::record(connection, act, event)
}
