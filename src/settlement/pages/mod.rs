//! The pages of statements: root closes, sends, answers, posts and records payments; a re-seller reads what it was
//! sent, agrees and disputes.

pub mod closing;
pub mod comparison;
pub mod credit;
pub mod disputes;
pub mod downloads;
pub mod line;
pub mod lines;
pub mod list;
pub mod payments;
pub mod run;
pub mod settling;
pub mod shares;
pub mod statement;
pub mod steps;
pub mod verification;

use super::state::Refusal;
use super::{Balance, Statement, Totals};
use crate::rating::ChargeLine;
use crate::values::{Amount, Currency};
use crate::web::filters::{group_digits, money_text};
use crate::web::{Error, kept_text};

/// A step that the statement's state no longer allows.
fn conflict(refusal: Refusal) -> Error {
    Error::Conflict(refusal.to_string())
}

/// An amount without its sign, in the statement's currency.
fn size(amount: Amount, statement: &Statement) -> String {
    money_text(Amount::from_micros(amount.micros().abs()), statement.currency)
}

/// Who owes what, by a balance.
fn owed(amount: Amount, statement: &Statement, provider: &str) -> String {
    if amount.is_zero() {
        "Nothing is owed".to_owned()
    } else if amount.is_negative() {
        format!("{} owes {provider} {}", statement.reseller_name, size(amount, statement))
    } else {
        format!("{provider} owes {} {}", statement.reseller_name, size(amount, statement))
    }
}

/// What each line of a balance means, for the page and for paper.
fn balance_rows(
    balance: &Balance,
    statement: &Statement,
    provider: &str,
) -> Vec<(&'static str, String, String)> {
    let row = |label, amount: Amount| {
        (label, money_text(amount, statement.currency), owed(amount, statement, provider))
    };
    vec![
        row("Opening balance", balance.opening),
        ("Paid since then", money_text(balance.payments, statement.currency), String::new()),
        row("This month", balance.movement),
        row("Closing balance", balance.closing),
    ]
}

/// What a line comes to, after credits.
pub fn net_money(line: &ChargeLine) -> String {
    money_text(line.net().unwrap_or_default(), line.currency)
}

/// The same with the currency's code.
pub fn net_amount(line: &ChargeLine) -> String {
    with_code(line.net().unwrap_or_default(), line.currency)
}

/// What lines come to together, after credits.
pub fn net_total(totals: &Totals, currency: &Currency) -> String {
    money_text(totals.net().unwrap_or_default(), *currency)
}

/// The same with the currency's code.
pub fn net_total_amount(totals: &Totals, currency: &Currency) -> String {
    with_code(totals.net().unwrap_or_default(), *currency)
}

/// `USD 12.50`: where several currencies may stand together.
fn with_code(amount: Amount, currency: Currency) -> String {
    format!("{currency} {}", group_digits(&amount.plain(currency)))
}
