//! `demo`: loads the demonstration data once, prints the accounts, then serves.

use std::process::ExitCode;

use anyhow::bail;

use super::serve;
use crate::app::Parts;
use crate::demo;
use crate::settings;
use crate::web::Site;

/// The provider of the demonstration, unless its portal has a name.
const PROVIDER: &str = "Northgate Cloud";

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Load the data and end
    #[arg(long)]
    no_serve: bool,
}

pub(super) fn run(mut parts: Parts, options: &Options) -> anyhow::Result<ExitCode> {
    if !parts.demo {
        if !parts.db.read_blocking(demo::is_empty)? {
            bail!("this database has other data; give the demonstration one of its own with --database-url");
        }
        demo::load(&parts, |step| eprintln!("Loading {step}"))?;
        parts.demo = parts.db.read_blocking(settings::is_demo)?;
    }
    if parts.config.portal_name == Site::UNNAMED {
        let mut named = (*parts.config).clone();
        named.portal_name = PROVIDER.into();
        parts.config = named.into();
    }
    println!("Demonstration accounts:");
    for (name, password) in settings::DEMO_SIGN_INS {
        println!("  {name:<8} {password}");
    }
    println!("The page after root's password shows the code of its second factor.");
    if options.no_serve { Ok(ExitCode::SUCCESS) } else { serve::run(parts) }
}
