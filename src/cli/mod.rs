//! The command line: one file for each subcommand.

mod archive;
mod backup;
mod close;
mod copy;
mod demo;
mod import;
mod migrate;
mod rate;
mod report;
mod restore;
mod serve;
mod user;
mod verify;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::bail;
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
    /// What is logged to standard error, such as info or reseller_portal=debug [default: warn,reseller_portal=info]
    #[arg(long, env = "LOG", global = true)]
    log: Option<String>,
    /// How it is written: text, or json for one object a line
    #[arg(long, env = "LOG_FORMAT", global = true, value_enum, default_value = "text")]
    log_format: LogFormat,
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
    /// Recompute every seal and sum of what was posted, logged and is kept; exits with 1 at a difference
    Verify(verify::Options),
    /// Write a report's rows: usage or revenue of a month
    Report(report::Options),
    /// Take a settled month's usage records out of PostgreSQL's whole, to be stored and dropped
    Archive(archive::Options),
    /// Save the database into one file while the portal goes on working
    Backup(backup::Options),
    /// Fill a new database from a backup
    Restore(restore::Options),
    /// Move an installation from one database into another
    Copy(copy::Options),
    /// Bring the database's schema up to date
    Migrate,
    /// Make an account, whose password is set by a one-use link
    #[command(subcommand)]
    User(user::Command),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

/// Logs to standard error, in colours only where somebody looks at it.
fn begin_log(line: &CommandLine) {
    let filter = line.log.as_deref().unwrap_or("warn,reseller_portal=info");
    let log = tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new(filter))
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match line.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}

/// Runs the command; errors go to standard error.
pub fn run(line: CommandLine) -> ExitCode {
    begin_log(&line);
    match dispatch(line) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(line: CommandLine) -> anyhow::Result<ExitCode> {
    let config = Config::from_settings(line.settings, line.config.as_deref())?;
    match line.command.unwrap_or(Command::Serve) {
        Command::Serve => serve::run(open(config)?),
        Command::Demo(options) => demo::run(open(config)?, &options),
        Command::Import(arguments) => import::run(&open(config)?, &arguments),
        Command::Rate(options) => rate::run(&open(config)?, &options),
        Command::Close(options) => close::run(&open(config)?, &options),
        Command::Verify(options) => verify::run(&open(config)?, &options),
        Command::Report(options) => report::run(&open(config)?, &options),
        Command::Archive(options) => archive::run(&open(config)?, &options),
        // These take databases as they are.
        Command::Backup(options) => backup::run(&config, &options),
        Command::Restore(options) => restore::run(&config, &options),
        Command::Copy(options) => copy::run(&config, &options),
        Command::Migrate => migrate::run(&open(config)?),
        Command::User(command) => user::run(&open(config)?, &command),
    }
}

/// Opens the database and brings its schema up to date.
fn open(config: Config) -> anyhow::Result<Parts> {
    let db = Db::open(&config.database_url)?.reporting_from(config.read_database_url.as_deref());
    if !config.no_migrate {
        db.on_writer(db::migrate)??;
    } else if db.on_writer(db::is_outdated)?? {
        bail!("the schema is not up to date: run reseller-portal migrate as a user who may change tables");
    }
    let demo = db.read_blocking(settings::is_demo)?;
    Ok(Parts { config: Arc::new(config), db, clock: Arc::new(SystemClock), demo })
}
