//! What a session knows: who signed in, since when, and when it ends whatever happens.
//!
//! A session ends after a time without use and, used or not, after a longer one; root's are shorter. Its key changes
//! when somebody signs in and whenever what they may do changes.

use std::collections::HashMap;

use actix_session::Session;
use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::values::{AccountSide, ApplicantId, Email, SessionId, Timestamp, UserId};
use crate::web::{Error, Lasting};

/// The session's entry for an account.
pub const ACCOUNT: &str = "account";
/// The session's entry for its own limits.
pub const LIMITS: &str = "limits";
/// The session's entry for an applicant.
pub(super) const APPLICANT: &str = "applicant";
const PENDING: &str = "pending";

const UNREACHABLE: &str = "unreachable";

/// How long a right password waits for its second factor.
const PENDING_LASTS: Duration = Duration::minutes(10);

/// Somebody who signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    pub user: UserId,
    pub since: Timestamp,
    /// Whether a second factor was given.
    pub factor: bool,
    /// When this person last proved who they are,
    pub proved_at: Timestamp,
    /// and by everything that signing in asks for.
    pub fully_proved_at: Timestamp,
    pub address: Option<String>,
    /// What the browser calls itself.
    pub browser: String,
}

/// How long a session lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    pub id: SessionId,
    /// Seconds without use.
    pub idle: i64,
    pub ends_at: Timestamp,
}

impl Limits {
    /// 30 minutes without use and 12 hours in all; root 15 minutes and 8 hours.
    pub fn of(side: AccountSide, now: Timestamp) -> Self {
        let (idle, longest) = match side {
            AccountSide::Root => (Duration::minutes(15), Duration::hours(8)),
            AccountSide::Reseller => (Duration::minutes(30), Duration::hours(12)),
        };
        Self { id: SessionId::generate(), idle: idle.num_seconds(), ends_at: now.plus(longest) }
    }
}

/// Somebody whose password was right and whose second factor is awaited.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Pending {
    pub user: UserId,
    pub at: Timestamp,
    /// Where to go afterwards.
    pub next: String,
}

/// Signs an account in under a new session key.
pub(super) fn enter(session: &Session, signed_in: &SignedIn, side: AccountSide) -> Result<(), Error> {
    session.clear();
    session.renew();
    put(session, LIMITS, Limits::of(side, signed_in.since))?;
    put(session, ACCOUNT, signed_in)
}

/// Notes a fresh proof, or a second factor, under a new session key.
pub(super) fn strengthen(session: &Session, signed_in: &SignedIn) -> Result<(), Error> {
    session.renew();
    put(session, ACCOUNT, signed_in)
}

pub(super) fn signed_in(session: &Session) -> Option<SignedIn> {
    session.get(ACCOUNT).ok().flatten()
}

/// The id under which the session is listed.
pub(super) fn id(session: &Session) -> Option<SessionId> {
    session.get::<Limits>(LIMITS).ok().flatten().map(|limits| limits.id)
}

/// How long the session lasts from now on.
pub(super) fn lasting(session: &Session, now: Timestamp) -> Option<Lasting> {
    let limits: Limits = session.get(LIMITS).ok().flatten()?;
    Some(Lasting { idle: limits.idle, longest: (limits.ends_at.utc() - now.utc()).num_seconds() })
}

/// Lets an applicant in under a new session key.
pub(super) fn enter_as_applicant(
    session: &Session,
    id: ApplicantId,
    email: &Email,
    now: Timestamp,
) -> Result<(), Error> {
    session.clear();
    session.renew();
    put(session, LIMITS, Limits::of(AccountSide::Reseller, now))?;
    put(session, APPLICANT, (id, email))
}

pub(super) fn applicant(session: &Session) -> Option<(ApplicantId, Email)> {
    session.get(APPLICANT).ok().flatten()
}

/// Waits for the second factor, in a session that opens nothing yet.
pub(super) fn await_factor(session: &Session, pending: &Pending) -> Result<(), Error> {
    session.clear();
    session.renew();
    put(session, PENDING, pending)
}

pub(super) fn pending(session: &Session, now: Timestamp) -> Option<Pending> {
    let pending: Pending = session.get(PENDING).ok().flatten()?;
    (now < pending.at.plus(PENDING_LASTS)).then_some(pending)
}

/// What stands for a session that could not be read.
pub(super) fn unreachable() -> HashMap<String, String> {
    [(UNREACHABLE.to_owned(), "true".to_owned())].into()
}

pub(super) fn is_unreachable(session: &Session) -> bool {
    session.get::<bool>(UNREACHABLE).ok().flatten().is_some()
}

/// Ends the session, if there is one.
pub(super) fn leave(session: &Session) {
    session.purge();
}

fn put(session: &Session, key: &str, value: impl Serialize) -> Result<(), Error> {
    session.insert(key, value).map_err(|error| Error::Internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use actix_session::{SessionExt, SessionStatus};
    use actix_web::test::TestRequest;
    use serde_json::Value;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000).unwrap()
    }

    /// A session in which something stands already, as a stranger could have planted it.
    fn planted() -> Session {
        let session = TestRequest::default().to_srv_request().get_session();
        session.insert("planted", true).unwrap();
        session
    }

    fn signed_in_at(seconds: i64) -> SignedIn {
        SignedIn {
            user: UserId::derived("rosa"),
            since: at(seconds),
            factor: false,
            proved_at: at(seconds),
            fully_proved_at: at(seconds),
            address: None,
            browser: "Test".into(),
        }
    }

    /// The names of what stands in a session whose key is new.
    fn entries_under_a_new_key(session: &Session) -> Vec<String> {
        assert_eq!(session.status(), SessionStatus::Renewed);
        let mut names: Vec<String> = session.entries().keys().cloned().collect();
        names.sort();
        names
    }

    #[test]
    fn roots_sessions_are_the_shorter_ones() {
        let told = |side| {
            let limits = Limits::of(side, at(0));
            (limits.idle, limits.ends_at)
        };
        assert_eq!(told(AccountSide::Root), (15 * 60, at(8 * 3600)));
        assert_eq!(told(AccountSide::Reseller), (30 * 60, at(12 * 3600)));
    }

    #[test]
    fn signing_in_leaves_nothing_of_what_was_there() {
        let session = planted();
        assert_eq!((signed_in(&session), id(&session)), (None, None));
        enter(&session, &signed_in_at(5), AccountSide::Root).unwrap();
        assert_eq!(entries_under_a_new_key(&session), [ACCOUNT, LIMITS]);
        assert_eq!(signed_in(&session), Some(signed_in_at(5)));
        let limits: Limits = session.get(LIMITS).unwrap().unwrap();
        assert_eq!((id(&session), limits.ends_at), (Some(limits.id), at(5 + 8 * 3600)));
    }

    #[test]
    fn a_fresh_proof_changes_the_key_and_keeps_the_limits() {
        let session = TestRequest::default().to_srv_request().get_session();
        put(&session, LIMITS, Limits::of(AccountSide::Root, at(0))).unwrap();
        let listed = id(&session);
        strengthen(&session, &signed_in_at(9)).unwrap();
        assert_eq!(entries_under_a_new_key(&session), [ACCOUNT, LIMITS]);
        assert_eq!(signed_in(&session), Some(signed_in_at(9)));
        assert!(listed.is_some() && id(&session) == listed);
    }

    #[test]
    fn an_applicants_session_is_a_new_one_too() {
        let (session, email) = (planted(), "owner@halden.example".parse().unwrap());
        assert_eq!(applicant(&session), None);
        enter_as_applicant(&session, ApplicantId::derived("halden"), &email, at(0)).unwrap();
        assert_eq!(entries_under_a_new_key(&session), [APPLICANT, LIMITS]);
        assert_eq!(applicant(&session), Some((ApplicantId::derived("halden"), email)));
        assert_eq!(signed_in(&session), None);
    }

    #[test]
    fn a_right_password_waits_ten_minutes_for_its_factor_and_opens_nothing() {
        let session = planted();
        assert!(pending(&session, at(0)).is_none());
        let waiting = Pending { user: UserId::derived("rosa"), at: at(0), next: "/people".into() };
        await_factor(&session, &waiting).unwrap();
        assert_eq!(entries_under_a_new_key(&session), [PENDING]);
        let found = pending(&session, at(599)).unwrap();
        assert_eq!((found.user, found.next.as_str()), (UserId::derived("rosa"), "/people"));
        assert!(pending(&session, at(600)).is_none());
        assert_eq!(signed_in(&session), None);
    }

    #[test]
    fn a_session_that_could_not_be_read_is_known_as_such() {
        let session = planted();
        assert!(!is_unreachable(&session));
        for (name, value) in unreachable() {
            session.insert(name, serde_json::from_str::<Value>(&value).unwrap()).unwrap();
        }
        assert!(is_unreachable(&session));
    }

    #[test]
    fn a_session_lasts_to_its_end_whoever_uses_it() {
        let session = planted();
        assert!(lasting(&session, at(0)).is_none());
        enter(&session, &signed_in_at(0), AccountSide::Reseller).unwrap();
        let told = lasting(&session, at(3600)).unwrap();
        assert_eq!((told.idle, told.longest), (30 * 60, 11 * 3600));
    }

    #[test]
    fn leaving_ends_the_session() {
        let session = planted();
        leave(&session);
        assert_eq!(session.status(), SessionStatus::Purged);
        assert!(session.entries().is_empty());
    }
}
