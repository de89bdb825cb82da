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
    /// The browser and the system, as far as it says: `Firefox on Windows`.
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
    Some(OpenSession { id, since, seen_at, address: address.unwrap_or_default(), browser: named(&browser) })
}

/// What people call a browser that calls itself so; each imitates others, so the rarer names come first.
fn named(agent: &str) -> String {
    const BROWSERS: [(&str, &str); 6] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let find = |names: &[(&str, &'static str)]| {
        names.iter().find(|(part, _)| agent.contains(part)).map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "Unknown browser".to_owned(),
    }
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

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn a_browser_is_named_as_people_know_it() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0";
        assert_eq!(named(edge), "Edge on Windows");
        assert_eq!(
            named("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"),
            "Firefox on Linux"
        );
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";
        assert_eq!(named(phone), "Safari on iPhone");
        assert_eq!(
            (named("curl/8.5"), named("")),
            ("Unknown browser".to_owned(), "Unknown browser".to_owned())
        );
    }
}
