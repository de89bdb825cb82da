//! The list of channels.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::db::AnyConnection;
use crate::db::paging::{Listing, Order, Place, SortKey};
use crate::db::query::{among, contains_pattern, lower};
use crate::db::schema::{channel_currencies, channels, resellers};
use crate::values::{ChannelId, Currency, ResellerId, Scope, Timestamp};
use crate::{count_of, page_by, text_enum};

text_enum! {
    /// What the list is sorted by.
    pub enum ChannelKey { Name => "name", Reseller => "reseller", Since => "since" }
}

impl SortKey for ChannelKey {
    const DEFAULT: Order<Self> = Order::ascending(Self::Name);
}

/// The channels in scope; a filter that is not set leaves all.
#[derive(Debug, Clone)]
pub struct Channels {
    pub scope: Scope,
    /// Part of the name, the code or the re-seller's name.
    pub text: String,
    pub reseller: Option<ResellerId>,
}

/// A channel in the list.
#[derive(Debug, Clone)]
pub struct ChannelRow {
    pub id: ChannelId,
    pub name: String,
    pub code: String,
    pub reseller: ResellerId,
    pub reseller_name: String,
    /// By code.
    pub currencies: Vec<Currency>,
    pub created_at: Timestamp,
}

type Row = (ChannelId, String, String, ResellerId, String, Timestamp);

/// What the filters leave.
macro_rules! filtered {
    ($listing:expr) => {{
        let mut query = channels::table
            .inner_join(resellers::table.on(resellers::id.eq(channels::reseller_id)))
            .into_boxed();
        if let Some(reseller) = $listing.scope.reseller() {
            query = query.filter(channels::reseller_id.eq(reseller));
        }
        if let Some(reseller) = $listing.reseller {
            query = query.filter(channels::reseller_id.eq(reseller));
        }
        if !$listing.text.trim().is_empty() {
            let pattern = contains_pattern(&$listing.text);
            let named = channels::name_key.like(pattern.clone()).escape('\\');
            let coded = lower(channels::code).like(pattern.clone()).escape('\\');
            let owned = resellers::name_key.like(pattern).escape('\\');
            query = query.filter(named.or(coded).or(owned));
        }
        query
    }};
}

impl Listing for Channels {
    type Id = ChannelId;
    type Key = ChannelKey;
    type Row = ChannelRow;

    fn id(row: &ChannelRow) -> ChannelId {
        row.id
    }

    fn count(&self, connection: &mut AnyConnection) -> QueryResult<i64> {
        count_of!(connection, filtered!(self), channels::id)
    }

    fn rows(
        &self,
        connection: &mut AnyConnection,
        at: Place<ChannelId, ChannelKey>,
        limit: i64,
    ) -> QueryResult<Vec<ChannelRow>> {
        macro_rules! by {
            ($key:expr => $kind:ty) => { page_by!(connection, filtered!(self), at, channels::id, $key => $kind) };
        }
        let page = match at.order.by {
            ChannelKey::Name => by!(channels::name_key => String),
            ChannelKey::Reseller => by!(resellers::name_key => String),
            ChannelKey::Since => by!(channels::created_at => Timestamp),
        };
        let columns = (
            channels::id,
            channels::name,
            channels::code,
            resellers::id,
            resellers::name,
            channels::created_at,
        );
        let rows: Vec<Row> = page.limit(limit).select(columns).load(connection)?;
        let mut currencies = currencies_of(connection, &rows)?;
        let channel = |(id, name, code, reseller, reseller_name, created_at): Row| {
            let currencies = currencies.remove(&id).unwrap_or_default();
            ChannelRow { id, name, code, reseller, reseller_name, currencies, created_at }
        };
        Ok(rows.into_iter().map(channel).collect())
    }
}

fn currencies_of(
    connection: &mut AnyConnection,
    rows: &[Row],
) -> QueryResult<HashMap<ChannelId, Vec<Currency>>> {
    use channel_currencies::{channel_id, currency, table};
    let ids: Vec<ChannelId> = rows.iter().map(|row| row.0).collect();
    let pairs: Vec<(ChannelId, Currency)> = table
        .filter(among(channel_id, ids))
        .order(currency)
        .select((channel_id, currency))
        .load(connection)?;
    let mut found: HashMap<ChannelId, Vec<Currency>> = HashMap::new();
    for (id, one) in pairs {
        found.entry(id).or_default().push(one);
    }
    Ok(found)
}
