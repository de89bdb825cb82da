//! The list of the people of one's own side.

use diesel::prelude::*;

use super::store::{USER, UserRow, user};
use super::{AccountState, User};
use crate::db::paging::{Listing, Order, Place, SortKey};
use crate::db::query::{lower, lower_pattern};
use crate::db::schema::users::{self, BoxedQuery};
use crate::db::{AnyConnection, MultiBackend};
use crate::values::{AccountSide, Scope, Timestamp, UserId};
use crate::{count_of, page_by, text_enum};

text_enum! {
    /// What the list is sorted by.
    pub enum PersonKey {
        Name => "name",
        Email => "email",
        Role => "role",
        State => "state",
        LastSignIn => "last_sign_in",
    }
}

impl SortKey for PersonKey {
    const DEFAULT: Order<Self> = Order::ascending(Self::Name);
}

/// The people of a scope's own side: root's, or the re-seller's; a filter that is not set leaves all.
#[derive(Debug, Clone)]
pub struct People {
    pub scope: Scope,
    /// Part of the name or of the e-mail address.
    pub text: String,
    pub state: Option<AccountState>,
}

impl People {
    fn filtered(&self) -> BoxedQuery<'_, MultiBackend> {
        let mut query = match self.scope {
            Scope::Root => users::table.filter(users::side.eq(AccountSide::Root)).into_boxed(),
            Scope::Reseller(reseller) => users::table.filter(users::reseller_id.eq(reseller)).into_boxed(),
        };
        if !self.text.trim().is_empty() {
            let pattern = lower_pattern(&self.text);
            let named = lower(users::full_name).like(pattern.clone()).escape('\\');
            query = query.filter(named.or(lower(users::email).like(pattern).escape('\\')));
        }
        if let Some(state) = self.state {
            query = query.filter(users::state.eq(state));
        }
        query
    }
}

impl Listing for People {
    type Id = UserId;
    type Key = PersonKey;
    type Row = User;

    fn id(row: &User) -> UserId {
        row.id
    }

    fn count(&self, connection: &mut AnyConnection) -> QueryResult<i64> {
        count_of!(connection, self.filtered(), users::id)
    }

    fn rows(
        &self,
        connection: &mut AnyConnection,
        at: Place<UserId, PersonKey>,
        limit: i64,
    ) -> QueryResult<Vec<User>> {
        macro_rules! by {
            ($key:expr => $($kind:tt)*) => {
                page_by!(connection, self.filtered(), at, users::id, $key => $($kind)*)
            };
        }
        let page = match at.order.by {
            PersonKey::Name => by!(lower(users::full_name) => String),
            PersonKey::Email => by!(lower(users::email) => String),
            PersonKey::Role => by!(users::role => String),
            PersonKey::State => by!(users::state => String),
            PersonKey::LastSignIn => by!(users::last_sign_in_at => Option<Timestamp>),
        };
        Ok(page.limit(limit).select(USER).load::<UserRow>(connection)?.into_iter().map(user).collect())
    }
}
