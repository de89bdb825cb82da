//! The list of usage files.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::files::{FILE, Row, to_file};
use crate::channels::choice::Named;
use crate::db::AnyConnection;
use crate::db::paging::{Listing, Order, Place, SortKey};
use crate::db::query::lower;
use crate::db::schema::{channels, usage_files};
use crate::usage::{FileState, UsageFile};
use crate::values::{Scope, Timestamp, UsageFileId};
use crate::{count_of, of_channel, page_by, text_enum};

text_enum! {
    /// What the list is sorted by.
    pub enum UsageFileKey {
        Name => "name",
        Channel => "channel",
        State => "state",
        Rows => "rows",
        From => "from",
        Through => "through",
        Uploaded => "uploaded",
    }
}

impl SortKey for UsageFileKey {
    const DEFAULT: Order<Self> = Order::descending(Self::Uploaded);
}

/// The usage files in scope, without their totals; a filter that is not set leaves all.
#[derive(Debug, Clone)]
pub struct UsageFiles {
    pub scope: Scope,
    pub channel: Named,
    pub state: Option<FileState>,
}

/// What the filters leave.
macro_rules! filtered {
    ($listing:expr) => {{
        let mut query = usage_files::table
            .inner_join(channels::table.on(channels::id.eq(usage_files::channel_id)))
            .into_boxed();
        if let Some(reseller) = $listing.scope.reseller() {
            query = query.filter(channels::reseller_id.eq(reseller));
        }
        of_channel!(query, usage_files::channel_id, &$listing.channel, |code| channels::code.eq(code));
        if let Some(state) = $listing.state {
            query = query.filter(usage_files::state.eq(state));
        }
        query
    }};
}

impl Listing for UsageFiles {
    type Id = UsageFileId;
    type Key = UsageFileKey;
    type Row = UsageFile;

    fn id(row: &UsageFile) -> UsageFileId {
        row.id
    }

    fn count(&self, connection: &mut AnyConnection) -> QueryResult<i64> {
        count_of!(connection, filtered!(self), usage_files::id)
    }

    fn rows(
        &self,
        connection: &mut AnyConnection,
        at: Place<UsageFileId, UsageFileKey>,
        limit: i64,
    ) -> QueryResult<Vec<UsageFile>> {
        macro_rules! by {
            ($key:expr => $($kind:tt)*) => {
                page_by!(connection, filtered!(self), at, usage_files::id, $key => $($kind)*)
            };
        }
        let page = match at.order.by {
            UsageFileKey::Name => by!(lower(usage_files::name) => String),
            UsageFileKey::Channel => by!(lower(channels::name) => String),
            UsageFileKey::State => by!(usage_files::state => String),
            UsageFileKey::Rows => by!(usage_files::row_count => i64),
            UsageFileKey::From => by!(usage_files::first_day => Option<NaiveDate>),
            UsageFileKey::Through => by!(usage_files::last_day => Option<NaiveDate>),
            UsageFileKey::Uploaded => by!(usage_files::created_at => Timestamp),
        };
        let rows: Vec<Row> = page.limit(limit).select(FILE).load(connection)?;
        Ok(rows.into_iter().map(to_file).collect())
    }
}
