//! Saves many channel prices in one transaction.

use chrono::NaiveDate;

use super::{Change, changed};
use crate::catalog::PriceConcern;
use crate::channels::pricing::{self, Book, Refusal, Wished};
use crate::db::{AnyConnection, Failure};
use crate::values::{Act, ChannelId, Scope};

/// What all of the new prices have in common.
#[derive(Debug, Clone)]
pub struct Common {
    pub channel: ChannelId,
    pub from: NaiveDate,
    pub concerns: PriceConcern,
    pub reason: String,
}

/// A bundle whose price is refused, and why.
#[derive(Debug)]
pub struct Refused {
    pub bundle: String,
    pub refusal: Refusal,
}

/// The new version of a book with these changes; `None` when none of them is its.
pub fn wished(book: &Book, common: &Common, changes: &[Change]) -> Option<Wished> {
    Some(Wished {
        channel: common.channel,
        bundle: book.bundle.id,
        currency: book.currency,
        effective_from: common.from,
        concerns: common.concerns,
        reason: common.reason.clone(),
        values: changed(book, common.from, changes)?,
    })
}

/// Sets a version for each bundle and currency with a change, and says how many.
pub fn set_all(
    connection: &mut AnyConnection,
    scope: Scope,
    books: &[Book],
    common: &Common,
    changes: &[Change],
    act: &Act,
) -> Result<usize, Failure<Refused>> {
    let mut count = 0;
    for book in books {
        let Some(wished) = wished(book, common, changes) else { continue };
        let bundle = format!("{} in {}", book.bundle.name, book.currency);
        pricing::set(connection, scope, &wished, act)
            .map_err(|failure| failure.map_refusal(|refusal| Refused { bundle, refusal }))?;
        count += 1;
    }
    Ok(count)
}
