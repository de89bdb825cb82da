//! `/statements/runs/{id}`: how far a step for a whole month is, and what it passed over.
//!
//! **Permissions**: root.

use actix_web::web::{Data, Path};
use askama::Template;

use super::settling::result;
use crate::db::Db;
use crate::jobs::{Job, JobState};
use crate::settlement::runs::{PassedOver, Run, store};
use crate::values::SettlementRunId;
use crate::web::filters::month_text;
use crate::web::{Answer, RootStaff, Shell, page};

#[derive(Template)]
#[template(path = "settlement/run.html")]
struct RunPage {
    shell: Shell,
    run: Run,
    job: Option<Job>,
    passed_over: Vec<PassedOver>,
}

impl RunPage {
    fn title(&self) -> String {
        format!("{} the statements of {}", self.run.step.verb(), month_text(self.run.month))
    }

    fn state(&self) -> Option<JobState> {
        self.job.as_ref().map(|job| job.state)
    }

    fn is_busy(&self) -> bool {
        matches!(self.state(), Some(JobState::Queued | JobState::Running))
    }

    fn has_failed(&self) -> bool {
        self.state() == Some(JobState::Failed)
    }

    fn badge(&self) -> (&'static str, &'static str) {
        match self.state() {
            Some(JobState::Queued) => ("plain", "Waiting"),
            Some(JobState::Running) => ("info", "Under way"),
            Some(JobState::Failed) => ("bad", "Broken off"),
            Some(JobState::Done) | None => ("ok", "Done"),
        }
    }

    fn result(&self) -> String {
        result(&self.run, &self.state())
    }

    /// How far it is, where that is known.
    fn progress(&self) -> String {
        match &self.job {
            Some(job) if job.total > 0 => {
                format!("{} of {} looked at; {}", job.progress, job.total, self.result())
            }
            Some(job) if job.state == JobState::Running => "It begins".to_owned(),
            _ => "Waiting for its turn".to_owned(),
        }
    }

    /// The statements of the month.
    fn list_href(&self) -> String {
        format!("/statements?month={}", self.run.month)
    }
}

pub async fn show(_root: RootStaff, shell: Shell, db: Data<Db>, id: Path<SettlementRunId>) -> Answer {
    let id = id.into_inner();
    let ((run, job), passed_over) = db
        .read(move |connection| Ok((store::find(connection, id)?, store::passed_over(connection, id)?)))
        .await?;
    page(&RunPage { shell, run, job, passed_over })
}
