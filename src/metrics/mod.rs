//! Figures for Prometheus, on a listener of their own that people do not reach.
//!
//! Times and requests in flight are counted by the process; pools, queue and outbox are read when somebody asks. A
//! request is named by its route, never by its address, so that the number of series stays small and no id is told.

mod listener;
mod requests;
mod store;

pub use listener::listen;
pub use requests::measure;

use prometheus::{Encoder, HistogramOpts, HistogramVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder};

use crate::db::{Db, Turns};
use crate::values::Timestamp;

/// Seconds: from pages that are in the memory to reports over years.
const BUCKETS: [&str; 12] =
    ["0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "10"];

/// What this process counts, and what it says of its database.
pub struct Metrics {
    registry: Registry,
    requests: HistogramVec,
    in_flight: IntGauge,
    connections: IntGaugeVec,
    jobs: IntGaugeVec,
    oldest_job: IntGauge,
    imported_rows: IntGauge,
    mails: IntGaugeVec,
    database_up: IntGauge,
    resident: IntGauge,
}

impl Metrics {
    /// Every figure, at zero.
    pub fn new() -> prometheus::Result<Self> {
        let registry = Registry::new();
        let gauge = |name: &str, help: &str| -> prometheus::Result<IntGauge> {
            let gauge = IntGauge::with_opts(Opts::new(name, help))?;
            registry.register(Box::new(gauge.clone()))?;
            Ok(gauge)
        };
        let gauges = |name: &str, help: &str, labels: &[&str]| -> prometheus::Result<IntGaugeVec> {
            let gauges = IntGaugeVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(gauges.clone()))?;
            Ok(gauges)
        };
        let times = HistogramOpts::new(
            "portal_request_seconds",
            "Time until an answer begins, by route, method and status",
        );
        let times = times.buckets(BUCKETS.iter().filter_map(|edge| edge.parse().ok()).collect());
        let requests = HistogramVec::new(times, &["route", "method", "status"])?;
        registry.register(Box::new(requests.clone()))?;
        let build = gauges("portal_build_info", "The version that runs; always 1", &["version"])?;
        build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        Ok(Self {
            in_flight: gauge("portal_requests_in_flight", "Requests that are being answered")?,
            connections: gauges(
                "portal_database_connections",
                "Connections in use and idle, and who waits for one",
                &["pool", "state"],
            )?,
            jobs: gauges(
                "portal_jobs",
                "Background jobs that wait, run or were given up",
                &["kind", "state"],
            )?,
            oldest_job: gauge("portal_oldest_job_seconds", "How long the oldest waiting job has waited")?,
            imported_rows: gauge(
                "portal_imported_rows_total",
                "Usage rows of all imported files, so that the rate of change is rows a second",
            )?,
            mails: gauges("portal_mails", "Mails that wait to be sent or were given up", &["state"])?,
            database_up: gauge("portal_database_up", "Whether the database answered just now")?,
            resident: gauge("process_resident_memory_bytes", "Memory of the process")?,
            registry,
            requests,
        })
    }

    /// All figures as Prometheus reads them; those of the database are absent while it does not answer.
    pub async fn text(&self, db: &Db, now: Timestamp) -> prometheus::Result<String> {
        self.note_pools(db);
        let queue = db.read(move |connection| store::queue(connection, now)).await;
        self.database_up.set(i64::from(queue.is_ok()));
        self.jobs.reset();
        if let Ok(queue) = queue {
            for (kind, state, count) in &queue.jobs {
                self.jobs.with_label_values(&[kind.as_str(), state.as_str()]).set(*count);
            }
            self.oldest_job.set(queue.oldest_seconds);
            self.imported_rows.set(queue.imported_rows);
            self.mails.with_label_values(&["waiting"]).set(queue.mails_waiting);
            self.mails.with_label_values(&["failed"]).set(queue.mails_failed);
        }
        self.resident.set(resident_bytes().unwrap_or_default());
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        String::from_utf8(text).map_err(|error| prometheus::Error::Msg(error.to_string()))
    }

    fn note_pools(&self, db: &Db) {
        for Turns { pool, in_use, idle, waiting } in db.turns() {
            for (state, count) in [("in_use", in_use), ("idle", idle), ("waiting", waiting)] {
                self.connections.with_label_values(&[pool, state]).set(count);
            }
        }
    }
}

/// The memory that the process holds, where the system tells it.
fn resident_bytes() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<i64>().ok()?.checked_mul(1024)
}
