//! `/statements/settling`: how far a month is, and each step for all of its statements at once.
//!
//! **Permissions**: root reads; its administrators and finance settle. Posting asks for the second factor again.

use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::conflict;
use crate::db::{Db, Decided};
use crate::jobs::JobState;
use crate::settlement::StatementState;
use crate::settlement::runs::{Run, RunStep, store};
use crate::values::{Month, Timestamp};
use crate::web::filters::{counted, month_text};
use crate::web::{Answer, Error, Form, Go, RootStaff, Shell, page};

/// What is said when a run was started.
pub(super) const STARTED: &str = "It goes on in the background";

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    month: String,
}

/// The statements of a month in one state, and what comes next for them.
struct Stage {
    state: StatementState,
    count: i64,
    next: &'static str,
    /// The step that root may ask for now, for all of them.
    step: Option<RunStep>,
}

impl Stage {
    fn of(state: StatementState, count: i64, is_over: bool) -> Self {
        let (next, step) = match state {
            StatementState::Open if !is_over => {
                ("They are rated with every change until the month is over.", None)
            }
            StatementState::Open => (
                "Every channel is rated once more, and the content is frozen. A statement can be opened again until it is posted.",
                Some(RunStep::Close),
            ),
            StatementState::Closing => (
                "Those whose checklist is clear go to their re-sellers, with a mail. The others are passed over and listed.",
                Some(RunStep::Send),
            ),
            StatementState::Sent => {
                ("Their re-sellers agree, dispute a line, or are silent, which is agreement.", None)
            }
            StatementState::Disputed => ("Each dispute waits for its answer, and then for agreement.", None),
            StatementState::Agreed => (
                "They get their numbers and seals, and never change again. What comes later is a correction.",
                Some(RunStep::Post),
            ),
            StatementState::Posted => ("They are sealed. Payments are recorded with each.", None),
        };
        // Whether there is anything to close shows only when it is rated.
        let step = step.filter(|step| count > 0 || *step == RunStep::Close);
        Self { state, count, next, step }
    }

    fn action(&self) -> &'static str {
        match self.step {
            Some(RunStep::Close) => "closing",
            Some(RunStep::Send) => "sending",
            Some(RunStep::Post) => "posting",
            None => "",
        }
    }

    fn button(&self) -> String {
        match self.step {
            Some(RunStep::Close) => "Close every channel".to_owned(),
            Some(step) => format!("{} {}", step.verb(), counted(self.count, "statement")),
            None => String::new(),
        }
    }
}

#[derive(Template)]
#[template(path = "settlement/settling.html")]
struct SettlingPage {
    shell: Shell,
    month: Month,
    stages: Vec<Stage>,
    runs: Vec<(Run, Option<JobState>)>,
    now: Timestamp,
}

impl SettlingPage {
    fn month_name(&self) -> String {
        month_text(self.month)
    }
}

/// What a run came to, in words.
pub(super) fn result(run: &Run, state: &Option<JobState>) -> String {
    let done = format!("{} {}", counted(run.taken, "statement"), run.step.done());
    match state {
        Some(JobState::Queued | JobState::Running) => format!("{done} so far"),
        Some(JobState::Failed) => format!("{done}, then broken off"),
        Some(JobState::Done) | None => done,
    }
}

pub async fn show(root: RootStaff, shell: Shell, db: Data<Db>, asked: Query<Asked>) -> Answer {
    let act = root.act();
    let last = Month::of(act.today()).previous();
    let month = if asked.month.is_empty() { last } else { parsed(&asked.month)? };
    let (counts, runs) = db
        .read(move |connection| Ok((store::counts(connection, month)?, store::of_month(connection, month)?)))
        .await?;
    let is_over = act.today() >= month.end();
    let stages = counts.into_iter().map(|(state, count)| Stage::of(state, count, is_over)).collect();
    page(&SettlingPage { shell, month, stages, runs, now: act.at })
}

pub async fn close(root: RootStaff, go: Go, db: Data<Db>, form: Form<Asked>) -> Answer {
    start(RunStep::Close, &root, go, &db, &form.0.month).await
}

pub async fn send(root: RootStaff, go: Go, db: Data<Db>, form: Form<Asked>) -> Answer {
    start(RunStep::Send, &root, go, &db, &form.0.month).await
}

pub async fn post(root: RootStaff, go: Go, db: Data<Db>, form: Form<Asked>) -> Answer {
    start(RunStep::Post, &root, go, &db, &form.0.month).await
}

/// Starts a run, and shows how far it is.
async fn start(step: RunStep, root: &RootStaff, go: Go, db: &Db, month: &str) -> Answer {
    let (act, month) = (root.act(), parsed(month)?);
    let started = db.write(move |connection| store::start(connection, step, month, &act)).await;
    let id = started.decided()?.map_err(conflict)?;
    go.to(format!("/statements/runs/{id}"), STARTED)
}

fn parsed(month: &str) -> Result<Month, Error> {
    month.trim().parse().map_err(|_| Error::NotFound)
}
