//! The list of customers.

use diesel::prelude::*;

use crate::channels::choice::Named;
use crate::db::AnyConnection;
use crate::db::paging::{Listing, Order, Place, SortKey};
use crate::db::query::contains_pattern;
use crate::db::schema::{channels, customers};
use crate::values::{Country, Currency, CustomerId, Scope};
use crate::{count_of, of_channel, page_by, text_enum};

text_enum! {
    /// What the list is sorted by.
    pub enum CustomerKey {
        Name => "name",
        ExternalId => "id",
        Channel => "channel",
        Currency => "currency",
    }
}

impl SortKey for CustomerKey {
    const DEFAULT: Order<Self> = Order::ascending(Self::Name);
}

/// The customers in scope; a filter that is not set leaves all.
#[derive(Debug, Clone)]
pub struct Customers {
    pub scope: Scope,
    /// Part of the name, or the re-seller's own id.
    pub text: String,
    pub channel: Named,
}

/// A customer in the list.
#[derive(Debug, Clone, Queryable)]
pub struct CustomerRow {
    pub id: CustomerId,
    pub external_id: String,
    pub name: String,
    pub country: Country,
    pub currency: Currency,
    pub channel_name: String,
}

/// What the filters leave.
macro_rules! filtered {
    ($listing:expr) => {{
        let mut query = customers::table
            .inner_join(channels::table.on(channels::id.eq(customers::channel_id)))
            .into_boxed();
        if let Some(reseller) = $listing.scope.reseller() {
            query = query.filter(channels::reseller_id.eq(reseller));
        }
        of_channel!(query, customers::channel_id, &$listing.channel, |code| channels::code.eq(code));
        if !$listing.text.trim().is_empty() {
            let named = customers::name_key.like(contains_pattern(&$listing.text)).escape('\\');
            query = query.filter(named.or(customers::external_id.eq($listing.text.trim().to_owned())));
        }
        query
    }};
}

impl Listing for Customers {
    type Id = CustomerId;
    type Key = CustomerKey;
    type Row = CustomerRow;

    fn id(row: &CustomerRow) -> CustomerId {
        row.id
    }

    fn count(&self, connection: &mut AnyConnection) -> QueryResult<i64> {
        count_of!(connection, filtered!(self), customers::id)
    }

    fn rows(
        &self,
        connection: &mut AnyConnection,
        at: Place<CustomerId, CustomerKey>,
        limit: i64,
    ) -> QueryResult<Vec<CustomerRow>> {
        macro_rules! by {
            ($key:expr) => { page_by!(connection, filtered!(self), at, customers::id, $key => String) };
        }
        let page = match at.order.by {
            CustomerKey::Name => by!(customers::name_key),
            CustomerKey::ExternalId => by!(customers::external_id),
            CustomerKey::Channel => by!(channels::name_key),
            CustomerKey::Currency => by!(customers::currency),
        };
        let columns = (
            customers::id,
            customers::external_id,
            customers::name,
            customers::country,
            customers::currency,
            channels::name,
        );
        page.limit(limit).select(columns).load(connection)
    }
}
