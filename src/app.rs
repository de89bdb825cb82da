//! Builds the application: joins the database, the pages and the middleware, and listens.

use std::net::TcpListener;
use std::sync::Arc;

use actix_session::SessionMiddleware;
use actix_session::config::{PersistentSession, TtlExtensionPolicy};
use actix_web::cookie::{Key, SameSite, time::Duration};
use actix_web::dev::Server;
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::Data;
use actix_web::{App, HttpResponse, HttpServer, web as actix};
use anyhow::Context;

use crate::access::{self, DbSessionStore};
use crate::audit::chain;
use crate::clock::SharedClock;
use crate::config::Config;
use crate::db::{self, AnyConnection, Db, Failure, Never};
use crate::jobs::Runner;
use crate::keyring::Keyring;
use crate::mail::{self, Letterhead, Sender};
use crate::metrics::{self, Metrics};
use crate::pressure::{self, Pressure};
use crate::values::{ProcessId, Timestamp};
use crate::web::{Error, Site, csrf, error_pages, headers, pace, request_id};
use crate::{dashboards, gate, leases, once, rating, routes, settlement, usage, work};

/// How long requests that are under way may take when the process is told to stop, in seconds.
const FINISHING: u64 = 20;

/// How long a browser keeps the session's cookie; the session itself ends earlier, by its own limits.
const LONGEST: Duration = Duration::hours(12);

/// Everything the application needs from outside.
#[derive(Clone)]
pub struct Parts {
    pub config: Arc<Config>,
    pub db: Db,
    pub clock: SharedClock,
    /// Demonstration data is loaded.
    pub demo: bool,
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(never) => match never {},
            Failure::Query(diesel::result::Error::NotFound) => Self::NotFound,
            Failure::SentBefore => Self::SentBefore(None),
            failure if failure.is_out_of_space() => Self::NoSpace(failure.to_string()),
            failure if failure.is_passing() => Self::Unavailable(failure.to_string()),
            failure => Self::Internal(failure.to_string()),
        }
    }
}

/// Serves on the listener until the process is told to stop; background work runs beside it.
pub fn serve(parts: Parts, listener: TcpListener) -> anyhow::Result<Server> {
    let Parts { config, db, clock, demo } = parts;
    work_in_background(&config, &db, &clock)?;
    let site = Data::new(site(&config, &clock, demo));
    let pressure = Data::new(Pressure::new(&config));
    let metrics = figures(&config, &db, &clock)?;
    let funnel = Data::new(dashboards::KeptFunnel::default());
    actix_web::rt::spawn(forget_visitors(pressure.clone()));
    let keys = config.keys.cookie_keys();
    let server = HttpServer::new(move || {
        let store = DbSessionStore { db: db.clone(), clock: clock.clone(), counts: dashboards::waiting };
        let keys = keys.clone();
        let name = session_cookie(site.https);
        let sessions = sessions(store, &keys, site.https);
        App::new()
            .app_data(Data::new(db.clone()))
            .app_data(site.clone())
            .app_data(pressure.clone())
            .app_data(metrics.clone())
            .app_data(funnel.clone())
            .app_data(usage::pages::upload::limits())
            .app_data(actix::PayloadConfig::new(1024 * 1024))
            .app_data(actix::PathConfig::default().error_handler(|_, _| Error::NotFound.into()))
            .app_data(actix::QueryConfig::default().error_handler(|error, _| {
                Error::BadRequest(format!("The address has a part that cannot be read: {error}.")).into()
            }))
            // The last one wrapped runs first.
            .wrap(from_fn(once::answer))
            .wrap(from_fn(gate::gate))
            .wrap(from_fn(pressure::count))
            .wrap(from_fn(csrf::protect))
            .wrap(from_fn(error_pages))
            .wrap(from_fn(access::identify))
            .wrap(sessions)
            .wrap(from_fn(access::look_once))
            .wrap(from_fn(move |request, next| access::renew_cookie(request, next, name, keys.clone())))
            .wrap(from_fn(pace::keep))
            .wrap(from_fn(headers::add))
            .wrap(Compress::default())
            .wrap(from_fn(request_id::assign))
            .wrap(from_fn(metrics::measure))
            .configure(routes::configure)
            .default_service(actix::to(|| async { Err::<HttpResponse, _>(Error::NotFound) }))
    });
    let server =
        server.tcp_nodelay(true).workers(2).worker_max_blocking_threads(8).shutdown_timeout(FINISHING);
    let server = match &config.certificate {
        Some(certificate) => server.listen_rustls_0_23(listener, certificate.server_config()?)?,
        None => server.listen(listener)?,
    };
    Ok(server.run())
}

fn site(config: &Config, clock: &SharedClock, demo: bool) -> Site {
    Site {
        name: config.portal_name.clone(),
        public_url: config.public_url.clone(),
        https: config.is_https(),
        demo,
        keys: config.keys.clone(),
        security_contact: config.security_contact.clone(),
        proxies: config.trusted_proxies.clone(),
        agree_after_days: config.agree_after_days,
        everyone_needs_factor: config.everyone_needs_factor,
        clock: clock.clone(),
    }
}

/// What is measured, told on a listener of its own where there is one.
fn figures(config: &Config, db: &Db, clock: &SharedClock) -> anyhow::Result<Data<Metrics>> {
    let metrics = Data::new(Metrics::new()?);
    if let Some(address) = &config.metrics_listen {
        let listener = TcpListener::bind(address).with_context(|| format!("cannot listen on {address}"))?;
        actix_web::rt::spawn(metrics::listen(listener, metrics.clone(), db.clone(), clock.clone())?);
    }
    Ok(metrics)
}

/// Runs jobs, the hourly work, the sealing of the log and the sending of mail beside the server.
fn work_in_background(config: &Config, db: &Db, clock: &SharedClock) -> anyhow::Result<()> {
    let runner = Runner { db: db.clone(), clock: clock.clone(), handler: work::handler(config.office()) };
    // The first process here waits for nothing that an earlier one left behind.
    let here = leases::arrive(db)?;
    for _ in 0..runner.db.writers_at_once() {
        actix_web::rt::spawn(runner.clone().run(here.clone()));
    }
    let (process, now) = (db.process(), clock.now());
    db.write_blocking::<_, Never>(|connection| {
        hourly(connection, process, config.agree_after_days, &config.letterhead(), now)
    })?;
    let hourly = each_hour(db.clone(), clock.clone(), config.agree_after_days, config.letterhead());
    actix_web::rt::spawn(hourly);
    actix_web::rt::spawn(look_at_tables(db.clone()));
    actix_web::rt::spawn(seal_log(db.clone(), config.keys.clone()));
    if let Some(smtp_url) = &config.smtp_url {
        actix_web::rt::spawn(send_mail(db.clone(), Sender::new(smtp_url, &config.mail_from)?, clock.clone()));
    }
    Ok(())
}

/// Sessions whose cookie only this portal reads.
fn sessions(store: DbSessionStore, keys: &[Key], https: bool) -> SessionMiddleware<DbSessionStore> {
    let key = keys.first().cloned().unwrap_or_else(Key::generate);
    SessionMiddleware::builder(store, key)
        .cookie_name(session_cookie(https).into())
        .cookie_secure(https)
        .cookie_same_site(SameSite::Lax)
        .session_lifecycle(
            PersistentSession::default()
                .session_ttl(LONGEST)
                .session_ttl_extension_policy(TtlExtensionPolicy::OnEveryRequest),
        )
        .build()
}

/// The session cookie's name; over TLS with the prefix that binds it to this host.
fn session_cookie(https: bool) -> &'static str {
    if https { "__Host-session" } else { "session" }
}

/// Asks for the running month of each channel that was not rated today, takes silence as agreement, and forgets forms
/// that were sent long ago. Of several processes one does so in an hour.
fn hourly(
    connection: &mut AnyConnection,
    process: ProcessId,
    agree_after_days: u32,
    letterhead: &Letterhead,
    now: Timestamp,
) -> Result<(), Failure> {
    if !leases::take(connection, "hourly", process, now, now.plus(chrono::Duration::minutes(55)))? {
        return Ok(());
    }
    db::once::forget_old(connection, now.plus(-once::KEPT))?;
    settlement::store::agree_by_silence(connection, agree_after_days, letterhead, now)?;
    rating::store::rate_today(connection, now)
}

/// The hourly work, from an hour after the start on; the first time it is done before the first visitor comes.
async fn each_hour(db: Db, clock: SharedClock, agree_after_days: u32, letterhead: Letterhead) {
    const HOUR: std::time::Duration = std::time::Duration::from_secs(3600);
    loop {
        tokio::time::sleep(HOUR).await;
        let (process, now) = (db.process(), clock.now());
        let letterhead = letterhead.clone();
        let done = db.write::<_, Never>(move |connection| {
            hourly(connection, process, agree_after_days, &letterhead, now)
        });
        if let Err(error) = done.await {
            tracing::error!("the hourly work was not done: {error}");
        }
    }
}

/// Lets the database look at how its tables are filled, at the start and each hour.
async fn look_at_tables(db: Db) {
    const HOUR: std::time::Duration = std::time::Duration::from_secs(3600);
    loop {
        let db = db.clone();
        let looked = tokio::task::spawn_blocking(move || {
            db.on_writer(db::look_at_tables).and_then(|looked| looked.map_err(Failure::<Never>::from))
        });
        if let Ok(Err(error)) = looked.await {
            tracing::warn!("the tables were not looked at: {error}");
        }
        tokio::time::sleep(HOUR).await;
    }
}

/// Forgets the counts of visitors who are gone.
async fn forget_visitors(pressure: Data<Pressure>) {
    const PATIENCE: std::time::Duration = std::time::Duration::from_secs(600);
    loop {
        tokio::time::sleep(PATIENCE).await;
        pressure.forget();
    }
}

/// Seals new entries of the log, each second.
async fn seal_log(db: Db, keys: Keyring) {
    const PATIENCE: std::time::Duration = std::time::Duration::from_secs(1);
    loop {
        let (db, keys) = (db.clone(), keys.clone());
        let sealed = tokio::task::spawn_blocking(move || chain::seal_new(&db, &keys)).await;
        if let Ok(Err(error)) = sealed {
            tracing::error!("the log could not be sealed: {error}");
        }
        tokio::time::sleep(PATIENCE).await;
    }
}

/// Sends what waits in the outbox, every 20 seconds.
async fn send_mail(db: Db, sender: Sender, clock: SharedClock) {
    const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);
    loop {
        let (db, sender, clock) = (db.clone(), sender.clone(), clock.clone());
        let sent = tokio::task::spawn_blocking(move || mail::send_waiting(&db, &sender, &clock)).await;
        if let Ok(Err(error)) = sent {
            tracing::error!("the outbox could not be read: {error}");
        }
        tokio::time::sleep(PATIENCE).await;
    }
}
