//! Which months are closed: what a statement that is not open holds is not rated anew, and nothing that would change
//! its price begins in it. What arrives for it later becomes correction lines in the next statement.

use std::collections::BTreeMap;

use diesel::dsl::max;
use diesel::prelude::*;

use crate::db::AnyConnection;
use crate::db::schema::statements;
use crate::values::{ChannelId, Currency, Month, TermsId};

const OPEN: &str = "open";

/// The last month of a channel with a statement that is not open.
pub fn closed_through(connection: &mut AnyConnection, channel: ChannelId) -> QueryResult<Option<Month>> {
    statements::table
        .filter(statements::channel_id.eq(channel))
        .filter(statements::state.ne(OPEN))
        .select(max(statements::month))
        .first(connection)
}

/// The last month of any channel with a statement that is not open.
pub fn closed_through_any(connection: &mut AnyConnection) -> QueryResult<Option<Month>> {
    statements::table.filter(statements::state.ne(OPEN)).select(max(statements::month)).first(connection)
}

/// The currencies in which a channel's month is closed, with the terms that closing pinned.
pub fn closed(
    connection: &mut AnyConnection,
    channel: ChannelId,
    month: Month,
) -> QueryResult<BTreeMap<Currency, Option<TermsId>>> {
    let rows: Vec<(Currency, Option<TermsId>)> = statements::table
        .filter(statements::channel_id.eq(channel))
        .filter(statements::month.eq(month))
        .filter(statements::state.ne(OPEN))
        .select((statements::currency, statements::terms_id))
        .load(connection)?;
    Ok(rows.into_iter().collect())
}

/// Whether a channel's statement of a month and currency is posted.
pub fn is_posted(
    connection: &mut AnyConnection,
    channel: ChannelId,
    currency: Currency,
    month: Month,
) -> QueryResult<bool> {
    let posted = statements::table
        .filter(statements::channel_id.eq(channel))
        .filter(statements::currency.eq(currency))
        .filter(statements::month.eq(month))
        .filter(statements::state.eq("posted"));
    diesel::select(diesel::dsl::exists(posted)).get_result(connection)
}

/// The first month after `month` whose statement in the currency is open or not there yet: where corrections go.
pub fn first_open_after(
    connection: &mut AnyConnection,
    channel: ChannelId,
    currency: Currency,
    month: Month,
) -> QueryResult<Month> {
    let closed: Vec<Month> = statements::table
        .filter(statements::channel_id.eq(channel))
        .filter(statements::currency.eq(currency))
        .filter(statements::month.gt(month))
        .filter(statements::state.ne(OPEN))
        .select(statements::month)
        .load(connection)?;
    let mut open = month.next();
    while closed.contains(&open) {
        open = open.next();
    }
    Ok(open)
}
