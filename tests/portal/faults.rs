//! What happens when the program, the disk or the database breaks off: nothing that was answered as done is lost,
//! nothing is half done, and the page says what happened.
//!
//! The real program runs here. `FAULTS=all` tries many more moments than the test command does.

pub mod cases;
mod database;
mod disk;
mod file;
mod kills;
pub mod mail_server;
mod secrets;
mod served;
pub mod setting;
mod stopping;
mod strace;
mod syncs;
mod twice;
pub mod work;
