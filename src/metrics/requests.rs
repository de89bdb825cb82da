//! Measures each request.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;
use prometheus::IntGauge;

use super::Metrics;

/// A request on its way; counted as such until it is answered or given up.
struct InFlight(IntGauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Notes how long the answer took, under the route that the address has.
pub async fn measure(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let Some(metrics) = request.app_data::<Data<Metrics>>().cloned() else {
        return next.call(request).await;
    };
    let begun = Instant::now();
    let route = request.match_pattern().unwrap_or_else(|| "none".to_owned());
    let method = request.method().clone();
    metrics.in_flight.inc();
    let _in_flight = InFlight(metrics.in_flight.clone());
    let answer = next.call(request).await;
    let status = match &answer {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    metrics
        .requests
        .with_label_values(&[route.as_str(), known(method.as_str()), status.as_str()])
        .observe(begun.elapsed().as_secs_f64());
    answer
}

/// Anybody may send any word as a method.
fn known(method: &str) -> &str {
    match method {
        "GET" | "HEAD" | "POST" => method,
        _ => "other",
    }
}
