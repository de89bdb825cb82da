//! `/usage/files/{id}`: what the check found, how far it is, the bad rows, and the decision.
//!
//! **Permissions**: members whose channel it is; deciding as for uploading.

use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::{may_import, wording};
use crate::audit;
use crate::channels;
use crate::db::Db;
use crate::db::paging::{Cursor, Slice};
use crate::jobs::{self, Job, JobState};
use crate::usage::store::{self, FaultKey};
use crate::usage::{FileState, RowFault, UsageFile};
use crate::values::UsageFileId;
use crate::web::filters::counted;
use crate::web::{Answer, Member, Shell, links, page};

const SIZE: i64 = 50;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Place {
    after: String,
    before: String,
}

#[derive(Template)]
#[template(path = "usage/file.html")]
struct FilePage {
    shell: Shell,
    file: UsageFile,
    may_decide: bool,
    job: Option<Job>,
    faults: Slice<(FaultKey, RowFault)>,
    earlier: String,
    later: String,
    history: Vec<audit::Entry>,
}

impl FilePage {
    fn is_busy(&self) -> bool {
        self.job.as_ref().is_some_and(wording::is_unfinished)
    }

    /// The last job gave up.
    fn has_failed(&self) -> bool {
        self.job.as_ref().is_some_and(|job| job.state == JobState::Failed)
    }

    fn failure_note(&self) -> &'static str {
        match self.file.state {
            FileState::Importing => {
                "The portal could not finish importing this file. What was imported so far is kept. Tell root, who finds the reason in the log."
            }
            _ => {
                "The portal could not finish reading this file. Nothing was imported. Tell root, who finds the reason in the log."
            }
        }
    }

    /// Its import was broken off, and goes on when somebody says so.
    fn is_broken_off(&self) -> bool {
        self.file.state == FileState::Importing && !self.is_busy()
    }

    fn waits_for_decision(&self) -> bool {
        self.file.state == FileState::Checked && !self.is_busy()
    }

    /// The address of a part of this page.
    fn href(&self, part: &str) -> String {
        format!("/usage/files/{}/{part}", self.file.id)
    }

    /// What the numbers of bad rows count.
    fn place_name(&self) -> &'static str {
        if self.file.format.is_table() { "Line" } else { "Record" }
    }

    fn new_label(&self) -> &'static str {
        if matches!(self.file.state, FileState::Accepted | FileState::Importing) { "Imported" } else { "New" }
    }

    fn new_note(&self) -> String {
        match self.file.tally.unrated {
            0 => "all of them can be rated".to_owned(),
            unrated => format!("{unrated} of them not rated yet"),
        }
    }

    fn bad_note(&self) -> &'static str {
        if self.file.tally.rejected == 0 { "every row can be read" } else { "listed below" }
    }

    fn partial_label(&self) -> String {
        format!("Import {}", counted(self.file.tally.accepted, "good row"))
    }
}

pub async fn show(
    member: Member,
    shell: Shell,
    db: Data<Db>,
    id: Path<UsageFileId>,
    place: Query<Place>,
) -> Answer {
    let (id, scope) = (id.into_inner(), member.scope);
    let cursor = Cursor::typed(&place.after, &place.before);
    let (file, channel, job, faults, history) = db
        .read(move |connection| {
            let file = store::file(connection, scope, id)?;
            let channel = channels::store::find(connection, scope, file.channel)?;
            let job = jobs::store::newest_about(connection, id)?;
            let faults = store::faults(connection, id, cursor, SIZE)?;
            Ok((file, channel, job, faults, audit::of_object(connection, id)?))
        })
        .await?;
    let beside = |name, row: Option<&(FaultKey, RowFault)>, exists: bool| match row {
        Some((key, _)) if exists => {
            links::address(&format!("/usage/files/{id}"), &[(name, &key.to_string())])
        }
        _ => String::new(),
    };
    let earlier = beside("before", faults.rows.first(), faults.has_earlier);
    let later = beside("after", faults.rows.last(), faults.has_later);
    let may_decide = may_import(&member, &channel);
    page(&FilePage { shell, file, may_decide, job, faults, earlier, later, history })
}
