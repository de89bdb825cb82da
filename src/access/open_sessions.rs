//! The sessions that an account has open.

use diesel::prelude::*;

use super::session::{ACCOUNT, SignedIn};
use crate::db::AnyConnection;
use crate::db::schema::sessions;
use crate::values::{SessionId, Timestamp, UserId};

/// One of an account's open sessions.
#[derive(Debug, Clone)]
pub struct OpenSession {
    pub id: SessionId,
    pub since: Timestamp,
    pub seen_at: Timestamp,
    pub address: String,
    /// What the browser calls itself.
    pub browser: String,
}

/// An account's sessions, the one used last first.
pub fn of_user(
    connection: &mut AnyConnection,
    user: UserId,
    now: Timestamp,
) -> QueryResult<Vec<OpenSession>> {
    let rows: Vec<(SessionId, Timestamp, String)> = sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::expires_at.gt(now))
        .order((sessions::seen_at.desc(), sessions::id.desc()))
        .select((sessions::id, sessions::seen_at, sessions::state))
        .load(connection)?;
    Ok(rows.into_iter().filter_map(|(id, seen_at, state)| open(id, seen_at, &state)).collect())
}

fn open(id: SessionId, seen_at: Timestamp, state: &str) -> Option<OpenSession> {
    let state: std::collections::HashMap<String, String> = serde_json::from_str(state).ok()?;
    let SignedIn { since, address, browser, .. } = serde_json::from_str(state.get(ACCOUNT)?).ok()?;
    Some(OpenSession { id, since, seen_at, address: address.unwrap_or_default(), browser })
}

/// Ends one of the account's sessions; `false` when it has none of that id.
pub fn end(connection: &mut AnyConnection, user: UserId, id: SessionId) -> QueryResult<bool> {
    let own = sessions::table.filter(sessions::user_id.eq(user)).filter(sessions::id.eq(id));
    Ok(diesel::delete(own).execute(connection)? > 0)
}

/// Ends all of the account's sessions but this one; says how many.
pub fn end_others(
    connection: &mut AnyConnection,
    user: UserId,
    keep: Option<SessionId>,
) -> QueryResult<usize> {
    let own = sessions::table.filter(sessions::user_id.eq(user));
    match keep {
        Some(keep) => diesel::delete(own.filter(sessions::id.ne(keep))).execute(connection),
        None => diesel::delete(own).execute(connection),
    }
}
