//! The Revenue Report: what was charged, and how it is shared.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Filter, Group};
use crate::values::{Amount, Currency, Month, OutOfRange};

/// Sums of charge lines as the database gives them.
#[derive(Debug, Clone)]
pub struct Charged {
    pub reseller: String,
    pub channel_name: String,
    pub channel_code: String,
    /// What the row stands for: a bundle's, product's or customer's name, a charge type, or a month.
    pub name: String,
    /// Its code: the bundle's code, the SKU, the customer's id.
    pub code: String,
    pub month: Month,
    pub currency: Currency,
    pub money: Money,
}

/// The amounts of a row, in one currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Money {
    pub gross: Amount,
    pub credits: Amount,
    /// Gross less credits.
    pub net: Amount,
    pub reseller_share: Amount,
    pub provider_share: Amount,
}

impl Money {
    pub fn checked_add(self, other: Self) -> Result<Self, OutOfRange> {
        Ok(Self {
            gross: self.gross.checked_add(other.gross)?,
            credits: self.credits.checked_add(other.credits)?,
            net: self.net.checked_add(other.net)?,
            reseller_share: self.reseller_share.checked_add(other.reseller_share)?,
            provider_share: self.provider_share.checked_add(other.provider_share)?,
        })
    }
}

/// A row of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub reseller: String,
    pub channel_name: String,
    pub channel_code: String,
    /// What it is grouped by: `bundle`, `product`, `customer`, `charge-type` or `month`.
    pub group: &'static str,
    pub name: String,
    pub code: String,
    pub currency: Currency,
    pub money: Money,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

type Key = (String, String, String, Currency, String, String, Option<Month>);

/// The rows: one for each channel, currency and what the report is grouped by.
pub fn rows(charged: Vec<Charged>, filter: &Filter) -> Result<Vec<Row>, OutOfRange> {
    let mut sums: BTreeMap<Key, Money> = BTreeMap::new();
    for one in charged {
        let month = (filter.group == Group::Month).then_some(one.month);
        let key = (one.reseller, one.channel_name, one.channel_code, one.currency, one.name, one.code, month);
        let sum = sums.entry(key).or_default();
        *sum = sum.checked_add(one.money)?;
    }
    Ok(sums.into_iter().map(|(key, money)| row(key, money, filter)).collect())
}

fn row(key: Key, money: Money, filter: &Filter) -> Row {
    let (reseller, channel_name, channel_code, currency, name, code, month) = key;
    let days = month.map_or_else(|| filter.days(), Month::all_days);
    Row {
        reseller,
        channel_name,
        channel_code,
        group: filter.group.as_str(),
        name,
        code,
        currency,
        money,
        from: days.from,
        to: days.until.pred_opt().unwrap_or(days.until),
    }
}

/// The total of each currency; currencies are never added.
pub type Totals = BTreeMap<Currency, Money>;

/// Adds to the total of a currency.
pub fn add(totals: &mut Totals, currency: Currency, money: Money) -> Result<(), OutOfRange> {
    let sum = totals.entry(currency).or_default();
    *sum = sum.checked_add(money)?;
    Ok(())
}

/// The totals of what was charged from a month on.
pub fn totals(charged: &[Charged], from: Month) -> Result<Totals, OutOfRange> {
    let mut totals = Totals::new();
    for one in charged.iter().filter(|one| one.month >= from) {
        add(&mut totals, one.currency, one.money)?;
    }
    Ok(totals)
}
