//! The charge lines behind an amount of the Revenue Report.

use diesel::dsl::sum;
use diesel::prelude::*;

use super::names::Names;
use super::revenue::{Sums, asked, money, named};
use super::{Within, out_of_range, within};
use crate::db::AnyConnection;
use crate::db::schema::charge_lines as l;
use crate::rating::ChargeLine;
use crate::reports::Filter;
use crate::reports::revenue::{Money, Totals, add};
use crate::values::{Code, Currency, Scope};
use crate::within;

/// More lines than this are not shown; the totals count all of them.
const SHOWN: i64 = 200;

/// What names a row of the Revenue Report, beside its filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowName {
    pub channel_code: Code,
    pub name: String,
    pub code: String,
    pub currency: Currency,
}

/// The first lines behind an amount, and what all of them come to.
#[derive(Debug, Clone, Default)]
pub struct Behind {
    pub lines: Vec<ChargeLine>,
    pub count: i64,
    pub totals: Totals,
}

/// The charge lines behind a row of the Revenue Report, or behind all of it: they add up to its amounts.
pub fn behind(
    connection: &mut AnyConnection,
    scope: Scope,
    filter: &Filter,
    row: Option<&RowName>,
) -> QueryResult<Behind> {
    match row {
        Some(row) => behind_row(connection, scope, filter, row),
        None => behind_all(connection, scope, filter),
    }
}

/// A row is about one channel, whose lines are few enough to be looked through.
fn behind_row(
    connection: &mut AnyConnection,
    scope: Scope,
    filter: &Filter,
    row: &RowName,
) -> QueryResult<Behind> {
    let filter =
        Filter { code: Some(row.channel_code.clone()), currency: Some(row.currency), ..filter.clone() };
    let within = within(connection, scope, &filter)?;
    let names = Names::of(connection, &within, filter.group)?;
    let mut behind = Behind::default();
    for line in in_order(connection, &within, &filter, i64::MAX)? {
        let key =
            (line.month, line.currency, line.bundle_id, line.product_id, line.customer_id, line.kind.clone());
        if named(&names, &key, filter.group).is_some_and(|(name, code)| name == row.name && code == row.code)
        {
            add(&mut behind.totals, line.currency, of_line(&line).map_err(out_of_range)?)
                .map_err(out_of_range)?;
            behind.count += 1;
            if behind.count <= SHOWN {
                behind.lines.push(line);
            }
        }
    }
    Ok(behind)
}

fn behind_all(connection: &mut AnyConnection, scope: Scope, filter: &Filter) -> QueryResult<Behind> {
    type Sum = (Currency, Sums, i64);
    let within = within(connection, scope, filter)?;
    let sums = l::table
        .group_by(l::currency)
        .select((
            l::currency,
            (sum(l::gross), sum(l::credited), sum(l::reseller_share), sum(l::provider_share)),
            diesel::dsl::count_star(),
        ))
        .into_boxed();
    let sums: Vec<Sum> = asked!(sums, filter, &within).load(connection)?;
    let lines = in_order(connection, &within, filter, SHOWN)?;
    let mut behind = Behind { lines, ..Behind::default() };
    for (currency, sums, count) in sums {
        behind.totals.insert(currency, money(sums).map_err(out_of_range)?);
        behind.count += count;
    }
    Ok(behind)
}

fn in_order(
    connection: &mut AnyConnection,
    within: &Within,
    filter: &Filter,
    limit: i64,
) -> QueryResult<Vec<ChargeLine>> {
    asked!(l::table.into_boxed(), filter, within)
        .order((l::month, l::channel_id, l::currency, l::position, l::id))
        .limit(limit)
        .load(connection)
}

fn of_line(line: &ChargeLine) -> Result<Money, crate::values::OutOfRange> {
    Ok(Money {
        gross: line.gross,
        credits: line.credited,
        net: line.net()?,
        reseller_share: line.reseller_share,
        provider_share: line.provider_share,
    })
}
