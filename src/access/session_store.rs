//! Sessions in the database: only the hash of a session's key is stored, so that reading the table opens none.

use std::collections::HashMap;

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::cookie::time::Duration;
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::identify::USER_KEY;
use crate::clock::SharedClock;
use crate::db::schema::sessions;
use crate::db::{Db, Failure};
use crate::values::{Timestamp, UserId};
use crate::web::random_token;

type State = HashMap<String, String>;

/// The session store of the portal's database.
#[derive(Clone)]
pub struct DbSessionStore {
    pub db: Db,
    pub clock: SharedClock,
}

impl DbSessionStore {
    fn expiry(&self, lifetime: &Duration) -> Timestamp {
        self.clock.now().plus(chrono::Duration::seconds(lifetime.whole_seconds()))
    }
}

fn hash(key: &SessionKey) -> String {
    Sha256::digest(key.as_ref().as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The session's account, kept in a column of its own so that an account's sessions can be ended.
fn owner(state: &State) -> Option<UserId> {
    serde_json::from_str(state.get(USER_KEY)?).ok()
}

impl SessionStore for DbSessionStore {
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        let (hash, now) = (hash(key), self.clock.now());
        let find = move |connection: &mut _| {
            sessions::table
                .find(hash)
                .filter(sessions::expires_at.gt(now))
                .select(sessions::state)
                .first::<String>(connection)
                .optional()
        };
        let state = self.db.read(find).await.map_err(|error| LoadError::Other(error.into()))?;
        state
            .map(|state| {
                serde_json::from_str(&state).map_err(|error| LoadError::Deserialization(error.into()))
            })
            .transpose()
    }

    async fn save(&self, state: State, lifetime: &Duration) -> Result<SessionKey, SaveError> {
        let key: SessionKey = random_token()
            .try_into()
            .map_err(|_| SaveError::Other(anyhow::anyhow!("session key too long")))?;
        let text = serde_json::to_string(&state).map_err(|error| SaveError::Serialization(error.into()))?;
        let (hash, now, expiry) = (hash(&key), self.clock.now(), self.expiry(lifetime));
        let insert = move |connection: &mut crate::db::AnyConnection| -> Result<(), Failure> {
            // Each new session takes the ones that are over with it.
            diesel::delete(sessions::table.filter(sessions::expires_at.le(now))).execute(connection)?;
            diesel::insert_into(sessions::table)
                .values((
                    sessions::key_hash.eq(&hash),
                    sessions::user_id.eq(owner(&state)),
                    sessions::state.eq(&text),
                    sessions::created_at.eq(now),
                    sessions::expires_at.eq(expiry),
                ))
                .execute(connection)?;
            Ok(())
        };
        self.db.write(insert).await.map_err(|error| SaveError::Other(error.into()))?;
        Ok(key)
    }

    async fn update(
        &self,
        key: SessionKey,
        state: State,
        lifetime: &Duration,
    ) -> Result<SessionKey, UpdateError> {
        let text = serde_json::to_string(&state).map_err(|error| UpdateError::Serialization(error.into()))?;
        let (hash, expiry) = (hash(&key), self.expiry(lifetime));
        let update = move |connection: &mut crate::db::AnyConnection| -> Result<(), Failure> {
            diesel::update(sessions::table.find(&hash))
                .set((
                    sessions::user_id.eq(owner(&state)),
                    sessions::state.eq(&text),
                    sessions::expires_at.eq(expiry),
                ))
                .execute(connection)?;
            Ok(())
        };
        self.db.write(update).await.map_err(|error| UpdateError::Other(error.into()))?;
        Ok(key)
    }

    /// Called at each request. Most requests only read: an expiry is moved at most once a minute.
    async fn update_ttl(&self, key: &SessionKey, lifetime: &Duration) -> Result<(), anyhow::Error> {
        let (hash, expiry) = (hash(key), self.expiry(lifetime));
        let recent = expiry.plus(-chrono::Duration::minutes(1));
        let stale =
            sessions::table.find(hash).filter(sessions::expires_at.lt(recent)).select(sessions::key_hash);
        let stale = self.db.read(move |connection| stale.first::<String>(connection).optional()).await?;
        let Some(hash) = stale else { return Ok(()) };
        let update = move |connection: &mut crate::db::AnyConnection| -> Result<(), Failure> {
            diesel::update(sessions::table.find(&hash))
                .set(sessions::expires_at.eq(expiry))
                .execute(connection)?;
            Ok(())
        };
        Ok(self.db.write(update).await?)
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        let hash = hash(key);
        let delete = move |connection: &mut crate::db::AnyConnection| -> Result<(), Failure> {
            diesel::delete(sessions::table.find(&hash)).execute(connection)?;
            Ok(())
        };
        Ok(self.db.write(delete).await?)
    }
}
