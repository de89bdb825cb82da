//! Builds the application: joins the database, the pages and the middleware, and listens.

use std::net::TcpListener;
use std::sync::Arc;

use actix_session::SessionMiddleware;
use actix_session::config::{PersistentSession, TtlExtensionPolicy};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::cookie::{Key, SameSite, time::Duration};
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::{Compress, Next, from_fn};
use actix_web::web::Data;
use actix_web::{App, HttpMessage, HttpResponse, HttpServer, web as actix};

use crate::access::{self, DbSessionStore};
use crate::clock::SharedClock;
use crate::config::Config;
use crate::db::{AnyConnection, Db, Failure, Never};
use crate::jobs::Runner;
use crate::mail::{self, Sender};
use crate::values::Timestamp;
use crate::web::{Entry, Error, Role, Site, Visitor, csrf, error_pages, headers, see_other};
use crate::{dashboards, rating, routes, settlement, usage, work};

/// How long a session lives without being used.
const IDLE: Duration = Duration::minutes(30);

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
            Failure::Query(error) => Self::Internal(error.to_string()),
            Failure::Unavailable(why) => Self::Unavailable(why),
        }
    }
}

/// Serves on the listener until the process is told to stop; background work runs beside it.
pub fn serve(parts: Parts, listener: TcpListener) -> anyhow::Result<Server> {
    let Parts { config, db, clock, demo } = parts;
    let runner = Runner { db: db.clone(), clock: clock.clone(), handler: work::handler() };
    actix_web::rt::spawn(runner.run());
    let now = clock.now();
    db.write_blocking::<_, Never>(|connection| hourly(connection, config.agree_after_days, now))?;
    actix_web::rt::spawn(each_hour(db.clone(), clock.clone(), config.agree_after_days));
    if let Some(smtp_url) = &config.smtp_url {
        actix_web::rt::spawn(send_mail(db.clone(), Sender::new(smtp_url, &config.mail_from)?, clock.clone()));
    }
    let site = Data::new(Site {
        name: config.portal_name.clone(),
        public_url: config.public_url.clone(),
        https: config.is_https(),
        demo,
        secret: config.secret_key.clone(),
        agree_after_days: config.agree_after_days,
        clock: clock.clone(),
    });
    let key = Key::derive_from(config.secret_key.as_bytes());
    let server = HttpServer::new(move || {
        let store = DbSessionStore { db: db.clone(), clock: clock.clone() };
        let sessions = SessionMiddleware::builder(store, key.clone())
            .cookie_name(if site.https { "__Host-session".into() } else { "session".into() })
            .cookie_secure(site.https)
            .cookie_same_site(SameSite::Lax)
            .session_lifecycle(
                PersistentSession::default()
                    .session_ttl(IDLE)
                    .session_ttl_extension_policy(TtlExtensionPolicy::OnEveryRequest),
            )
            .build();
        App::new()
            .app_data(Data::new(db.clone()))
            .app_data(site.clone())
            .app_data(usage::pages::upload::limits())
            .app_data(actix::PayloadConfig::new(1024 * 1024))
            .app_data(actix::PathConfig::default().error_handler(|_, _| Error::NotFound.into()))
            .app_data(actix::QueryConfig::default().error_handler(|error, _| {
                Error::BadRequest(format!("The address has a part that cannot be read: {error}.")).into()
            }))
            // The last one wrapped runs first.
            .wrap(from_fn(gate))
            .wrap(from_fn(csrf::protect))
            .wrap(from_fn(count_waiting))
            .wrap(from_fn(error_pages))
            .wrap(from_fn(access::identify))
            .wrap(sessions)
            .wrap(from_fn(headers::add))
            .wrap(Compress::default())
            .configure(routes::configure)
            .default_service(actix::to(|| async { Err::<HttpResponse, _>(Error::NotFound) }))
    });
    Ok(server.tcp_nodelay(true).workers(2).worker_max_blocking_threads(4).listen(listener)?.run())
}

/// The first check of each access: the site map says who may enter; what it does not name is closed.
async fn gate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    // PostgreSQL does not even compare with a text that has this character.
    if request.query_string().contains("%00") {
        return Ok(request.error_response(Error::BadRequest("The address cannot be read.".into())));
    }
    let method = if *request.method() == Method::HEAD { Method::GET } else { request.method().clone() };
    let access = request.match_pattern().and_then(|pattern| routes::access(&method, &pattern));
    let visitor = request.extensions().get::<Visitor>().cloned();
    let entry = match (access, &visitor) {
        (Some(access), Some(visitor)) => visitor.entry(access),
        _ => return Ok(request.error_response(Error::NotFound)),
    };
    match entry {
        Entry::Enter => Ok(next.call(request).await?.map_into_boxed_body()),
        Entry::SignIn => {
            let location = sign_in_location(&request);
            Ok(request.into_response(see_other(location)))
        }
        Entry::Refuse => Ok(request.error_response(Error::Forbidden)),
    }
}

/// Fills in the counts beside the menu, for pages.
async fn count_waiting(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let is_page = *request.method() == Method::GET && !request.path().starts_with("/static/");
    let db = request.app_data::<Data<Db>>().cloned();
    let member =
        request.extensions().get::<Visitor>().filter(|visitor| visitor.role != Role::Anonymous).cloned();
    if let (true, Some(db), Some(mut visitor)) = (is_page, db, member) {
        let role = visitor.role.clone();
        let counted = db.read(move |connection| dashboards::waiting(connection, &role)).await;
        visitor.waiting = counted.unwrap_or_default();
        request.extensions_mut().insert(visitor);
    }
    next.call(request).await
}

/// After signing in, a page that was asked for is shown; a form that was sent is not sent again.
fn sign_in_location(request: &ServiceRequest) -> String {
    let wished = request.uri().path_and_query().map_or("/", |path| path.as_str());
    if *request.method() != Method::GET || wished == "/" {
        return "/sign-in".into();
    }
    serde_urlencoded::to_string([("next", wished)])
        .map_or_else(|_| "/sign-in".into(), |query| format!("/sign-in?{query}"))
}

/// Asks for the running month of each channel that was not rated today, and takes silence as agreement.
fn hourly(connection: &mut AnyConnection, agree_after_days: u32, now: Timestamp) -> Result<(), Failure> {
    settlement::store::agree_by_silence(connection, agree_after_days, now)?;
    rating::store::rate_today(connection, now)
}

/// The hourly work, from an hour after the start on; the first time it is done before the first visitor comes.
async fn each_hour(db: Db, clock: SharedClock, agree_after_days: u32) {
    const HOUR: std::time::Duration = std::time::Duration::from_secs(3600);
    loop {
        tokio::time::sleep(HOUR).await;
        let now = clock.now();
        let done = db.write::<_, Never>(move |connection| hourly(connection, agree_after_days, now));
        if let Err(error) = done.await {
            tracing::error!("the hourly work was not done: {error}");
        }
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
