//! Lists of records. Each declares its columns once: its page, its CSV and its workbook show the same ones in the same
//! order, sorted and filtered by the same address. Pages are read by key, files in pieces.

mod cell;
mod column;
mod download;
mod table;

use std::fmt::Display;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use cell::Cell;
pub use column::Column;
pub use table::{Head, Shown, Table};

use crate::db::paging::{Cursor, Listing, Order, Place};

/// What an address asks of a list beside its filters.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    sort: String,
    after: String,
    before: String,
}

impl Asked {
    /// The page and its order; what cannot be read is the first page, in the list's own order.
    pub fn place<L: Listing<Id: FromStr>>(&self) -> Place<L::Id, L::Key> {
        Place { order: Order::typed(&self.sort), cursor: Cursor::typed(&self.after, &self.before) }
    }
}

/// How a list is shown.
pub struct List<L: Listing> {
    /// Its address; with `.csv` and `.xlsx` that of its files.
    pub path: &'static str,
    /// What one of its rows is.
    pub noun: &'static str,
    pub columns: Vec<Column<L::Row, L::Key>>,
}

impl<L: Listing<Id: Display>> List<L> {
    /// The name of its files, and of the sheet in a workbook.
    fn name(&self) -> String {
        self.path.trim_start_matches('/').replace('/', "-")
    }
}

/// The filters that are set, by their names in the address.
fn kept(search: &impl Serialize) -> Vec<(String, String)> {
    let query = serde_urlencoded::to_string(search).unwrap_or_default();
    let parts: Vec<(String, String)> = serde_urlencoded::from_str(&query).unwrap_or_default();
    parts.into_iter().filter(|(_, value)| !value.trim().is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_that_are_set_are_kept_and_the_place_is_not() {
        #[derive(Serialize, Deserialize)]
        struct Search {
            q: String,
            state: String,
            #[serde(flatten, skip_serializing)]
            asked: Asked,
        }
        let search: Search = serde_urlencoded::from_str("q=a%26b&state=+&sort=-name&after=1").unwrap();
        assert_eq!((search.asked.sort.as_str(), search.asked.after.as_str()), ("-name", "1"));
        assert_eq!(kept(&search), [("q".to_owned(), "a&b".to_owned())]);
    }
}
