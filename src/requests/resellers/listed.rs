//! The list of re-sellers, each with its share and its channel.

use diesel::prelude::*;

use super::ResellerState;
use crate::db::AnyConnection;
use crate::db::paging::{Listing, Order, Place, SortKey};
use crate::db::query::{contains_pattern, lower};
use crate::db::schema::{channels, resellers, terms_versions as t};
use crate::terms::TermsState;
use crate::values::{ChannelId, Month, Percent, ResellerId, Timestamp};
use crate::{count_of, page_by, text_enum};

text_enum! {
    /// What the list is sorted by.
    pub enum ResellerKey {
        Name => "name",
        State => "state",
        Share => "share",
        Since => "since",
        Channel => "channel",
    }
}

impl SortKey for ResellerKey {
    const DEFAULT: Order<Self> = Order::ascending(Self::Name);
}

/// The re-sellers; a filter that is not set leaves all.
#[derive(Debug, Clone)]
pub struct Resellers {
    /// Part of the name.
    pub text: String,
    pub state: Option<ResellerState>,
    /// The month whose share is shown.
    pub month: Month,
}

/// A re-seller in the list.
#[derive(Debug, Clone, Queryable)]
pub struct ResellerRow {
    pub id: ResellerId,
    pub name: String,
    pub state: ResellerState,
    /// By the terms that apply in the month.
    pub share: Option<Percent>,
    pub created_at: Timestamp,
    pub channel: Option<(ChannelId, String)>,
}

/// What the filters leave.
macro_rules! filtered {
    ($listing:expr) => {{
        let channel = channels::table.on(channels::reseller_id.eq(resellers::id));
        let mut query = resellers::table.left_join(channel).into_boxed();
        if !$listing.text.trim().is_empty() {
            query = query.filter(resellers::name_key.like(contains_pattern(&$listing.text)).escape('\\'));
        }
        if let Some(state) = $listing.state {
            query = query.filter(resellers::state.eq(state));
        }
        query
    }};
}

impl Listing for Resellers {
    type Id = ResellerId;
    type Key = ResellerKey;
    type Row = ResellerRow;

    fn id(row: &ResellerRow) -> ResellerId {
        row.id
    }

    fn count(&self, connection: &mut AnyConnection) -> QueryResult<i64> {
        count_of!(connection, filtered!(self), resellers::id)
    }

    fn rows(
        &self,
        connection: &mut AnyConnection,
        at: Place<ResellerId, ResellerKey>,
        limit: i64,
    ) -> QueryResult<Vec<ResellerRow>> {
        macro_rules! by {
            ($key:expr => $($kind:tt)*) => {
                page_by!(connection, filtered!(self), at, resellers::id, $key => $($kind)*)
            };
        }
        // As `terms::store::current` chooses among the versions.
        let share = || {
            t::table
                .filter(t::request_id.eq(resellers::request_id))
                .filter(t::state.eq(TermsState::Agreed))
                .filter(t::valid_from.le(self.month))
                .order((t::valid_from.desc(), t::number.desc()))
                .select(t::share)
                .single_value()
        };
        let page = match at.order.by {
            ResellerKey::Name => by!(resellers::name_key => String),
            ResellerKey::State => by!(resellers::state => String),
            ResellerKey::Share => by!(share() => Option<Percent>),
            ResellerKey::Since => by!(resellers::created_at => Timestamp),
            ResellerKey::Channel => by!(lower(channels::name).nullable() => Option<String>),
        };
        let columns = (
            resellers::id,
            resellers::name,
            resellers::state,
            share(),
            resellers::created_at,
            (channels::id, channels::name).nullable(),
        );
        page.limit(limit).select(columns).load(connection)
    }
}
