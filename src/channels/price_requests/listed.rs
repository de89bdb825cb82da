//! The list of price requests.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::store::{Row, joined, request};
use super::{PriceRequest, PriceRequestState};
use crate::db::AnyConnection;
use crate::db::paging::{Listing, Order, Place, SortKey};
use crate::db::schema::{bundles, channels, price_requests as p, resellers};
use crate::values::{ChannelId, PriceRequestId, Scope, Timestamp};
use crate::{count_of, page_by, text_enum};

text_enum! {
    /// What the list is sorted by.
    pub enum PriceRequestKey {
        Bundle => "bundle",
        Reseller => "reseller",
        State => "state",
        From => "from",
        Asked => "asked",
    }
}

impl SortKey for PriceRequestKey {
    const DEFAULT: Order<Self> = Order::descending(Self::Asked);
}

/// The price requests in scope; a filter that is not set leaves all.
#[derive(Debug, Clone, Copy)]
pub struct PriceRequests {
    pub scope: Scope,
    pub state: Option<PriceRequestState>,
    pub channel: Option<ChannelId>,
}

/// What the filters leave.
macro_rules! filtered {
    ($listing:expr) => {{
        let mut query = joined().into_boxed();
        if let Some(reseller) = $listing.scope.reseller() {
            query = query.filter(channels::reseller_id.eq(reseller));
        }
        if let Some(state) = $listing.state {
            query = query.filter(p::state.eq(state));
        }
        if let Some(channel) = $listing.channel {
            query = query.filter(p::channel_id.eq(channel));
        }
        query
    }};
}

impl Listing for PriceRequests {
    type Id = PriceRequestId;
    type Key = PriceRequestKey;
    type Row = PriceRequest;

    fn id(row: &PriceRequest) -> PriceRequestId {
        row.id
    }

    fn count(&self, connection: &mut AnyConnection) -> QueryResult<i64> {
        count_of!(connection, filtered!(self), p::id)
    }

    fn rows(
        &self,
        connection: &mut AnyConnection,
        at: Place<PriceRequestId, PriceRequestKey>,
        limit: i64,
    ) -> QueryResult<Vec<PriceRequest>> {
        macro_rules! by {
            ($key:expr => $kind:ty) => { page_by!(connection, filtered!(self), at, p::id, $key => $kind) };
        }
        let page = match at.order.by {
            PriceRequestKey::Bundle => by!(bundles::name_key => String),
            PriceRequestKey::Reseller => by!(resellers::name_key => String),
            PriceRequestKey::State => by!(p::state => String),
            PriceRequestKey::From => by!(p::effective_from => NaiveDate),
            PriceRequestKey::Asked => by!(p::asked_at => Timestamp),
        };
        page.limit(limit).load::<Row>(connection)?.into_iter().map(request).collect()
    }
}
