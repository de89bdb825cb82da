//! The database: one code path for embedded SQLite and for PostgreSQL.
//!
//! Stores get an [`AnyConnection`] and never ask which database it is. [`Db`] runs their functions off the async
//! threads: [`Db::read`] on a reader, [`Db::write`] in one serialisable transaction that is tried again when
//! PostgreSQL asks for it. Where the two databases differ, one small named extension lives in this folder.

mod address;
pub mod columns;
mod connection;
mod failure;
mod migrations;
mod numeric;
pub mod once;
pub mod paging;
mod pool;
pub mod query;
mod replica;
pub mod schema;
pub mod tables;
pub mod transaction;

pub use connection::{AnyConnection, MultiBackend, close, connect, look_at_tables, sqlite_path};
pub use diesel::QueryResult;
pub use failure::{Decided, Failure, Never};
pub use migrations::{applied, is_outdated, known, migrate, migrate_within, revert_all};
pub use pool::{Db, OpenError, Turns};
pub use replica::Reported;
