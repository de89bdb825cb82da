//! Many channel prices at once: by percent, or from a table. Every row is looked at before anything is saved, and all
//! are saved or none.

pub mod store;
pub mod table;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::PricePolicy;
use super::pricing::Book;
use crate::catalog::{BundleState, ChargeKind, PriceValue};
use crate::values::{BundleId, ChargeId, Currency, Percent, PriceFault};

/// One price that changes: of a charge, or of one of its tiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub bundle: BundleId,
    pub currency: Currency,
    pub charge: ChargeId,
    /// From 1; 0 without tiers.
    pub tier: u32,
    pub before: PriceValue,
    pub after: PriceValue,
}

/// The books whose prices can change together: what is sold, and for a re-seller what is not locked.
pub fn open_books(books: Vec<Book>, is_root: bool, is_editable: bool) -> Vec<Book> {
    let may = |book: &Book| is_root || (is_editable && book.sold.policy != PricePolicy::Locked);
    let is_sold = |book: &Book| book.sold.enabled && book.bundle.state != BundleState::Draft;
    books.into_iter().filter(|book| is_sold(book) && may(book)).collect()
}

/// Every price in effect on a day changed by that many percent, in one currency or in all. Usage prices keep the
/// decimals that they have, and get two more to be exact to a hundredth; others have those of the currency.
pub fn by_percent(
    books: &[Book],
    day: NaiveDate,
    percent: Percent,
    only: Option<Currency>,
) -> Result<Vec<Change>, PriceFault> {
    let mut changes = Vec::new();
    for book in books.iter().filter(|book| only.is_none_or(|only| only == book.currency)) {
        let Some(version) = book.in_effect(day) else { continue };
        for (charge, tier) in book.bundle.places() {
            let part = version.values.get(&charge.id).and_then(|value| value.part(tier));
            let Some(before) = part else { continue };
            let minor = book.currency.minor_digits();
            let decimals = match charge.kind {
                ChargeKind::Usage => (before.decimals() + 2).clamp(minor, 10),
                _ => minor,
            };
            let after = before.scaled(percent, decimals)?;
            if after != before {
                let (bundle, currency, charge) = (book.bundle.id, book.currency, charge.id);
                changes.push(Change { bundle, currency, charge, tier, before, after });
            }
        }
    }
    Ok(changes)
}

/// A book's prices on a day with its changes in them; `None` when none of the changes is its.
pub fn changed(book: &Book, day: NaiveDate, changes: &[Change]) -> Option<BTreeMap<ChargeId, PriceValue>> {
    let own = |change: &&Change| change.bundle == book.bundle.id && change.currency == book.currency;
    let own: Vec<&Change> = changes.iter().filter(own).collect();
    let version = book.in_effect(day).filter(|_| !own.is_empty())?;
    let mut values = version.values.clone();
    for charge in &book.bundle.charges {
        let Some(value) = version.values.get(&charge.id) else { continue };
        let part = |(tier, part): (u32, PriceValue)| {
            let change = own.iter().find(|change| change.charge == charge.id && change.tier == tier);
            (tier, change.map_or(part, |change| change.after.clone()))
        };
        let parts: Vec<(u32, PriceValue)> = value.parts().into_iter().map(part).collect();
        values.extend(PriceValue::joined(&parts).map(|value| (charge.id, value)));
    }
    Some(values)
}
