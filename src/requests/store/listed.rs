//! The list of requests: every one that was submitted.

use std::collections::HashMap;

use diesel::dsl::sum;
use diesel::prelude::*;

use crate::db::AnyConnection;
use crate::db::paging::{Listing, Order, Place, SortKey};
use crate::db::query::{Fixed, contains_pattern, lower};
use crate::db::schema::{request_counts, reseller_request_info as r, users};
use crate::requests::RequestState;
use crate::values::{Amount, Country, Currency, RequestId, Timestamp, UserId};
use crate::{count_of, on_backend, page_by, text_enum};

text_enum! {
    /// What the list is sorted by.
    pub enum RequestKey {
        Company => "company",
        State => "state",
        Owner => "owner",
        Forecast => "forecast",
        Submitted => "submitted",
    }
}

impl SortKey for RequestKey {
    const DEFAULT: Order<Self> = Order::descending(Self::Submitted);
}

/// The requests that were submitted; a filter that is not set leaves all.
#[derive(Debug, Clone, Default)]
pub struct Requests {
    /// Part of the company's name, of the reference or of the e-mail address.
    pub text: String,
    pub state: Option<RequestState>,
    pub owner: Option<UserId>,
}

/// A request in the list.
#[derive(Debug, Clone, Queryable)]
pub struct RequestRow {
    pub id: RequestId,
    pub reference: String,
    pub company: String,
    pub state: RequestState,
    pub owner: Option<String>,
    /// ISO 3166 alpha-2; empty while not chosen.
    country: String,
    amount: Option<Amount>,
    currency: Option<Currency>,
    pub submitted_at: Option<Timestamp>,
}

impl RequestRow {
    pub fn country(&self) -> Option<Country> {
        self.country.parse().ok()
    }

    /// The forecast a month, when it was given.
    pub fn forecast(&self) -> Option<(Amount, Currency)> {
        self.amount.zip(self.currency)
    }
}

/// What the filters leave of a query; without one, with the owners.
macro_rules! filtered {
    ($listing:expr) => {
        filtered!($listing, r::table.left_join(users::table.on(users::id.nullable().eq(r::assignee_id))))
    };
    ($listing:expr, $all:expr) => {{
        let mut query = $all.filter(r::submitted_at.is_not_null()).into_boxed();
        let text = $listing.text.trim();
        if !text.is_empty() {
            let pattern = contains_pattern(text);
            let named = r::name_key.like(pattern.clone()).escape('\\');
            let reference = lower(r::reference).like(pattern.clone()).escape('\\');
            query = query.filter(named.or(reference).or(lower(r::email).like(pattern).escape('\\')));
        }
        if let Some(state) = $listing.state {
            query = query.filter(r::state.eq(Fixed(state.as_str())));
        }
        if let Some(owner) = $listing.owner {
            query = query.filter(r::assignee_id.eq(owner));
        }
        query
    }};
}

impl Requests {
    /// How many there are in each state that has any, in the order of the states, whatever is asked for.
    pub fn by_state(connection: &mut AnyConnection) -> QueryResult<Vec<(RequestState, i64)>> {
        let counts = request_counts::table.select((request_counts::state, request_counts::request_count));
        let counts: HashMap<RequestState, i64> =
            on_backend!(connection, |inner| counts.load(inner))?.into_iter().collect();
        let of = |state: &RequestState| (*state, counts.get(state).copied().unwrap_or_default());
        Ok(RequestState::ALL.iter().map(of).filter(|(_, count)| *count > 0).collect())
    }

    /// How many the filters leave of those counts, where these tell it.
    pub fn among(&self, by_state: &[(RequestState, i64)]) -> Option<i64> {
        if !self.text.trim().is_empty() || self.owner.is_some() {
            return None;
        }
        let asked = by_state.iter().filter(|(state, _)| self.state.is_none_or(|asked| asked == *state));
        Some(asked.map(|(_, count)| count).sum())
    }

    /// What the forecasts add up to, by currency.
    pub fn forecasts(&self, connection: &mut AnyConnection) -> QueryResult<Vec<(Currency, Amount)>> {
        let sums = r::table
            .group_by(r::expected_currency)
            .select((r::expected_currency, sum(r::expected_revenue)))
            .order(r::expected_currency);
        let rows: Vec<(Option<Currency>, Option<Amount>)> = filtered!(self, sums).load(connection)?;
        Ok(rows.into_iter().filter_map(|(currency, amount)| currency.zip(amount)).collect())
    }
}

impl Listing for Requests {
    type Id = RequestId;
    type Key = RequestKey;
    type Row = RequestRow;

    fn id(row: &RequestRow) -> RequestId {
        row.id
    }

    fn count(&self, connection: &mut AnyConnection) -> QueryResult<i64> {
        count_of!(connection, filtered!(self), r::id)
    }

    fn rows(
        &self,
        connection: &mut AnyConnection,
        at: Place<RequestId, RequestKey>,
        limit: i64,
    ) -> QueryResult<Vec<RequestRow>> {
        macro_rules! by {
            ($key:expr => $($kind:tt)*) => { page_by!(connection, filtered!(self), at, r::id, $key => $($kind)*) };
        }
        let page = match at.order.by {
            RequestKey::Company => by!(r::name_key => String),
            RequestKey::State => by!(r::state => String),
            RequestKey::Owner => by!(lower(users::full_name).nullable() => Option<String>),
            RequestKey::Forecast => by!(r::expected_revenue => Option<Amount>),
            RequestKey::Submitted => by!(r::submitted_at.assume_not_null() => Timestamp),
        };
        let columns = (
            r::id,
            r::reference,
            r::legal_name,
            r::state,
            users::full_name.nullable(),
            r::country,
            r::expected_revenue,
            r::expected_currency,
            r::submitted_at,
        );
        page.limit(limit).select(columns).load(connection)
    }
}
