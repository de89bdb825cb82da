//! Daily sums that grow in memory and are written to the table now and then.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use diesel::QueryResult;

use super::super::RawRecord;
use super::super::resolve::{Found, Knowledge};
use super::super::rollup::{DailyKey, Rollup};
use super::{daily, out_of_range};
use crate::db::AnyConnection;
use crate::values::{ChannelId, Cost, Currency, Month, Quantity};

/// So many sums are kept in memory.
const AT_MOST: usize = 30_000;

/// What a record adds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Used<'a> {
    pub day: NaiveDate,
    pub unit: &'a str,
    pub quantity: Quantity,
    pub list_cost: Option<Cost>,
    pub currency: Option<Currency>,
}

impl<'a> From<&'a RawRecord> for Used<'a> {
    fn from(record: &'a RawRecord) -> Self {
        Self {
            day: record.day(),
            unit: &record.unit,
            quantity: record.quantity,
            list_cost: record.list_cost,
            currency: record.currency,
        }
    }
}

/// The sums of a channel that are not written yet.
pub(super) struct Sums<'k> {
    channel: ChannelId,
    knowledge: &'k Knowledge,
    rollup: Rollup,
    months: BTreeSet<Month>,
}

impl<'k> Sums<'k> {
    pub fn new(channel: ChannelId, knowledge: &'k Knowledge) -> Self {
        Self { channel, knowledge, rollup: Rollup::default(), months: BTreeSet::new() }
    }

    /// Adds a record that can be rated; any other adds nothing.
    pub fn add(&mut self, connection: &mut AnyConnection, found: &Found, used: &Used<'_>) -> QueryResult<()> {
        let (Some(subscription), Some(product), None) = (found.subscription, found.product, found.cause)
        else {
            return Ok(());
        };
        let key = DailyKey {
            subscription,
            product,
            day: used.day,
            unit: self.knowledge.unit_of(product, used.unit).to_owned(),
            currency: used.list_cost.and(used.currency),
        };
        self.rollup.add(key, used.quantity, used.list_cost.unwrap_or(Cost::ZERO)).map_err(out_of_range)?;
        if self.rollup.len() >= AT_MOST {
            self.write(connection)?;
        }
        Ok(())
    }

    fn write(&mut self, connection: &mut AnyConnection) -> QueryResult<()> {
        self.months.extend(daily::add(connection, self.channel, std::mem::take(&mut self.rollup))?);
        Ok(())
    }

    /// Writes what is left; the months that anything was added to.
    pub fn finish(mut self, connection: &mut AnyConnection) -> QueryResult<BTreeSet<Month>> {
        self.write(connection)?;
        Ok(self.months)
    }
}
