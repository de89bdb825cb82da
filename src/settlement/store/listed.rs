//! The list of statements, each with what its lines add up to.

use diesel::dsl::sum;
use diesel::prelude::*;

use super::read::{BEFORE_SENT, Row, SumsOfLines, joined, statement, summed, totals_of};
use crate::channels::choice::Named;
use crate::db::AnyConnection;
use crate::db::paging::{Listing, Order, Place, SortKey};
use crate::db::query::{AmountMinus, amount_or};
use crate::db::schema::{channels, charge_lines as l, resellers, revenue_channels as c, statements as s};
use crate::settlement::{Statement, StatementState, Totals};
use crate::values::{Amount, Currency, Month, Scope, StatementId};
use crate::{count_of, of_channel, page_by, text_enum};

text_enum! {
    /// What the list is sorted by; amounts by their number, whatever the currency.
    pub enum StatementKey {
        Month => "month",
        Reseller => "reseller",
        State => "state",
        Net => "net",
        ResellerShare => "reseller_share",
        ProviderShare => "provider_share",
    }
}

impl SortKey for StatementKey {
    const DEFAULT: Order<Self> = Order::descending(Self::Month);
}

/// The statements in scope, a re-seller's from when they were sent; a filter that is not set leaves all.
#[derive(Debug, Clone)]
pub struct Statements {
    pub scope: Scope,
    pub state: Option<StatementState>,
    pub month: Option<Month>,
    pub channel: Named,
}

/// What the filters leave of a query.
macro_rules! filtered {
    ($listing:expr, $all:expr) => {{
        let mut query = $all.into_boxed();
        if let Some(reseller) = $listing.scope.reseller() {
            query = query.filter(channels::reseller_id.eq(reseller)).filter(s::state.ne_all(BEFORE_SENT));
        }
        if let Some(state) = $listing.state {
            query = query.filter(s::state.eq(state));
        }
        if let Some(month) = $listing.month {
            query = query.filter(s::month.eq(month));
        }
        of_channel!(query, s::channel_id, &$listing.channel, |code| channels::code.eq(code));
        query
    }};
}

/// What the lines of the query's statement add up to.
macro_rules! of_lines {
    ($sum:expr) => {
        amount_or(
            l::table
                .filter(l::channel_id.eq(s::channel_id))
                .filter(l::currency.eq(s::currency))
                .filter(l::month.eq(s::month))
                .select($sum)
                .single_value(),
            Amount::ZERO,
        )
    };
}

impl Statements {
    /// What all of them add up to, by currency.
    pub fn totals(&self, connection: &mut AnyConnection) -> QueryResult<Vec<(Currency, Totals)>> {
        let own = c::channel_id.eq(s::channel_id).and(c::currency.eq(s::currency)).and(c::month.eq(s::month));
        let sums = s::table
            .inner_join(channels::table.on(channels::id.eq(s::channel_id)))
            .inner_join(c::table.on(own))
            .group_by(s::currency)
            .order(s::currency)
            .select((
                s::currency,
                (sum(c::gross), sum(c::credited), sum(c::reseller_share), sum(c::provider_share)),
            ));
        let rows: Vec<(Currency, SumsOfLines)> = filtered!(self, sums).load(connection)?;
        Ok(rows.into_iter().map(|(currency, sums)| (currency, summed(sums))).collect())
    }
}

impl Listing for Statements {
    type Id = StatementId;
    type Key = StatementKey;
    type Row = (Statement, Totals);

    fn id((statement, _): &(Statement, Totals)) -> StatementId {
        statement.id
    }

    fn count(&self, connection: &mut AnyConnection) -> QueryResult<i64> {
        count_of!(connection, filtered!(self, joined()), s::id)
    }

    fn rows(
        &self,
        connection: &mut AnyConnection,
        at: Place<StatementId, StatementKey>,
        limit: i64,
    ) -> QueryResult<Vec<(Statement, Totals)>> {
        macro_rules! by {
            ($key:expr => $kind:ty) => {
                page_by!(connection, filtered!(self, joined()), at, s::id, $key => $kind)
            };
        }
        let page = match at.order.by {
            StatementKey::Month => by!(s::month => Month),
            StatementKey::Reseller => by!(resellers::name_key => String),
            StatementKey::State => by!(s::state => String),
            StatementKey::Net => {
                by!(of_lines!(AmountMinus::new(sum(l::gross), sum(l::credited))) => Amount)
            }
            StatementKey::ResellerShare => by!(of_lines!(sum(l::reseller_share)) => Amount),
            StatementKey::ProviderShare => by!(of_lines!(sum(l::provider_share)) => Amount),
        };
        let rows: Vec<Row> = page.limit(limit).load(connection)?;
        let statements: Vec<Statement> = rows.into_iter().map(statement).collect();
        let totals = totals_of(connection, &statements)?;
        let with_totals = |one: Statement| {
            let totals = totals.get(&one.id).copied().unwrap_or_default();
            (one, totals)
        };
        Ok(statements.into_iter().map(with_totals).collect())
    }
}
