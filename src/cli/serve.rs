//! `serve`: says where the portal is and how to sign in, then serves.

use std::net::TcpListener;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;

use crate::access::{Purpose, store, tokens};
use crate::app::{self, Parts};
use crate::db::{Db, Never};
use crate::jobs;

/// How long background work may go on after the last answer.
const GRACE: Duration = Duration::from_secs(5);

pub(super) fn run(parts: Parts) -> anyhow::Result<ExitCode> {
    let listener = TcpListener::bind(&parts.config.listen)
        .with_context(|| format!("cannot listen on {}", parts.config.listen))?;
    announce(&parts, &listener)?;
    let db = parts.db.clone();
    let system = actix_web::rt::System::new();
    let served = system.block_on(async { app::serve(parts, listener)?.await.map_err(anyhow::Error::from) });
    end_within(GRACE, db.clone());
    drop(system);
    leave(&db);
    served.map(|()| ExitCode::SUCCESS)
}

/// Ends the process, whatever still runs: a job that is broken off is undone, and begins anew at the next start or in
/// another process.
fn end_within(grace: Duration, db: Db) {
    std::thread::spawn(move || {
        std::thread::sleep(grace);
        leave(&db);
        std::process::exit(0);
    });
}

/// Others need not wait for what this process was at.
fn leave(db: &Db) {
    if let Err(error) = jobs::hand_back(db) {
        tracing::warn!("what this process was at could not be handed over: {error}");
    }
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
