//! The command line: one file for each subcommand.

mod close;
mod demo;
mod import;
mod migrate;
mod rate;
mod report;
mod serve;
mod user;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};

use crate::app::Parts;
use crate::clock::SystemClock;
use crate::config::{Config, Settings};
use crate::db::{self, Db};
use crate::settings;

/// Carries a provider's re-seller relationships from the first request to the revenue share.
#[derive(Debug, Parser)]
#[command(name = "reseller-portal", version, about)]
pub struct CommandLine {
    /// Settings file [default: portal.toml when it exists]
    #[arg(long, env = "CONFIG", global = true)]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the portal (the default)
    Serve,
    /// Load demonstration data into an empty database, then serve
    Demo(demo::Options),
    /// Import a usage file; exits with 1 when rows are rejected
    Import(import::Arguments),
    /// Rate a month: charge lines from subscriptions, usage and prices
    Rate(rate::Which),
    /// Close a month: freeze its statements and tell what their checklists say
    Close(close::Options),
    /// Recompute every seal and total of what was posted and logged; exits with 1 at a difference
    Verify(verify::Options),
    /// Write a report's rows: usage or revenue of a month
    Report(report::Options),
    /// Bring the database's schema up to date
    Migrate,
    /// Make an account, whose password is set by a one-use link
    #[command(subcommand)]
    User(user::Command),
}

/// Runs the command; errors go to standard error.
pub fn run(line: CommandLine) -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("LOG")
                .unwrap_or_else(|_| "warn,reseller_portal=info".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    match dispatch(line) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(line: CommandLine) -> anyhow::Result<ExitCode> {
    let parts = open(line.settings, line.config.as_deref())?;
    match line.command.unwrap_or(Command::Serve) {
        Command::Serve => serve::run(parts),
        Command::Demo(options) => demo::run(parts, &options),
        Command::Import(arguments) => import::run(&parts, &arguments),
        Command::Rate(options) => rate::run(&parts, &options),
        Command::Close(options) => close::run(&parts, &options),
        Command::Verify(options) => verify::run(&parts, &options),
        Command::Report(options) => report::run(&parts, &options),
        Command::Migrate => migrate::run(&parts),
        Command::User(command) => user::run(&parts, &command),
    }
}

/// Opens the database and brings its schema up to date.
fn open(given: Settings, file: Option<&std::path::Path>) -> anyhow::Result<Parts> {
    let config = Config::from_settings(given, file)?;
    let db = Db::open(&config.database_url)?;
    db.on_writer(db::migrate)??;
    let demo = db.read_blocking(settings::is_demo)?;
    Ok(Parts { config: Arc::new(config), db, clock: Arc::new(SystemClock), demo })
}
