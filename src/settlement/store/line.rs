//! One line with the chain behind it.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::credits::statement_of;
use super::told::{Told, told};
use crate::catalog::{self, ChargeModel, PriceVersion, price_store};
use crate::db::AnyConnection;
use crate::db::schema::{channels, charge_lines as l, usage_files, usage_records as u};
use crate::rating::ChargeLine;
use crate::settlement::{Statement, StatementState, credit};
use crate::terms::{self, TermsVersion};
use crate::values::{ChargeLineId, Cost, Currency, Quantity, Scope, Timestamp, UsageFileId, UsageRecordId};

/// A line in scope; a re-seller's own in whatever state its statement is.
pub fn line(connection: &mut AnyConnection, scope: Scope, id: ChargeLineId) -> QueryResult<ChargeLine> {
    let found: ChargeLine = l::table.find(id).first(connection)?;
    let owner = channels::table.find(found.channel_id).select(channels::reseller_id).first(connection)?;
    if scope.allows(owner) { Ok(found) } else { Err(diesel::result::Error::NotFound) }
}

/// A usage record that a line counts.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct UsedRecord {
    pub id: UsageRecordId,
    pub source: String,
    pub key: String,
    pub started_at: Timestamp,
    pub day: NaiveDate,
    pub quantity: Quantity,
    pub unit: String,
    pub cost: Option<Cost>,
    pub currency: Option<Currency>,
    pub file: Option<UsageFileId>,
    pub file_name: Option<String>,
}

/// Everything behind a line.
pub struct Chain {
    pub told: Told,
    pub statement: Statement,
    pub model: Option<ChargeModel>,
    pub price: Option<PriceVersion>,
    pub terms: Option<TermsVersion>,
    /// The line that it corrects or credits.
    pub about: Option<Told>,
    /// What corrects or credits it.
    pub later: Vec<Told>,
    pub records: Vec<UsedRecord>,
    pub record_count: i64,
}

impl Chain {
    /// Whether root can give some of it back.
    pub fn is_creditable(&self) -> bool {
        credit::is_creditable(&self.told.line) && self.statement.state != StatementState::Open
    }
}

/// The chain behind a line in scope; usage records after one, at most `limit` of them.
pub fn chain(
    connection: &mut AnyConnection,
    scope: Scope,
    id: ChargeLineId,
    after: Option<UsageRecordId>,
    limit: i64,
) -> QueryResult<Chain> {
    let own = line(connection, scope, id)?;
    let statement = statement_of(connection, &own)?;
    let price = match own.price_version_id {
        Some(id) => Some(price_store::version(connection, id)?),
        None => None,
    };
    let about = match own.corrects_id {
        Some(id) => l::table.find(id).first::<ChargeLine>(connection).optional()?,
        None => None,
    };
    let later: Vec<ChargeLine> =
        l::table.filter(l::corrects_id.eq(id)).order((l::month, l::position)).load(connection)?;
    let (records, record_count) = records(connection, &own, after, limit)?;
    Ok(Chain {
        model: model(connection, &own)?,
        terms: terms::store::version(connection, statement.reseller, own.terms_id)?,
        about: told(connection, about.into_iter().collect())?.pop(),
        later: told(connection, later)?,
        told: told(connection, vec![own])?.pop().ok_or(diesel::result::Error::NotFound)?,
        statement,
        price,
        records,
        record_count,
    })
}

fn model(connection: &mut AnyConnection, line: &ChargeLine) -> QueryResult<Option<ChargeModel>> {
    let Some(bundle) = line.bundle_id else { return Ok(None) };
    let bundle = catalog::store::bundle(connection, bundle)?;
    Ok(bundle.charges.iter().find(|charge| Some(charge.id) == line.charge_id).map(|charge| charge.model))
}

/// The usage that a line counts: its subscription's records of its product, on its days.
fn records(
    connection: &mut AnyConnection,
    line: &ChargeLine,
    after: Option<UsageRecordId>,
    limit: i64,
) -> QueryResult<(Vec<UsedRecord>, i64)> {
    let (Some(subscription), Some(product)) = (line.subscription_id, line.product_id) else {
        return Ok((Vec::new(), 0));
    };
    let month = line.origin_month;
    let mut query = u::table
        .left_join(usage_files::table.on(usage_files::id.nullable().eq(u::file_id)))
        .filter(u::subscription_id.eq(subscription))
        .filter(u::product_id.eq(product))
        .filter(u::unrated_cause.is_null())
        .filter(u::day.ge(line.day_from.max(month.first_day())))
        .filter(u::day.lt(line.day_until.min(month.end())))
        .order((u::day, u::id))
        .limit(limit)
        .select((
            u::id,
            u::source,
            u::record_key,
            u::started_at,
            u::day,
            u::quantity,
            u::unit,
            u::list_cost,
            u::currency,
            u::file_id,
            usage_files::name.nullable(),
        ))
        .into_boxed();
    if let Some(after) = after {
        let day: NaiveDate = u::table.find(after).select(u::day).first(connection)?;
        query = query.filter(u::day.gt(day).or(u::day.eq(day).and(u::id.gt(after))));
    }
    let count = u::table
        .filter(u::subscription_id.eq(subscription))
        .filter(u::product_id.eq(product))
        .filter(u::unrated_cause.is_null())
        .filter(u::day.ge(line.day_from.max(month.first_day())))
        .filter(u::day.lt(line.day_until.min(month.end())))
        .count()
        .get_result(connection)?;
    Ok((query.load(connection)?, count))
}
