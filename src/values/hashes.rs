//! Half of a SHA-256: enough to tell any number of records apart, as small as an id.

use sha2::{Digest, Sha256};
use uuid::Uuid;

macro_rules! hashes {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            pub fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            pub fn as_uuid(self) -> Uuid {
                self.0
            }

            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            pub fn bytes(self) -> [u8; 16] {
                self.0.into_bytes()
            }
        }

        impl From<Sha256> for $name {
            fn from(hash: Sha256) -> Self {
                let mut start = [0; 16];
                for (byte, hashed) in start.iter_mut().zip(hash.finalize()) {
                    *byte = hashed;
                }
                Self::from_bytes(start)
            }
        }
    )* };
}

hashes!(
    /// Of what a usage record is called: its source and its id there.
    KeyHash,
    /// Of what a usage record says.
    ContentHash,
);

impl KeyHash {
    /// Neither name holds a NUL, so that no two pairs are written alike.
    pub fn of(source: &str, key: &str) -> Self {
        Sha256::new().chain_update(source).chain_update([0]).chain_update(key).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_start_of_a_sha_256_that_any_database_can_compute() {
        // printf 'portal\0a-1' | sha256sum
        let hash = KeyHash::of("portal", "a-1");
        assert_eq!(hash.as_uuid().simple().to_string(), "1c33b110c652d74b3168c62d8ff46647");
        assert_ne!(hash, KeyHash::of("portala", "-1"));
        assert_eq!(KeyHash::from_bytes(hash.bytes()), hash);
    }
}
