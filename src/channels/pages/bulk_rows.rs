//! The rows of a review of many prices.

use super::prices::percent_text;
use crate::catalog::pages::wording::{Products, part_name, value_text};
use crate::catalog::{self, PriceValue};
use crate::channels::bulk::Change;
use crate::channels::bulk::store::{Common, wished};
use crate::channels::pricing::{self, Book, Wished};
use crate::channels::{Channel, policy};
use crate::values::Scope;

/// A price that changes, and what is wrong with it.
pub struct Row {
    pub bundle: String,
    pub charge: String,
    pub before: String,
    pub after: String,
    /// Empty when the reference price is hidden or absent.
    pub margin: String,
    /// Empty when the price is allowed.
    pub fault: String,
}

/// One row for each change, in the order of the books.
pub fn rows(
    books: &[Book],
    products: &Products,
    channel: &Channel,
    scope: Scope,
    common: &Common,
    changes: &[Change],
) -> Vec<Row> {
    let mut rows = Vec::new();
    for book in books {
        let Some(wished) = wished(book, common, changes) else { continue };
        let own = |change: &&Change| change.bundle == book.bundle.id && change.currency == book.currency;
        for change in changes.iter().filter(own) {
            let charge = book.bundle.charges.iter().find(|charge| charge.id == change.charge);
            let shows_reference = scope == Scope::Root || channel.shows_reference;
            let reference = book.reference(common.from).filter(|_| shows_reference);
            let reference =
                reference.and_then(|version| version.values.get(&change.charge)?.part(change.tier));
            let text = |value: &PriceValue| value_text(value, book.currency);
            rows.push(Row {
                bundle: format!("{}, {}", book.bundle.name, book.currency),
                charge: charge.map(|charge| part_name(charge, change.tier, products)).unwrap_or_default(),
                before: text(&change.before),
                after: text(&change.after),
                margin: reference
                    .and_then(|reference| policy::margin(&change.after, &reference))
                    .map(|margin| percent_text(&margin))
                    .unwrap_or_default(),
                fault: fault(book, channel, scope, &wished, change),
            });
        }
    }
    rows
}

fn fault(book: &Book, channel: &Channel, scope: Scope, wished: &Wished, change: &Change) -> String {
    let limits = pricing::check(book, channel.price_editable, scope, wished).err().unwrap_or_default();
    let values = catalog::pricing::check(&book.bundle.charges, &wished.values, book.currency);
    let limits = limits
        .into_iter()
        .filter(|(charge, fault)| *charge == change.charge && fault.tier == change.tier)
        .map(|(_, fault)| fault.to_string());
    let values = values.err().unwrap_or_default().into_iter();
    let values = values.filter(|(charge, _)| *charge == change.charge).map(|(_, fault)| fault.to_string());
    limits.chain(values).collect::<Vec<_>>().join(". ")
}
