//! Sessions in the database: only the hash of a session's key is stored, so that reading the table opens none.

use std::collections::HashMap;

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::cookie::time::Duration;
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::seen::{self, Counts, Owner};
use super::session::{self, ACCOUNT, APPLICANT, LIMITS, Limits, SignedIn};
use crate::clock::SharedClock;
use crate::db::schema::sessions;
use crate::db::{AnyConnection, Db, Failure};
use crate::on_backend;
use crate::values::{AccountSide, Timestamp, UserId};
use crate::web::random_token;

type State = HashMap<String, String>;

/// The session store of the portal's database.
#[derive(Clone)]
pub struct DbSessionStore {
    pub db: Db,
    pub clock: SharedClock,
    /// Counts what waits for the session's owner, for pages.
    pub counts: Counts,
}

/// A row of the table, as a request needs it.
type Stored = (String, Timestamp, i64, Timestamp);

impl DbSessionStore {
    /// The session's own limits, and when it is over unless it is used again.
    fn limits(&self, state: &State) -> (Limits, Timestamp) {
        let now = self.clock.now();
        let own = state.get(LIMITS).and_then(|text| serde_json::from_str(text).ok());
        let limits = own.unwrap_or_else(|| Limits::of(AccountSide::Reseller, now));
        (limits, expiry(now, limits.idle, limits.ends_at))
    }
}

impl DbSessionStore {
    /// A session that is not prolonged now is at its next request.
    async fn prolong(&self, hash: String, now: Timestamp, expiry: Timestamp) {
        let update = move |connection: &mut AnyConnection| -> Result<(), Failure> {
            diesel::update(sessions::table.find(&hash))
                .set((sessions::seen_at.eq(now), sessions::expires_at.eq(expiry)))
                .execute(connection)?;
            Ok(())
        };
        if let Err(error) = self.db.write_each_time(update).await {
            tracing::warn!("a session was not prolonged: {error}");
        }
    }
}

fn expiry(now: Timestamp, idle_seconds: i64, ends_at: Timestamp) -> Timestamp {
    now.plus(chrono::Duration::seconds(idle_seconds)).min(ends_at)
}

fn hash(key: &SessionKey) -> String {
    Sha256::digest(key.as_ref().as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The session's account, kept in a column of its own so that an account's sessions can be ended.
fn account(state: &State) -> Option<UserId> {
    match owner(state)? {
        Owner::Account(user) => Some(user),
        Owner::Applicant(..) => None,
    }
}

fn owner(state: &State) -> Option<Owner> {
    if let Some(account) = state.get(ACCOUNT) {
        return serde_json::from_str::<SignedIn>(account)
            .ok()
            .map(|signed_in| Owner::Account(signed_in.user));
    }
    let (id, email) = serde_json::from_str(state.get(APPLICANT)?).ok()?;
    Some(Owner::Applicant(id, email))
}

fn stored(connection: &mut AnyConnection, hash: &str, now: Timestamp) -> QueryResult<Option<Stored>> {
    let found = sessions::table.find(hash).filter(sessions::expires_at.gt(now)).select((
        sessions::state,
        sessions::seen_at,
        sessions::idle_seconds,
        sessions::ends_at,
    ));
    on_backend!(connection, |inner| found.first(inner)).optional()
}

impl SessionStore for DbSessionStore {
    /// Reads a session with its owner, and puts its end off: at most once a minute, so that most requests only read.
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        let (hash, now) = (hash(key), self.clock.now());
        let counts = seen::is_page().then_some(self.counts);
        let sought = hash.clone();
        let found = self.db.read(move |connection| {
            let Some(stored) = stored(connection, &sought, now)? else { return Ok(None) };
            let state = serde_json::from_str::<State>(&stored.0);
            let seen = seen::look(connection, state.as_ref().ok().and_then(owner), counts)?;
            Ok(Some((state, stored, seen)))
        });
        let (state, (_, seen_at, idle, ends_at), seen) = match found.await {
            Ok(Some(found)) => found,
            Ok(None) => return Ok(None),
            // An error here would become an answer without headers; the visitor is told by `identify`.
            Err(error) => {
                tracing::error!("a session could not be read: {error}");
                return Ok(Some(session::unreachable()));
            }
        };
        seen::keep(seen);
        if seen_at < now.plus(-chrono::Duration::minutes(1)) {
            self.prolong(hash, now, expiry(now, idle, ends_at)).await;
        }
        state.map(Some).map_err(|error| LoadError::Deserialization(error.into()))
    }

    async fn save(&self, state: State, _: &Duration) -> Result<SessionKey, SaveError> {
        let key: SessionKey = random_token()
            .try_into()
            .map_err(|_| SaveError::Other(anyhow::anyhow!("session key too long")))?;
        let text = serde_json::to_string(&state).map_err(|error| SaveError::Serialization(error.into()))?;
        let (hash, now, (limits, expiry)) = (hash(&key), self.clock.now(), self.limits(&state));
        let insert = move |connection: &mut AnyConnection| -> Result<(), Failure> {
            // Each new session takes the ones that are over with it.
            diesel::delete(sessions::table.filter(sessions::expires_at.le(now))).execute(connection)?;
            diesel::insert_into(sessions::table)
                .values((
                    sessions::key_hash.eq(&hash),
                    sessions::id.eq(limits.id),
                    sessions::user_id.eq(account(&state)),
                    sessions::state.eq(&text),
                    sessions::created_at.eq(now),
                    sessions::seen_at.eq(now),
                    sessions::idle_seconds.eq(limits.idle),
                    sessions::ends_at.eq(limits.ends_at),
                    sessions::expires_at.eq(expiry),
                ))
                .execute(connection)?;
            Ok(())
        };
        self.db.write(insert).await.map_err(|error| SaveError::Other(error.into()))?;
        Ok(key)
    }

    async fn update(&self, key: SessionKey, state: State, _: &Duration) -> Result<SessionKey, UpdateError> {
        let text = serde_json::to_string(&state).map_err(|error| UpdateError::Serialization(error.into()))?;
        let (hash, now, (_, expiry)) = (hash(&key), self.clock.now(), self.limits(&state));
        let update = move |connection: &mut AnyConnection| -> Result<(), Failure> {
            diesel::update(sessions::table.find(&hash))
                .set((
                    sessions::user_id.eq(account(&state)),
                    sessions::state.eq(&text),
                    sessions::seen_at.eq(now),
                    sessions::expires_at.eq(expiry),
                ))
                .execute(connection)?;
            Ok(())
        };
        // What matters gets a new key, by `save`. Here the sentence about the last change is noted, or that it was
        // shown: without it the answer is right all the same.
        if let Err(error) = self.db.write(update).await {
            tracing::warn!("a session's sentence was not noted: {error}");
        }
        Ok(key)
    }

    /// Called at the end of each request; `load` has put the end off already.
    async fn update_ttl(&self, _: &SessionKey, _: &Duration) -> Result<(), anyhow::Error> {
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        let hash = hash(key);
        let delete = move |connection: &mut AnyConnection| -> Result<(), Failure> {
            diesel::delete(sessions::table.find(&hash)).execute(connection)?;
            Ok(())
        };
        Ok(self.db.write(delete).await?)
    }
}
