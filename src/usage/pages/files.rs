//! `/usage/files`: the usage files, the newest first, filtered by state and, for root, by channel.
//!
//! **Permissions**: members, each with its own channels.

use actix_web::web::{Data, Query};
use askama::Template;
use serde::Deserialize;

use super::{channels, may_import, options, wording};
use crate::db::Db;
use crate::db::paging::{Cursor, Slice};
use crate::usage::store::{self, FileFilter};
use crate::usage::{FileState, UsageFile};
use crate::values::Right;
use crate::web::{Answer, Member, Shell, links, page};

const SIZE: i64 = 50;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Search {
    channel: String,
    state: String,
    after: String,
    before: String,
}

#[derive(Template)]
#[template(path = "usage/files.html")]
struct FilesPage {
    shell: Shell,
    is_root: bool,
    may_import: bool,
    search: Search,
    channels: Vec<(String, String)>,
    states: Vec<(&'static str, &'static str)>,
    files: Slice<UsageFile>,
    earlier: String,
    later: String,
}

impl FilesPage {
    fn is_filtered(&self) -> bool {
        !self.search.channel.is_empty() || !self.search.state.is_empty()
    }
}

pub async fn show(member: Member, shell: Shell, db: Data<Db>, search: Query<Search>) -> Answer {
    let search = search.into_inner();
    let filter = FileFilter { channel: search.channel.parse().ok(), state: search.state.parse().ok() };
    let (scope, cursor) = (member.scope, Cursor::typed(&search.after, &search.before));
    let files = db.read(move |connection| store::files(connection, scope, filter, cursor, SIZE)).await?;
    let own = channels(&db, &member).await?;
    let beside = |name, row: Option<&UsageFile>, exists: bool| match row {
        Some(row) if exists => {
            let id = row.id.to_string();
            let parts = [("channel", search.channel.as_str()), ("state", &search.state), (name, &id)];
            links::address("/usage/files", &parts)
        }
        _ => String::new(),
    };
    let earlier = beside("before", files.rows.first(), files.has_earlier);
    let later = beside("after", files.rows.last(), files.has_later);
    page(&FilesPage {
        shell,
        is_root: member.is_root(),
        may_import: (member.is_root() && member.may(Right::Usage))
            || own.iter().any(|channel| may_import(&member, channel)),
        search,
        channels: options(&own),
        states: FileState::ALL.iter().map(|state| (state.as_str(), wording::state_name(*state))).collect(),
        files,
        earlier,
        later,
    })
}
