//! A list as its page shows it; the macros of `templates/parts/tables.html` draw it.

use std::fmt::Display;

use serde::Serialize;

use super::{Cell, Column, List, kept};
use crate::db::paging::{COUNTED, Listing, Order, Slice};
use crate::values::{Amount, Currency};
use crate::web::filters::counted;
use crate::web::links;

/// The head of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub label: &'static str,
    /// Where the list is sorted by it; empty when it is not sorted by it.
    pub href: String,
    /// `ascending` or `descending` when the list is sorted by it; else empty.
    pub state: &'static str,
    pub is_number: bool,
}

/// A cell with what stands around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub label: &'static str,
    pub cell: Cell,
    /// A smaller text below it; empty when there is none.
    pub note: String,
    pub is_number: bool,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub head: Vec<Head>,
    pub rows: Vec<Vec<Shown>>,
    /// What all pages together add up to, a row for each currency.
    pub totals: Vec<Vec<Shown>>,
    /// How many rows there are on all pages, in words.
    pub said: String,
    /// The address of the page before; empty when there is none.
    pub earlier: String,
    pub later: String,
    pub csv: String,
    pub xlsx: String,
    /// Every order with its name, for where the head is not shown.
    pub orders: Vec<(String, String)>,
    pub order: String,
    pub is_filtered: bool,
    /// Where the filters are cleared; empty when none is set.
    pub clear: String,
}

impl<L: Listing<Id: Display>> List<L> {
    /// A page that was found, with the addresses around it; `search` has the filters.
    pub fn table(&self, search: &impl Serialize, order: Order<L::Key>, found: &Slice<L::Row>) -> Table {
        let links = Links { path: self.path, kept: kept(search) };
        let sort = order.address();
        let beside = |name, row: Option<&L::Row>, exists: bool| {
            let row = row.filter(|_| exists);
            row.map(|row| links.to("", &[("sort", &sort), (name, &L::id(row).to_string())]))
                .unwrap_or_default()
        };
        let shown: Vec<_> = self.columns.iter().filter(|column| column.is_shown).collect();
        let is_filtered = !links.kept.is_empty();
        Table {
            head: shown.iter().map(|column| head(column, order, &links)).collect(),
            rows: found
                .rows
                .iter()
                .map(|row| shown.iter().map(|column| cell(column, row)).collect())
                .collect(),
            totals: Vec::new(),
            said: self.said(found),
            earlier: beside("before", found.rows.first(), found.has_earlier),
            later: beside("after", found.rows.last(), found.has_later),
            csv: links.to(".csv", &[("sort", &sort)]),
            xlsx: links.to(".xlsx", &[("sort", &sort)]),
            orders: self.orders(),
            order: order.to_string(),
            is_filtered,
            clear: if is_filtered { self.path.to_owned() } else { String::new() },
        }
    }

    fn said(&self, found: &Slice<L::Row>) -> String {
        let all = counted(found.count, self.noun);
        if found.is_counted() {
            return all;
        }
        let is_known = found.count > COUNTED + 1;
        let many = if is_known { all } else { format!("More than {}", counted(COUNTED, self.noun)) };
        let adds_up = self.columns.iter().any(Column::is_amount);
        if adds_up { format!("{many}; narrow the list for its totals") } else { many }
    }

    fn orders(&self) -> Vec<(String, String)> {
        let all = self.columns.iter().flat_map(Column::orders);
        all.map(|(order, words)| (order.to_string(), words)).collect()
    }

    /// The rows of sums below a page: for each currency the sum of each column of amounts.
    pub fn totals(&self, sums: &[(Currency, Vec<Amount>)]) -> Vec<Vec<Shown>> {
        let row = |(currency, amounts): &(Currency, Vec<Amount>)| {
            let mut amounts = amounts.iter();
            let mut shown = self.columns.iter().filter(|column| column.is_shown);
            let total = |column: &Column<L::Row, L::Key>, cell| Shown {
                label: column.header,
                cell,
                note: String::new(),
                is_number: column.is_number(),
            };
            let first =
                shown.next().map(|column| total(column, Cell::Text(format!("Total of all in {currency}"))));
            let sum = |column: &Column<L::Row, L::Key>| {
                let amount = column.is_amount().then(|| amounts.next()).flatten();
                total(column, Cell::of(amount, |amount| Cell::Money(*amount, *currency)))
            };
            first.into_iter().chain(shown.map(sum)).collect()
        };
        sums.iter().map(row).collect()
    }
}

/// The addresses of a list, each with the filters that are set.
struct Links {
    path: &'static str,
    kept: Vec<(String, String)>,
}

impl Links {
    fn to(&self, ending: &str, parts: &[(&str, &str)]) -> String {
        let kept = self.kept.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let parts: Vec<_> = kept.chain(parts.iter().copied()).collect();
        links::address(&format!("{}{ending}", self.path), &parts)
    }
}

/// A column that the list is sorted by leads to the other direction.
fn head<R, K: crate::db::paging::SortKey>(column: &Column<R, K>, order: Order<K>, links: &Links) -> Head {
    let is_sorted = column.sort == Some(order.by);
    let next = column.sort.map(|key| match is_sorted {
        true => Order { by: key, is_descending: !order.is_descending },
        false => column.first_order(key),
    });
    let state = match (is_sorted, order.is_descending) {
        (false, _) => "",
        (true, false) => "ascending",
        (true, true) => "descending",
    };
    let href = next.map(|next| links.to("", &[("sort", &next.address())])).unwrap_or_default();
    Head { label: column.header, href, state, is_number: column.is_number() }
}

fn cell<R, K: Copy>(column: &Column<R, K>, row: &R) -> Shown {
    let note = column.note.map(|(_, note)| note(row)).unwrap_or_default();
    Shown { label: column.header, cell: column.cell(row), note, is_number: column.is_number() }
}
