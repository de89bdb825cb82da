//! Nobody asks for more than the portal can answer: requests are counted for each person, and for each address of
//! those who are not signed in. What is let through comes back bit by bit.
//!
//! Each process counts for itself, and so do the pace of bodies and the number of passwords that are hashed at once:
//! they protect the process that answers, and counting together would make each request wait for the database. What
//! protects accounts is counted in the database, by all processes together: tries to sign in, wrong codes, blocked
//! addresses, mails with links.

use actix_web::HttpMessage;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::Config;
use crate::web::{Error, Visitor, csrf};

/// What is asked for by load balancers, or kept by browsers.
const UNCOUNTED: [&str; 3] = ["/static/", "/healthz", "/readyz"];

/// The counts of this process; nothing where there is no limit.
pub struct Pressure(Option<DefaultKeyedRateLimiter<String>>);

impl Pressure {
    pub fn new(config: &Config) -> Self {
        Self(config.requests_a_minute.map(|limit| RateLimiter::keyed(Quota::per_minute(limit))))
    }

    fn admits(&self, who: &String) -> bool {
        self.0.as_ref().is_none_or(|counts| counts.check_key(who).is_ok())
    }

    /// Forgets who has not been here for long.
    pub fn forget(&self) {
        if let Some(counts) = &self.0 {
            counts.retain_recent();
        }
    }
}

/// Lets a request through, or says that there were too many.
pub async fn count(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let is_counted = !UNCOUNTED.iter().any(|start| request.path().starts_with(start));
    if let (true, Some(pressure)) = (is_counted, request.app_data::<Data<Pressure>>())
        && !pressure.admits(&who(&request))
    {
        return Ok(request.error_response(Error::TooMany));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

fn who(request: &ServiceRequest) -> String {
    let visitor = request.extensions().get::<Visitor>().cloned();
    let Some(visitor) = visitor else { return String::new() };
    match csrf::identity(&visitor) {
        stranger if stranger.is_empty() => visitor.address.unwrap_or_default(),
        person => person,
    }
}
