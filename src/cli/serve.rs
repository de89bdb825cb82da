//! `serve`: says where the portal is and how to sign in, then serves.

use std::net::TcpListener;
use std::process::ExitCode;

use anyhow::Context;

use crate::access::{Purpose, store, tokens};
use crate::app::{self, Parts};
use crate::db::Never;

pub(super) fn run(parts: Parts) -> anyhow::Result<ExitCode> {
    let listener = TcpListener::bind(&parts.config.listen)
        .with_context(|| format!("cannot listen on {}", parts.config.listen))?;
    announce(&parts, &listener)?;
    actix_web::rt::System::new()
        .block_on(async { app::serve(parts, listener)?.await.map_err(anyhow::Error::from) })?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the address and, while there is no root administrator, the one-use link that makes the first.
fn announce(parts: &Parts, listener: &TcpListener) -> anyhow::Result<()> {
    let scheme = if parts.config.certificate.is_some() { "https" } else { "http" };
    println!("{} is at {scheme}://{}", parts.config.portal_name, listener.local_addr()?);
    if let Some(path) = first_root_path(parts)? {
        println!("No root administrator yet. Create the first one with this link; it works once:");
        println!("  {}{path}", parts.config.public_url);
    }
    Ok(())
}

fn first_root_path(parts: &Parts) -> anyhow::Result<Option<String>> {
    let now = parts.clock.now();
    let path = parts.db.write_blocking::<_, Never>(|connection| {
        if store::has_root(connection)? {
            return Ok(None);
        }
        let secret = tokens::issue(connection, Purpose::FirstRoot, None, now)?;
        Ok(Some(format!("/welcome/{secret}")))
    })?;
    Ok(path)
}
