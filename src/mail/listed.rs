//! The outbox as a list.

use diesel::prelude::*;

use super::Mail;
use super::store::{MAIL, Row, mail};
use crate::db::paging::{Listing, Order, Place, SortKey};
use crate::db::query::{lower, lower_pattern};
use crate::db::schema::mails::{self, BoxedQuery};
use crate::db::{AnyConnection, MultiBackend};
use crate::values::{MailId, Timestamp};
use crate::{count_of, page_by, text_enum};

text_enum! {
    /// What the list is sorted by.
    pub enum MailKey {
        Subject => "subject",
        Recipient => "to",
        Written => "written",
        Sent => "sent",
    }
}

impl SortKey for MailKey {
    const DEFAULT: Order<Self> = Order::descending(Self::Written);
}

/// The mails of the outbox.
#[derive(Debug, Clone, Default)]
pub struct Mails {
    /// Part of the subject or of the recipient's address; empty for all.
    pub text: String,
}

impl Mails {
    fn filtered(&self) -> BoxedQuery<'_, MultiBackend> {
        let query = mails::table.into_boxed();
        if self.text.trim().is_empty() {
            return query;
        }
        let pattern = lower_pattern(&self.text);
        let titled = lower(mails::subject).like(pattern.clone()).escape('\\');
        query.filter(titled.or(lower(mails::recipient).like(pattern).escape('\\')))
    }
}

impl Listing for Mails {
    type Id = MailId;
    type Key = MailKey;
    type Row = Mail;

    fn id(row: &Mail) -> MailId {
        row.id
    }

    fn count(&self, connection: &mut AnyConnection) -> QueryResult<i64> {
        count_of!(connection, self.filtered(), mails::id)
    }

    fn rows(
        &self,
        connection: &mut AnyConnection,
        at: Place<MailId, MailKey>,
        limit: i64,
    ) -> QueryResult<Vec<Mail>> {
        macro_rules! by {
            ($key:expr => $($kind:tt)*) => {
                page_by!(connection, self.filtered(), at, mails::id, $key => $($kind)*)
            };
        }
        let page = match at.order.by {
            MailKey::Subject => by!(lower(mails::subject) => String),
            MailKey::Recipient => by!(lower(mails::recipient) => String),
            MailKey::Written => by!(mails::created_at => Timestamp),
            MailKey::Sent => by!(mails::sent_at => Option<Timestamp>),
        };
        page.limit(limit).select(MAIL).load::<Row>(connection)?.into_iter().map(mail).collect()
    }
}
