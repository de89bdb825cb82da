//! Which function runs which kind of background job.

use std::sync::Arc;

use crate::jobs::{Handler, JobKind};
use crate::usage::background;

/// The handler of every kind of job.
pub fn handler() -> Handler {
    Arc::new(|db, job, clock| match job.kind {
        JobKind::CheckFile => background::check_file(db, job, clock),
        JobKind::AcceptFile => background::accept_file(db, job, clock),
        JobKind::RateMonth => Err("not available".into()),
    })
}
