//! Who gets in: accounts, sign-in, sessions, and one-use links.
//!
//! There is no default account and no default password. The first root administrator is made by a one-use link that
//! the program prints; every other password is set by a one-use link as well. Sessions live in the database under
//! the hash of their key, so that a disabled account is out at its next request.

mod identify;
mod model;
pub mod pages;
mod password;
mod session_store;
pub mod store;
pub mod tokens;

pub use identify::identify;
pub use model::{AccountRole, AccountState, NewUser, Purpose, User};
pub use password::{PasswordFault, check_new as check_new_password, hash as hash_password};
pub use session_store::DbSessionStore;
