//! Parses the command line, configures, and hands over.

use clap::Parser;
use reseller_portal::cli::{self, CommandLine};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::run(CommandLine::parse())
}
