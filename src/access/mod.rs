//! Who gets in: accounts, sign-in, sessions, and one-use links.
//!
//! There is no default account and no default password. The first root administrator is made by a one-use link that
//! the program prints; every other password is set by a one-use link as well. Sessions live in the database under
//! the hash of their key, so that a disabled account is out at its next request.
//!
//! Root's people need a second factor, a re-seller's may set one up. What must not happen by a stolen session, such as
//! posting a statement or changing terms, asks for it again, or for the password where there is none. Tries are
//! limited by account and address; a browser that its owner has signed in with has tries of its own, so that nobody
//! is locked out by strangers.

mod cookie;
pub mod factors;
mod identify;
pub mod listed;
mod model;
pub mod open_sessions;
pub mod pages;
mod password;
pub mod people;
mod seen;
mod session;
mod session_store;
pub mod store;
mod throttle;
pub mod tokens;
pub mod totp;
mod tries;

pub use cookie::renew_cookie;
pub use identify::identify;
pub use model::{AccountState, NewUser, Purpose, User, role_words};
pub use password::{PasswordFault, check_new as check_new_password, hash as hash_password};
pub use seen::look_once;
pub use session::{ACCOUNT as SESSION_ACCOUNT, LIMITS as SESSION_LIMITS, Limits, SignedIn};
pub use session_store::DbSessionStore;
