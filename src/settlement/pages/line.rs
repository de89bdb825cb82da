//! `/lines/{id}`: why a line says what it says, down to the usage records. The same page for both sides.

use actix_web::web::{Data, Path, Query};
use askama::Template;
use num_bigint::BigInt;
use serde::Deserialize;

use crate::db::Db;
use crate::rating::{ChargeLine, LineRole};
use crate::settlement::StatementState;
use crate::settlement::store::{self, Chain};
use crate::values::{ChargeLineId, Exact, round};
use crate::web::filters::money_text;
use crate::web::{Answer, Member, Shell, page};

const PAGE: i64 = 100;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Search {
    after: String,
}

#[derive(Template)]
#[template(path = "settlement/line.html")]
struct LinePage {
    shell: Shell,
    is_root: bool,
    chain: Chain,
    /// The address of the next usage records; empty when there are none.
    later: String,
}

/// An exact number as people read it: its decimals when they end, else the fraction.
pub(super) fn exact_text(exact: &Exact) -> String {
    let ten = BigInt::from(10);
    let mut scaled = exact.clone();
    for digits in 0..=28u32 {
        if scaled.is_integer() {
            return decimal_text(&scaled.to_integer(), digits);
        }
        scaled *= ten.clone();
    }
    format!("{}/{}", exact.numer(), exact.denom())
}

/// To six decimals, cut off and marked where there are more: for figures beside which the rounded one stands.
pub(super) fn nearly_text(exact: &Exact) -> String {
    let millionths = (exact * BigInt::from(1_000_000)).trunc();
    let cut = Exact::new(millionths.to_integer(), BigInt::from(1_000_000));
    if cut == *exact {
        exact_text(exact)
    } else {
        format!("{}…", decimal_text(&millionths.to_integer(), 6))
    }
}

fn decimal_text(scaled: &BigInt, digits: u32) -> String {
    let digits = usize::try_from(digits).unwrap_or_default();
    let (sign, plain) = match scaled.to_string().strip_prefix('-') {
        Some(plain) => ("\u{2212}", plain.to_owned()),
        None => ("", scaled.to_string()),
    };
    let plain = format!("{plain:0>width$}", width = digits + 1);
    let (whole, fraction) = plain.split_at(plain.len() - digits);
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

impl LinePage {
    fn line(&self) -> &ChargeLine {
        &self.chain.told.line
    }

    fn is_charge(&self) -> bool {
        self.line().role == LineRole::Charge
    }

    /// Whether the visitor sees the statement, and with it the split of the whole month.
    fn is_shared(&self) -> bool {
        let state = self.chain.statement.state;
        self.is_root || !matches!(state, StatementState::Open | StatementState::Closing)
    }

    fn is_usage(&self) -> bool {
        self.line().product_id.is_some()
    }

    fn billable(&self) -> String {
        exact_text(&self.line().billable())
    }

    fn included(&self) -> String {
        exact_text(&self.line().included())
    }

    /// What is multiplied, and with what: `12.5 x 0.40`, or `cost 3.2 x 1.15`.
    fn product(&self) -> Option<(String, Exact)> {
        let line = self.line();
        if let Some(price) = line.unit_price {
            let exact = line.billable() * price.exact();
            return Some((format!("{} × {price}", self.billable()), exact));
        }
        let (cost, percent) = (line.cost?, line.percent?);
        let factor = percent.ratio() + Exact::from_integer(1.into());
        Some((format!("{} × {}", exact_text(&cost.exact()), exact_text(&factor)), cost.exact() * factor))
    }

    /// The product in full, and what it is rounded to.
    fn rounding(&self) -> Option<(String, String, String)> {
        let (formula, exact) = self.product()?;
        let rounded = round(&exact, self.line().currency).ok()?;
        Some((formula, exact_text(&exact), money_text(rounded, self.line().currency)))
    }

    /// The part of the month that a recurring charge counts.
    fn days(&self) -> String {
        let line = self.line();
        let days = (line.day_until - line.day_from).num_days();
        format!("{days} of {} days", line.origin_month.days())
    }

    fn net(&self) -> String {
        super::net_money(self.line())
    }
}

pub async fn show(
    member: Member,
    shell: Shell,
    db: Data<Db>,
    id: Path<ChargeLineId>,
    search: Query<Search>,
) -> Answer {
    let (scope, id, after) = (member.scope, id.into_inner(), search.after.parse().ok());
    let mut chain = db.read(move |connection| store::chain(connection, scope, id, after, PAGE + 1)).await?;
    let size = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let has_more = chain.records.len() > size;
    chain.records.truncate(size);
    let later =
        chain.records.last().filter(|_| has_more).map(|last| format!("/lines/{id}?after={}", last.id));
    page(&LinePage { shell, is_root: member.is_root(), chain, later: later.unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_numbers_are_decimals_where_they_end_and_fractions_where_not() {
        let text =
            |numerator: i64, denominator: i64| exact_text(&Exact::new(numerator.into(), denominator.into()));
        assert_eq!(text(17, 10), "1.7");
        assert_eq!(text(-1, 400), "\u{2212}0.0025");
        assert_eq!(text(1700, 31), "1700/31");
        assert_eq!(text(12, 1), "12");
        assert_eq!(nearly_text(&Exact::new(100.into(), 3.into())), "33.333333…");
        assert_eq!(nearly_text(&Exact::new((-1).into(), 3.into())), "\u{2212}0.333333…");
        assert_eq!(nearly_text(&Exact::new(1.into(), 4.into())), "0.25");
    }
}
