//! The command line beside the world's server, on the same database.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::{SECRET, World};

pub fn run(world: &World, arguments: &[&str]) -> Output {
    run_on(&world.config.database_url, world.folder(), arguments)
}

/// The same on any database.
pub fn run_on(database_url: &str, folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_reseller-portal"))
        .current_dir(folder)
        .env("DATABASE_URL", database_url)
        // A test server may be anywhere.
        .env("ALLOW_PLAIN_CONNECTIONS", "true")
        .env("SECRET_KEY", SECRET)
        .args(arguments)
        .output()
        .unwrap()
}

/// What a command says that must succeed.
#[track_caller]
pub fn said(world: &World, arguments: &[&str]) -> String {
    let output = run(world, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
pub fn json(world: &World, arguments: &[&str]) -> Value {
    serde_json::from_str(&said(world, arguments)).unwrap()
}

/// A CSV as rows of named cells.
pub fn cells(content: &str) -> Vec<std::collections::HashMap<String, String>> {
    csv::Reader::from_reader(content.as_bytes()).deserialize().map(Result::unwrap).collect()
}
