//! What the tests stand on: a running app with a database of its own, clients by role, builders of rows.

#![allow(dead_code, unused_imports, reason = "each test binary uses its own part")]

pub mod builders;
pub mod catalogue;
mod client;
mod clock;
mod database;
mod forms;
mod mails;
mod page;
mod pooler;
mod postgres;
mod program;
mod world;

pub use client::{Client, Upload};
pub use clock::FixedClock;
pub use database::{Database, Place};
pub use forms::{Input, PageForm};
pub use page::Page;
pub use pooler::Pooler;
pub use postgres::{Server, administer};
pub use program::{Program, command, command_for, command_under};
pub use world::{NOW, PASSWORD, SECRET, World, wait_for};

/// Makes two tests of each function: one on SQLite, one on PostgreSQL. One call in a file.
///
/// ```ignore
/// on_both! {
///     fn a_stranger_is_sent_to_sign_in(world) {
///         assert_eq!(world.anonymous().get("/audit").status, 303);
///     }
/// }
/// ```
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* fn $name:ident($world:ident) $body:block)*) => {
        $($(#[$meta])* fn $name($world: &$crate::support::World) $body)*

        mod sqlite {
            $(#[test] fn $name() {
                super::$name(&$crate::support::World::on($crate::support::Database::Sqlite));
            })*
        }

        mod postgres {
            $(#[test] fn $name() {
                super::$name(&$crate::support::World::on($crate::support::Database::Postgres));
            })*
        }
    };
}
